/*
 * What is said of the clock in the log, and when: each event once, with its
 * figures, and its end.
 */
#include <math.h>
#include <stdio.h>

#include <string.h>

#include "common/format.h"
#include "ntpd/engine/ballot.h"
#include "ntpd/engine/steer.h"

/* So many servers are named with what they say; of the rest, how many. */
#define NAMED_MOST	6
#define NAMED_LEN	(NAMED_MOST * (CONFIG_NAME_LEN + FORMAT_LEN))

/* A server that has surprised so often in a row is worth a line. */
#define DOUBT_SAID	2

/*
 * What each voter says of the clock at R: "by 192.0.2.1 it is 2.000 s ahead, by
 * 192.0.2.2 15.0 us behind".
 */
static void
name_voters(const struct sync *sync, const struct association all[],
    const struct reading *r, char text[NAMED_LEN])
{
	char		 offset[FORMAT_LEN];
	size_t		 i, n = 0, len = 0;

	text[0] = '\0';
	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		if (!ballot_has_vote(sync, i) || ++n > NAMED_MOST)
			continue;
		format_offset(sync_source_offset(sync, i, r->now) - r->ahead,
		    offset);
		snprintf(text + len, NAMED_LEN - len, "%sby %s %s%s",
		    n > 1 ? ", " : "", all[i].name,
		    n > 1 ? "" : "the clock is ", offset);
		len += strlen(text + len);
	}
	if (n > NAMED_MOST)
		snprintf(text + len, NAMED_LEN - len, ", and %zu more",
		    n - NAMED_MOST);
}

void
steer_log_majority(struct steer *s, const struct sync *sync,
    const struct association all[MAX_ASSOCIATIONS], const struct reading *r,
    bool following)
{
	struct ballot	 b = { .voters = 0 };
	char		 text[NAMED_LEN], agree[48] = "no two";

	if (!sync->agreed && !following && associations_expected(all) == 0)
		b = ballot_count(sync, r->now);
	/*
	 * A real server may come while an orphan is still followed.  A majority
	 * that does not agree with the clock is one: it will be heard.
	 */
	if (!ballot_is_split(&b)) {
		s->no_majority = false;
		return;
	}
	if (!s->no_majority) {
		name_voters(sync, all, r, text);
		if (b.cluster > 1)
			snprintf(agree, sizeof(agree), "no more than %zu",
			    b.cluster);
		s->coasting = sync->state == SYNC_COASTING;
		log_warnx("no majority: %zu servers answer, %s of them agree%s"
		    ": %s", b.voters, agree, s->coasting ?
		    ", and the clock coasts" : "", text);
	}
	s->no_majority = true;
}

static void
log_change(struct steer *s, double offset)
{
	char		 text[FORMAT_LEN];

	if (fabs(offset) <= STEPT && s->returned)
		log_info("most servers agree with the clock again: it is %s",
		    format_offset(offset, text));
	else if (fabs(offset) <= STEPT)
		log_info("most servers see the clock %s %s where it should "
		    "be: its oscillator has changed",
		    format_size(offset, text), offset < 0 ? "ahead of" :
		    "behind");
	else if (!s->over_limit && s->confirm.state != CONFIRM_WAITING)
		log_warnx("most servers see the clock %s all at once%s",
		    format_offset(offset, text),
		    s->read_only ? "" : ": correcting it");
}

static void
log_coasting(struct steer *s, const struct sync *sync)
{
	bool		 coasting = sync->state == SYNC_COASTING;

	if (coasting == s->coasting)
		return;
	s->coasting = coasting;
	if (coasting)
		log_info("%s: the clock coasts, and may be off by more and "
		    "more", ballot_count(sync, sync->updated).voters == 0 ?
		    "no server can be used any more" :
		    "no majority of the servers confirms the clock");
	else if (sync->state == SYNC_FOLLOWING || sync->state == SYNC_IN_DOUBT)
		log_info("a majority of the servers confirms the clock again");
}

/* A source that has surprised and may have been right, or SYNC_SOURCES. */
static size_t
find_doubted(const struct sync *sync)
{
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++)
		if (sync->sources[i].used &&
		    sync->sources[i].state == SOURCE_DOUBTED &&
		    sync->sources[i].surprises >= DOUBT_SAID)
			break;
	return i;
}

static void
log_doubt(struct steer *s, const struct sync *sync,
    const struct association all[])
{
	size_t		 i;

	if (sync->state != SYNC_IN_DOUBT && s->doubted) {
		s->doubted = false;
		if (sync->state == SYNC_FOLLOWING)
			log_info("the clock is not in doubt any more");
	}
	if (sync->state != SYNC_IN_DOUBT || s->doubted ||
	    (i = find_doubted(sync)) == SYNC_SOURCES)
		return;
	s->doubted = true;
	log_info("%s: says something else than was expected: the clock is in "
	    "doubt, asking more often", all[i].name);
}

void
steer_log_state(struct steer *s, const struct sync *sync,
    const struct association all[MAX_ASSOCIATIONS], const struct reading *r,
    struct instant now)
{
	bool		 coasting = sync->state == SYNC_COASTING;
	bool		 doubt = sync->state == SYNC_IN_DOUBT &&
	    find_doubted(sync) < SYNC_SOURCES;
	bool		 over = s->doubted && sync->state != SYNC_IN_DOUBT;

	if (sync->state != s->state)
		log_debug("synchronization: %s", sync_state_name(sync->state));
	s->state = sync->state;
	if (!s->changed && coasting == s->coasting && !over &&
	    (!doubt || s->doubted))
		return;
	if (log_allowed(&s->log, now, NULL)) {
		if (s->changed)
			log_change(s, sync_estimate(sync, r->now).offset -
			    r->ahead);
		log_coasting(s, sync);
		log_doubt(s, sync, all);
	}
	s->changed = false;
}

/* Why *SYSTEM is not synchronized, for the log. */
static void
log_unsynchronized(const struct system *s, const struct sync *sync)
{
	char		 text[FORMAT_LEN];

	if (!sync_ready(sync))
		log_warnx("clock is no longer synchronized: asking the "
		    "servers anew");
	else if (fabs(s->offset) > STEPT)
		log_warnx("clock is no longer synchronized: it is %s, 128 ms "
		    "is the most", format_offset(s->offset, text));
	else
		log_warnx("clock is no longer synchronized: it may be off by "
		    "%s, 3 s is the most", format_size(s->certain, text));
}

void
steer_log(struct steer *st, const struct system *s, const struct sync *sync)
{
	char		 name[ADDR_STRLEN], offset[FORMAT_LEN];
	char		 likely[FORMAT_LEN];

	if (s->synchronized == st->synchronized)
		return;
	st->synchronized = s->synchronized;
	if (!s->synchronized) {
		log_unsynchronized(s, sync);
		return;
	}
	st->proven = true;
	st->disrupted = false;
	log_info("clock synchronized to %s, stratum %u: it is %s, within %s "
	    "in 99 %% of the time, %zu server%s",
	    addr_format(&st->peer.addr, name), s->stratum,
	    format_offset(s->offset, offset), format_size(s->likely, likely),
	    sync->truechimers, sync->truechimers == 1 ? "" : "s agree");
}
