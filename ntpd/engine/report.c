/*
 * What ntpctl shows of the clock.
 */
#include <bsd/string.h>
#include <math.h>
#include <string.h>

#include "ntpd/engine/ballot.h"
#include "ntpd/engine/report.h"

/* Does A agree with the majority, and did it in its last answer? */
static bool
is_truechimer(const struct report_view *v, const struct association *a)
{
	return v->sync->verdicts[a - v->all].tally >= OUTLIER &&
	    v->sync->sources[a - v->all].surprises == 0;
}

/* Has host number I no association? */
static bool
is_without(const struct report_view *v, size_t i)
{
	const struct association *a;

	for (a = v->all; a < v->all + MAX_ASSOCIATIONS; a++)
		if (a->used && a->host == i)
			return false;
	return true;
}

/* Each count is of those that are in the one before. */
static void
count_peers(const struct report_view *v, struct control_status *st)
{
	const struct association *a;
	size_t		 i;

	for (i = 0; i < v->hosts->n; i++)
		st->peers += is_without(v, i);
	for (a = v->all; a < v->all + MAX_ASSOCIATIONS; a++) {
		if (!a->used)
			continue;
		st->peers++;
		if (a->heard_of == 0)
			continue;
		st->reachable++;
		if (a->reach == 0 || association_reason(a) != REASON_NONE)
			continue;
		st->usable++;
		st->truechimers += is_truechimer(v, a);
	}
}

/* How long until AT, s; 0 if that has passed, or is being waited for. */
static double
time_until(const struct report_view *v, struct instant at)
{
	return at.ns == INSTANT_NEVER.ns ? 0 :
	    fmax(0, instant_diff(at, v->now));
}

/* Has no server an address? */
static bool
is_nobody_known(const struct report_view *v)
{
	const struct association *a;

	for (a = v->all; a < v->all + MAX_ASSOCIATIONS; a++)
		if (a->used)
			return false;
	return true;
}

/* What is going to happen next, by *ST so far, and in how many seconds. */
static enum control_next
what_next(const struct report_view *v, const struct control_status *st,
    double *in)
{
	*in = 0;
	if (hosts_on(v->hosts) == 0)
		return NEXT_NO_SERVERS;
	if (is_nobody_known(v)) {
		*in = time_until(v, hosts_deadline(v->hosts));
		return NEXT_RESOLVE;
	}
	if (v->steer->stepping)
		return NEXT_STEP;
	if (v->steer->confirm.state == CONFIRM_WAITING) {
		*in = confirm_left(&v->steer->confirm, v->r.now);
		return NEXT_CONFIRM;
	}
	if (v->clock->slew != 0) {
		*in = fmax(0, instant_diff(v->slew_end, v->now));
		return NEXT_SLEW;
	}
	*in = time_until(v, associations_deadline(v->all));
	if (!v->system.synchronized && st->reachable > 0 && st->usable == 0)
		return NEXT_UNUSABLE;
	if (v->steer->no_majority)
		return NEXT_MAJORITY;
	return sync_ready(v->sync) ? NEXT_POLL : NEXT_FIRST_ANSWERS;
}

/* Why a clock of which there is an estimate is not synchronized. */
static enum control_why
why_not_good(const struct report_view *v)
{
	if (v->steer->over_limit)
		return WHY_LIMIT;
	if (v->steer->confirm.state == CONFIRM_WAITING)
		return WHY_CONFIRM;
	if (fabs(v->system.offset) > STEPT)
		return v->setup->read_only ? WHY_READ_ONLY : WHY_OFFSET;
	/* Written so that NaN is too much. */
	return v->system.certain <= SYNC_MAX_DISTANCE ? WHY_OFFSET : WHY_BOUND;
}

/* Why the clock is not synchronized, by the counts in *ST. */
static enum control_why
why_not(const struct report_view *v, const struct control_status *st)
{
	if (v->system.synchronized)
		return WHY_SYNCHRONIZED;
	if (hosts_on(v->hosts) == 0)
		return WHY_NO_SERVERS;
	if (is_nobody_known(v))
		return WHY_NO_ADDRESS;
	if (v->system.local == CONTROL_LOCAL_FOLLOWS)
		return WHY_ORPHANS;
	if (v->steer->stepping)
		return WHY_STEPPING;
	if (sync_ready(v->sync) && v->steer->peer.known)
		return why_not_good(v);
	if (st->reachable == 0)
		return WHY_NO_ANSWER;
	if (st->usable == 0)
		return WHY_UNUSABLE;
	if (v->waiting)
		return WHY_WAITING;
	return v->steer->no_majority ? WHY_NO_MAJORITY : WHY_FEW_ANSWERS;
}

static void
fill_why(const struct report_view *v, struct control_status *st)
{
	struct ballot	 b = ballot_count(v->sync, v->r.now);

	st->why = why_not(v, st);
	st->voters = (uint32_t)b.voters;
	st->cluster = (uint32_t)b.cluster;
	st->spread = b.spread;
	st->step_limit = v->clock->step_limit;
	if (st->why == WHY_CONFIRM)
		st->why_in = confirm_left(&v->steer->confirm, v->r.now);
	else if (st->why == WHY_WAITING)
		st->why_in = time_until(v, v->waiting_until);
}

/* What is known of the clock once there was an update. */
static void
fill_measured(const struct report_view *v, struct control_status *st)
{
	const struct system *s = &v->system;
	bool		 ready = sync_ready(v->sync);
	double		 error = v->sync->frequency_error;

	if (ready)
		error = sync_estimate(v->sync, v->r.now).frequency_error;
	st->frequency_error = error * 1e6;
	st->updated_ago = ready ? fmax(0, v->r.now - v->sync->updated) : NAN;
	st->offset = ready ? s->offset : NAN;
	st->error = ready ? s->error : NAN;
	st->likely_bound = ready ? s->likely : NAN;
	st->certain_bound = ready ? s->certain : NAN;
}

void
report_status(const struct report_view *v, struct control_status *st)
{
	const struct system *s = &v->system;

	memset(st, 0, sizeof(*st));	/* padding leaves the process, too */
	st->version = CONTROL_VERSION;
	st->synchronized = s->synchronized;
	st->leap = s->leap;
	st->stratum = s->stratum;
	memcpy(st->refid, s->refid, sizeof(st->refid));
	st->root_delay = s->root_delay;
	st->root_dispersion = s->root_dispersion;
	st->local = s->local;
	st->read_only = v->setup->read_only;
	st->listening = v->setup->listening;
	st->refused = v->clock->refused;
	st->frequency = v->clock->frequency * 1e6;
	st->slewing = v->clock->slew * 1e6;
	st->state = v->sync->state;
	count_peers(v, st);
	st->next = what_next(v, st, &st->next_in);
	fill_why(v, st);
	fill_measured(v, st);
	if (s->synchronized || v->sync->system_peer < MAX_ASSOCIATIONS) {
		st->system_address = v->steer->peer.addr;
		strlcpy(st->system_peer, v->steer->peer.name,
		    sizeof(st->system_peer));
	}
}
