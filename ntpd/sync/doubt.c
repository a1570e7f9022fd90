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

static bool
speaks_against(const struct stand *s)
{
	return s->votes && s->surprises > 0 &&
	    (s->state == DOUBTED || s->state == INSISTS);
}

static unsigned
evidence(const struct stand *s)
{
	return s->surprises > DOUBT_ANSWERS ? 1 : s->surprises;
}

/* Do those who speak against us, and agree if ONLY_AGREED, say it enough? */
static bool
is_said_enough(const struct stand *s, size_t n, bool only_agreed)
{
	unsigned	 sum = 0;
	bool		 each = true, any = false;
	size_t		 i;

	for (i = 0; i < n; i++) {
		if (!speaks_against(&s[i]) || (only_agreed && !s[i].agrees))
			continue;
		any = true;
		sum += evidence(&s[i]);
		each = each && s[i].surprises >= DOUBT_ANSWERS;
	}
	return sum >= DOUBT_ANSWERS || (any && each);
}

bool
doubt_may_be_us(const struct stand *s, size_t n)
{
	size_t		 i, voters = 0, against = 0;

	for (i = 0; i < n; i++) {
		voters += s[i].votes;
		against += speaks_against(&s[i]);
	}
	return 2 * against > voters && is_said_enough(s, n, false);
}

bool
doubt_is_us(const struct stand *s, size_t n)
{
	size_t		 i, voters = 0, agree = 0, against = 0, for_us = 0;

	for (i = 0; i < n; i++) {
		voters += s[i].votes;
		agree += s[i].agrees && speaks_against(&s[i]);
		against += s[i].counts && speaks_against(&s[i]);
		for_us += s[i].counts && !speaks_against(&s[i]);
	}
	return 2 * agree > voters && against > for_us &&
	    is_said_enough(s, n, true);
}
