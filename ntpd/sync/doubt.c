/*
 * The table of doubt.h, and the count of those who speak against us.
 */
#include "ntpd/sync/doubt.h"

#define NEW	SOURCE_NEW
#define FITS	SOURCE_FITS
#define DOUBTED	SOURCE_DOUBTED
#define INSISTS	SOURCE_INSISTS
#define FALSE	SOURCE_FALSE

static const enum source_state table[SOURCE_STATES][SOURCE_EVENTS] = {
/*	  FITS	   AGAIN SURPRISES INSISTS ACCEPTED OUTVOTED UNDECIDED BEGUN
							LEFT_OUT */
[NEW] =	{ NEW,	   FITS, NEW,	   INSISTS, FITS,   FALSE,   NEW,     FITS,
							NEW },
[FITS] = { FITS,   FITS, DOUBTED,  INSISTS, FITS,   FALSE,   FITS,    FITS,
							NEW },
[DOUBTED] = { FITS, FITS, DOUBTED, INSISTS, DOUBTED, FALSE,  DOUBTED, FITS,
							NEW },
[INSISTS] = { INSISTS, FITS, INSISTS, INSISTS, FITS, FALSE,  INSISTS, FITS,
							NEW },
[FALSE] = { FALSE, FITS, FALSE,	   FALSE,   FITS,   FALSE,   INSISTS, FITS,
							NEW },
};

enum source_state
doubt_next(enum source_state state, enum source_event event)
{
	return table[state][event];
}

bool
doubt_is_open(enum source_state state)
{
	return state == DOUBTED || state == INSISTS;
}

static bool
speaks_against(const struct stand *s)
{
	return s->votes && s->surprises > 0 && doubt_is_open(s->state);
}

static unsigned
evidence(const struct stand *s)
{
	return s->surprises > DOUBT_ANSWERS ? 1 : s->surprises;
}

/* What those say who speak against us, as far as it is counted. */
struct protest {
	size_t		 n;
	unsigned	 evidence;
	bool		 each_insists;
};

static void
join_protest(struct protest *p, const struct stand *s)
{
	p->each_insists = (p->n == 0 || p->each_insists) &&
	    s->surprises >= DOUBT_ANSWERS;
	p->evidence += evidence(s);
	p->n++;
}

/* Are they more than half of VOTERS, and have they said it often enough? */
static bool
is_enough(const struct protest *p, size_t voters)
{
	return 2 * p->n > voters &&
	    (p->evidence >= DOUBT_ANSWERS || p->each_insists);
}

static size_t
count_voters(const struct stand *s, size_t n)
{
	size_t		 i, voters = 0;

	for (i = 0; i < n; i++)
		voters += s[i].votes;
	return voters;
}

bool
doubt_may_be_us(const struct stand *s, size_t n)
{
	struct protest	 all = { .n = 0 };
	size_t		 i;

	for (i = 0; i < n; i++)
		if (speaks_against(&s[i]))
			join_protest(&all, &s[i]);
	return is_enough(&all, count_voters(s, n));
}

enum side { BEHIND, AHEAD };

/* Is it us by those who say that true time is on SIDE of what we predict? */
static bool
is_us_by(const struct stand *s, size_t n, enum side side)
{
	struct protest	 agreed = { .n = 0 };
	size_t		 i, against = 0, for_us = 0;

	for (i = 0; i < n; i++) {
		if (!speaks_against(&s[i]) || s[i].ahead != (side == AHEAD)) {
			for_us += s[i].counts;
			continue;
		}
		against += s[i].counts;
		if (s[i].agrees)
			join_protest(&agreed, &s[i]);
	}
	return is_enough(&agreed, count_voters(s, n)) && against > for_us;
}

bool
doubt_is_us(const struct stand *s, size_t n)
{
	return is_us_by(s, n, AHEAD) || is_us_by(s, n, BEHIND);
}
