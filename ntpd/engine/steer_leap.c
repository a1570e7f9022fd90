/*
 * Leap seconds: whether one is announced, by a list or by servers, and what is
 * to become of it.
 */
#include "common/leap.h"
#include "common/log.h"
#include "common/ns.h"
#include "ntpd/engine/steer.h"

/*
 * A leap second is announced when more than half of the believed servers
 * announce it.  While none is believed, it is as it was.
 */
static uint8_t
count(const struct steer *s, const struct sync *sync,
    const struct association all[])
{
	size_t		 i, votes[4] = { 0 }, voters = 0;

	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		if (!all[i].used || !all[i].answered ||
		    sync->verdicts[i].tally < COMBINED)
			continue;
		votes[all[i].last.leap & 3]++;
		voters++;
	}
	if (voters == 0)
		return s->leap;
	if (2 * votes[LEAP_INSERT] > voters)
		return LEAP_INSERT;
	if (2 * votes[LEAP_DELETE] > voters)
		return LEAP_DELETE;
	return LEAP_NONE;
}

void
steer_vote_on_leap(struct steer *s, const struct sync *sync,
    const struct association all[MAX_ASSOCIATIONS], const struct reading *r)
{
	const int64_t	 now = r->real / NS_PER_S;

	s->leap = count(s, sync, all);
	if (leap_days_left(now) == 0)
		s->leap_end = leap_day_end(now);
}

uint8_t
steer_announced_leap(const struct steer *st, const struct reading *r)
{
	const int64_t	 now = r->real / NS_PER_S;

	if (st->follows_smear)
		return LEAP_NONE;
	if (st->plan.known)
		return (uint8_t)leap_planned(&st->plan, now);
	/* What is still announced when the month is over means the next one. */
	return leap_days_left(now) < 0 ? LEAP_NONE : st->leap;
}

struct leap_due
steer_leap_due(const struct steer *st)
{
	struct leap_due	 due = { .change = 0 };

	if (st->plan.policy != LEAP_BY_SLEW || st->follows_smear)
		return due;
	if (st->plan.known)
		due = (struct leap_due){ st->plan.at, st->plan.change };
	else if (st->leap == LEAP_INSERT || st->leap == LEAP_DELETE)
		due = (struct leap_due){ st->leap_end,
		    st->leap == LEAP_INSERT ? 1 : -1 };
	/* One that is left out would have been the last second before. */
	due.at -= due.change < 0;
	return due;
}

void
steer_slew_leap(struct steer *st)
{
	st->slews_leap = true;
	log_info("leap second: the clock is slewed by it");
}

void
steer_smear(const struct steer *st, struct snapshot *snap)
{
	if (st->plan.policy != LEAP_SMEARED || !st->plan.known ||
	    st->follows_smear)
		return;
	snap->smear = st->plan.change;
	snap->smear_at = st->plan.at;
	if (snap->leap != LEAP_UNKNOWN)
		snap->leap = LEAP_NONE;
}
