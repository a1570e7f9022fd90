/*
 * What is wrong with an association's answers, and what the log says of it.
 */
#include "common/format.h"
#include "common/log.h"
#include "ntpd/engine/association.h"

/*
 * So many refused answers in a row are logged, and so many good ones end that.
 * One that comes late, or from a server that is being restarted, is neither.
 */
#define REFUSALS	3

/* The N answers of A that came last cannot be used because of REASON. */
static void
say_refused(struct association *a, unsigned n, enum reason reason)
{
	a->refused = reason;
	a->accepted = 0;
	if (n < REFUSALS || a->was_refused)
		return;
	a->was_refused = true;
	log_warnx("%s: answers, but cannot be used: %s",
	    a->name, reason_text(reason));
}

/* The answer to A's last request cannot be used because of REASON. */
static void
note_refusal(struct association *a, enum reason reason)
{
	a->refused_now = true;
	say_refused(a, ++a->refusals, reason);
}

void
association_unready(struct association *a)
{
	say_refused(a, ++a->unready, REASON_UNSYNCHRONIZED);
}

void
association_refused(struct association *a, enum reason reason)
{
	a->rejected++;
	a->heard_of |= 1;
	if (a->refused_now)		/* one is enough for a request */
		return;
	a->heard++;
	note_refusal(a, reason);
}

void
association_unauthentic(struct association *a, enum reason reason)
{
	a->rejected++;
	a->unauthentic++;
	a->fault = reason;
	a->authentic = 0;
	if (a->faulty_now)		/* one is enough for a request */
		return;
	a->faulty_now = true;
	if (++a->faults < REFUSALS || a->was_faulty)
		return;
	a->was_faulty = true;
	log_warnx("%s: answers are dropped: %s", a->name, reason_text(reason));
}

/* An answer of A is authentic, if it has to be. */
static void
note_authentic(struct association *a)
{
	if (a->faults == 0 || ++a->authentic < REFUSALS)
		return;
	a->faults = 0;
	if (a->was_faulty)
		log_info("%s: answers are authentic again", a->name);
	a->was_faulty = false;
}

/* An answer of A can be used. */
static void
note_acceptance(struct association *a)
{
	a->refusals = a->unready = 0;
	if (a->refused == REASON_NONE || ++a->accepted < REFUSALS)
		return;
	a->refused = REASON_NONE;
	if (a->was_refused)
		log_info("%s: can be used now", a->name);
	a->was_refused = false;
}

bool
association_is_refused(const struct association *a)
{
	return a->refusals >= REFUSALS;
}

void
association_accepted(struct association *a, unsigned stratum)
{
	note_authentic(a);
	if (stratum + 1 < NTP_MAX_STRATUM)
		note_acceptance(a);
	else
		note_refusal(a, REASON_STRATUM);
}

bool
association_judged(struct association *a, enum tally tally, double offset)
{
	char		 size[FORMAT_LEN];
	bool		 is_false = tally == FALSETICKER;

	if (tally == UNUSABLE || is_false == a->was_false)
		return false;
	a->was_false = is_false;
	if (is_false)
		log_info("%s: is a falseticker, %s %s the majority",
		    a->name, format_size(offset, size),
		    offset > 0 ? "ahead of" : "behind");
	else
		log_info("%s: agrees with the majority again", a->name);
	return is_false;
}
