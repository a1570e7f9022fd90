/*
 * What ntpctl is told: which peers, in which order, with what; what happens
 * next.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ntpd/engine/report.h"
#include "regress/unit/unit.h"

/* Slots of associations: two of one statement, the later one first, one. */
enum { SECOND = 1, FIRST = 3, ONLY = 7 };

static struct engine_setup engine_setup;
static struct hosts	 hosts;
static struct association all[MAX_ASSOCIATIONS];
static struct sync	 sync_state;
static struct steer	 steer;
static struct clock_state clock_state;
static struct report_view view;

static struct association *
start(size_t slot, size_t host, const char *address)
{
	struct association *a = &all[slot];
	struct addr	 addr;

	assert_true(addr_parse(&addr, address, 123));
	association_start(a, host, &hosts.list[host].conf, &addr, view.now);
	sync_add(&sync_state, slot, hosts.list[host].conf.weight);
	return a;
}

static void
statement(const char *name, enum name_state state, double in)
{
	struct host	*h = &hosts.list[hosts.n++];

	h->conf = (struct config_server){ .weight = 1, .minpoll = 6,
	    .maxpoll = 10, .max = 4, .port = 123 };
	snprintf(h->conf.name, sizeof(h->conf.name), "%s", name);
	h->name.state = state;
	h->name.at = instant_add(view.now, in);
}

/* Four statements, of which two have associations that never answered. */
static int
setup(void **arg)
{
	(void)arg;
	memset(&hosts, 0, sizeof(hosts));
	memset(all, 0, sizeof(all));
	memset(&steer, 0, sizeof(steer));
	memset(&clock_state, 0, sizeof(clock_state));
	memset(&engine_setup, 0, sizeof(engine_setup));
	view = (struct report_view){ .setup = &engine_setup, .hosts = &hosts,
	    .all = all, .sync = &sync_state, .steer = &steer,
	    .clock = &clock_state, .r = { .now = 1000, .ahead = 0.25 },
	    .now = { 5000000000000 } };
	sync_init(&sync_state, 0, 20e-6);
	statement("pool.example", NAME_WAITING, 1800);
	statement("later.example", NAME_WAITING, 5);
	statement("192.0.2.9", NAME_NUMERIC, 0);
	statement("overdue.example", NAME_WAITING, -5);
	start(SECOND, 0, "192.0.2.2");
	start(FIRST, 0, "192.0.2.1");
	start(ONLY, 2, "192.0.2.9");
	return 0;
}

/* A has answered AGO s ago. */
static void
answered(struct association *a, double ago)
{
	a->answered = true;
	a->answered_at = instant_add(view.now, -ago);
	a->heard = 1;
	a->reach = a->heard_of = 1;
	a->delay = 0.02;
	a->last = (struct ntp_packet){ .stratum = 2, .leap = LEAP_INSERT,
	    .refid = { 203, 0, 113, 5 }, .root_delay = 1 << 16,
	    .root_dispersion = 1 << 15 };
}

/* The servers of all associations tell the truth, until now. */
static void
synchronize(void)
{
	static const size_t slots[] = { SECOND, FIRST, ONLY };
	struct sample	 s = { .offset = 0.5, .delay = 0.02, .trip = 0.02,
			    .precision = 1e-6, .root_delay = 1e-3,
			    .root_dispersion = 1e-3, .stratum = 2 };
	size_t		 i, n;

	for (n = 0; n < 10; n++)
		for (i = 0; i < COUNT(slots); i++) {
			answered(&all[slots[i]], 64);
			s.when = 1000 - 64. * (double)(10 - n) + (double)i;
			sync_sample(&sync_state, slots[i], &s, 0);
		}
	assert_true(sync_ready(&sync_state));
	assert_int_equal(sync_state.truechimers, 3);
}

/* ---- peers ---- */

static struct control_peer
peer_of(const char *address)
{
	struct report_cursor cursor = { 0 };
	struct control_peer peer;
	struct addr	 addr;

	assert_true(addr_parse(&addr, address, 123));
	while (report_peer(&view, &cursor, &peer))
		if (addr_equal(&peer.address, &addr))
			return peer;
	fail_msg("no peer %s", address);
	return peer;
}

/* By statement, then by slot; a statement without one has a line, too. */
static void
peers_in_order(void **arg)
{
	static const struct {
		const char	*name;
		int		 last;		/* byte of the address */
		double		 next_in;
	} want[] = {
		{ "pool.example", 2, 0 },
		{ "pool.example", 1, 0 },
		{ "later.example", -1, 5 },
		{ "192.0.2.9", 9, 0 },
		{ "overdue.example", -1, 0 },
	};
	struct report_cursor cursor = { 0 };
	struct control_peer peer;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(want); i++) {
		assert_true(report_peer(&view, &cursor, &peer));
		assert_string_equal(peer.name, want[i].name);
		assert_int_equal(peer.version, CONTROL_VERSION);
		assert_int_equal(peer.address.family == ADDR_IPV4 ?
		    peer.address.bytes[3] : -1, want[i].last);
		assert_int_equal(peer.state, want[i].last == -1 ?
		    PEER_STATE_RESOLVING : PEER_STATE_STARTING);
		if (want[i].last == -1)
			assert_near(peer.next_in, want[i].next_in, 1e-9);
	}
	assert_false(report_peer(&view, &cursor, &peer));
	assert_false(report_peer(&view, &cursor, &peer));
	hosts.list[1].name.state = NAME_ASKED;
	cursor = (struct report_cursor){ .host = 1 };
	assert_true(report_peer(&view, &cursor, &peer));
	assert_near(peer.next_in, 0, 0);
}

static void
no_statements_no_peers(void **arg)
{
	struct report_cursor cursor = { 0 };
	struct control_peer peer;

	(void)arg;
	hosts.n = 0;
	assert_false(report_peer(&view, &cursor, &peer));
}

/* What was in the memory before does not leave the process. */
static void
no_bytes_leak(void **arg)
{
	struct report_cursor cursor = { 0 }, other = { 0 };
	struct control_peer peer, again;

	(void)arg;
	answered(&all[FIRST], 5);
	memset(&peer, 0xa5, sizeof(peer));
	memset(&again, 0x5a, sizeof(again));
	while (report_peer(&view, &cursor, &peer)) {
		assert_true(report_peer(&view, &other, &again));
		assert_memory_equal(&peer, &again, sizeof(peer));
		memset(&peer, 0xa5, sizeof(peer));
		memset(&again, 0x5a, sizeof(again));
	}
}

static void
who_never_answered(void **arg)
{
	struct control_peer peer;

	(void)arg;
	all[ONLY].sent = 3;
	all[ONLY].schedule.next = instant_add(view.now, 7);
	peer = peer_of("192.0.2.9");
	assert_true(isnan(peer.when));
	assert_near(peer.next_in, 7, 1e-9);
	assert_int_equal(peer.stratum, NTP_MAX_STRATUM);
	assert_int_equal(peer.leap, LEAP_UNKNOWN);
	assert_int_equal(peer.sent, 3);
	assert_true(isnan(peer.delay) && isnan(peer.offset) &&
	    isnan(peer.jitter) && isnan(peer.error));
	assert_int_equal(peer.reach, 0);
	assert_int_equal(peer.tally, TALLY_UNUSABLE);
	/* Nor does one answer make a sample. */
	answered(&all[ONLY], 3);
	peer = peer_of("192.0.2.9");
	assert_near(peer.when, 3, 1e-9);
	assert_true(isnan(peer.delay) && isnan(peer.offset));
}

static void
who_answers(void **arg)
{
	struct control_peer peer;

	(void)arg;
	hosts.list[2].conf.weight = 7;
	hosts.list[2].conf.trusted = true;
	synchronize();
	answered(&all[ONLY], 12);
	all[ONLY].received = 2;
	all[ONLY].rejected = 1;
	all[ONLY].reach = 0277;
	all[ONLY].interleaved = true;
	all[ONLY].refused = REASON_LOOP;
	peer = peer_of("192.0.2.9");
	assert_near(peer.when, 12, 1e-9);
	assert_int_equal(peer.stratum, 2);
	assert_int_equal(peer.leap, LEAP_INSERT);
	assert_int_equal(peer.refid[0], 203);
	assert_near(peer.delay, 0.02, 0);
	assert_near(peer.root_delay, 1, 1e-9);
	assert_near(peer.root_dispersion, 0.5, 1e-9);
	assert_int_equal(peer.received, 2);
	assert_int_equal(peer.rejected, 1);
	assert_int_equal(peer.reach, 0277);
	assert_int_equal(peer.weight, 7);
	assert_true(peer.trusted && peer.interleaved);
	assert_int_equal(peer.reason, REASON_LOOP);
	/* Against the clock, which is ahead of the oscillator. */
	assert_near(peer.offset, 0.5 - 0.25, 1e-4);
	assert_true(peer.tally == TALLY_COMBINED ||
	    peer.tally == TALLY_SYSTEM_PEER);
	assert_true(peer.error >= 0 && peer.jitter >= 0);
}

static void
states_and_tallies(void **arg)
{
	static const enum control_peer_state states[] = {
		[SCHEDULE_STARTING] = PEER_STATE_STARTING,
		[SCHEDULE_HURRIED] = PEER_STATE_POLLING,
		[SCHEDULE_POLLING] = PEER_STATE_POLLING,
		[SCHEDULE_EXTRA] = PEER_STATE_POLLING,
		[SCHEDULE_OURS] = PEER_STATE_SELF,
		[SCHEDULE_RETURNED] = PEER_STATE_SELF,
		[SCHEDULE_STOPPED] = PEER_STATE_DENIED
	};
	static const enum control_tally tallies[] = {
		[UNUSABLE] = TALLY_UNUSABLE,
		[FALSETICKER] = TALLY_FALSETICKER, [OUTLIER] = TALLY_OUTLIER,
		[COMBINED] = TALLY_COMBINED, [SYSTEM_PEER] = TALLY_SYSTEM_PEER
	};
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(states); i++) {
		all[ONLY].schedule.state = (enum schedule_state)i;
		assert_int_equal(peer_of("192.0.2.9").state, states[i]);
	}
	for (i = 0; i < COUNT(tallies); i++) {
		sync_state.verdicts[ONLY].tally = (enum tally)i;
		assert_int_equal(peer_of("192.0.2.9").tally, tallies[i]);
	}
}

/* ---- status ---- */

static struct control_status
status_now(void)
{
	struct control_status st;

	report_status(&view, &st);
	return st;
}

/*
 * What is going on, on top of what went on before; what is said to happen
 * next, and in how many seconds.
 */
#define EVENTS								\
EVENT("no names yet", RESOLVE, 5, memset(all, 0, sizeof(all));		\
    hosts.list[0].name.state = NAME_NUMERIC;				\
    hosts.list[3].name.state = NAME_NUMERIC)				\
EVENT("a name that is due", RESOLVE, 0, hosts.list[3].name.state =	\
    NAME_WAITING)							\
EVENT("a name is being asked for", RESOLVE, 0, hosts.list[3].name.state = \
    NAME_ASKED)								\
EVENT("a server", FIRST_ANSWERS, 2, start(ONLY, 2, "192.0.2.9");	\
    all[ONLY].schedule.next = instant_add(view.now, 2))			\
EVENT("it is of no use", UNUSABLE, 2, all[ONLY].heard_of = 1;		\
    all[ONLY].refused = REASON_UNSYNCHRONIZED)				\
EVENT("another is of use", FIRST_ANSWERS, 1,				\
    start(FIRST, 0, "192.0.2.1"); answered(&all[FIRST], 1);	\
    all[FIRST].schedule.next = instant_add(view.now, 1))		\
EVENT("no majority", MAJORITY, 1, steer.no_majority = true)		\
EVENT("a majority", FIRST_ANSWERS, 1, steer.no_majority = false)	\
EVENT("an estimate", POLL, 1, start(SECOND, 0, "192.0.2.2");		\
    synchronize(); all[SECOND].schedule.next = instant_add(view.now, 3)) \
EVENT("all became useless", UNUSABLE, 1, all[ONLY].refused =		\
    all[FIRST].refused = all[SECOND].refused = REASON_LOOP)		\
EVENT("though it is synchronized", POLL, 1, view.system.synchronized = true) \
EVENT("the clock slews", SLEW, 30, clock_state.slew = -500e-6;		\
    view.slew_end = instant_add(view.now, 30))				\
EVENT("a moment too long", SLEW, 0, view.slew_end =			\
    instant_add(view.now, -1))						\
EVENT("an offset is confirmed", CONFIRM, 490, steer.confirm =		\
    (struct confirm){ .state = CONFIRM_WAITING, .offset = 1000,		\
    .since = 990 })							\
EVENT("a step", STEP, 0, steer.stepping = true)				\
EVENT("no servers", NO_SERVERS, 0, hosts.n = 0)

static void
assert_next(const char *name, enum control_next next, double in)
{
	struct control_status st = status_now();

	if (st.next != next)
		fail_msg("%s: %d", name, st.next);
	print_message("# %s: in %g s\n", name, st.next_in);
	assert_near(st.next_in, in, 1e-6);
}

static void
what_happens_next(void **arg)
{
	(void)arg;
#define EVENT(name, next, in, ...)					\
	__VA_ARGS__;							\
	assert_next(name, NEXT_##next, in);
	EVENTS
#undef EVENT
}

static void
status_before_the_first_answer(void **arg)
{
	struct control_status st;

	(void)arg;
	engine_setup.read_only = engine_setup.listening = 1;
	clock_state.frequency = -12e-6;
	clock_state.slew = 500e-6;
	clock_state.refused = 4;
	view.system = (struct system){ .leap = LEAP_UNKNOWN, .stratum = 16 };
	snprintf(steer.peer.name, sizeof(steer.peer.name), "gone.example");
	st = status_now();
	assert_int_equal(st.version, CONTROL_VERSION);
	assert_true(st.read_only && st.listening && !st.synchronized);
	assert_int_equal(st.refused, 4);
	assert_int_equal(st.stratum, 16);
	assert_int_equal(st.leap, LEAP_UNKNOWN);
	assert_near(st.frequency, -12, 1e-9);
	assert_near(st.frequency_error, 20, 1e-9);
	assert_near(st.slewing, 500, 1e-9);
	assert_true(isnan(st.updated_ago));
	assert_int_equal(st.state, CONTROL_STARTING);
	assert_int_equal(st.peers, 5);
	assert_int_equal(st.reachable, 0);
	assert_int_equal(st.truechimers, 0);
	assert_string_equal(st.system_peer, "");
	assert_int_equal(st.system_address.family, ADDR_NONE);
}

static void
status_when_synchronized(void **arg)
{
	struct control_status st;

	(void)arg;
	synchronize();
	all[SECOND].reach = all[SECOND].heard_of = 0;
	view.system = (struct system){ .synchronized = true, .stratum = 3,
	    .refid = { 192, 0, 2, 1 }, .offset = 1e-3, .error = 2e-3,
	    .likely = 3e-3, .certain = 4e-3, .root_delay = 5e-3,
	    .root_dispersion = 6e-3 };
	steer.peer.addr = all[FIRST].addr;
	snprintf(steer.peer.name, sizeof(steer.peer.name), "pool.example");
	st = status_now();
	assert_true(st.synchronized);
	assert_int_equal(st.stratum, 3);
	assert_memory_equal(st.refid, view.system.refid, 4);
	assert_near(st.offset, 1e-3, 0);
	assert_near(st.error, 2e-3, 0);
	assert_near(st.likely_bound, 3e-3, 0);
	assert_near(st.certain_bound, 4e-3, 0);
	assert_near(st.root_delay, 5e-3, 0);
	assert_near(st.root_dispersion, 6e-3, 0);
	assert_int_equal(st.state, CONTROL_FOLLOWING);
	/* Three agree, but one of them does not answer any more. */
	assert_int_equal(st.why, WHY_SYNCHRONIZED);
	assert_int_equal(st.peers, 5);
	assert_int_equal(st.reachable, 2);
	assert_int_equal(st.usable, 2);
	assert_int_equal(st.truechimers, 2);
	assert_near(st.updated_ago, 62, 1e-6);
	assert_near(st.frequency_error, 1e6 *
	    sync_estimate(&sync_state, 1000).frequency_error, 1e-9);
	assert_string_equal(st.system_peer, "pool.example");
	assert_true(addr_equal(&st.system_address, &all[FIRST].addr));
	/* The one with the mark is named, the last one of old is not. */
	view.system.synchronized = false;
	assert_string_equal(status_now().system_peer, "pool.example");
	sync_state.system_peer = SYNC_SOURCES;
	assert_string_equal(status_now().system_peer, "");
}

/*
 * Why the clock is not synchronized, as one thing after another is added to
 * what is wrong, or taken away.
 */
#define REASONS_WHY							\
EVENT("a server that has not answered", NO_ANSWER, start(ONLY, 2,	\
    "192.0.2.9"))							\
EVENT("it refuses", UNUSABLE, all[ONLY].heard_of = 1;			\
    all[ONLY].refused = REASON_UNSYNCHRONIZED)				\
EVENT("it does not any more", FEW_ANSWERS, answered(&all[ONLY], 1);	\
    all[ONLY].refused = REASON_NONE)					\
EVENT("another one disagrees", NO_MAJORITY, steer.no_majority = true)	\
EVENT("others are waited for", WAITING, view.waiting = true;		\
    view.waiting_until = instant_add(view.now, 20))			\
EVENT("an estimate, far off", OFFSET, synchronize();			\
    view.waiting = steer.no_majority = false;				\
    steer.peer.known = true;						\
    view.system.offset = -0.2; view.system.certain = 0.3)		\
EVENT("with -x", READ_ONLY, engine_setup.read_only = 1)			\
EVENT("too far for a moment", CONFIRM, steer.confirm =			\
    (struct confirm){ .state = CONFIRM_WAITING, .offset = 1000,		\
    .since = 990 })							\
EVENT("too far for ever", LIMIT, steer.over_limit = true)		\
EVENT("being set", STEPPING, steer.stepping = true)			\
EVENT("a bad bound", BOUND, steer = (struct steer){ .peer.known = true }; \
    view.system.offset = 1e-6; view.system.certain = 3.01)		\
EVENT("no bound", BOUND, view.system.certain = HUGE_VAL)		\
EVENT("a start, 20 ms off", OFFSET, view.system.offset = 0.02;		\
    view.system.certain = 0.1)						\
EVENT("an orphan", ORPHANS, view.system.local = CONTROL_LOCAL_FOLLOWS)	\
EVENT("no addresses", NO_ADDRESS, memset(all, 0, sizeof(all)))		\
EVENT("no servers", NO_SERVERS, hosts.n = 0)				\
EVENT("all is well", SYNCHRONIZED, view.system.synchronized = true)

static void
why_it_is_not_synchronized(void **arg)
{
	struct control_status st;

	(void)arg;
	memset(all, 0, sizeof(all));
#define EVENT(name, reason, ...)					\
	__VA_ARGS__;							\
	st = status_now();					\
	if (st.why != WHY_##reason)					\
		fail_msg("%s: %d", name, st.why);			\
	if (WHY_##reason == WHY_WAITING)				\
		assert_near(st.why_in, 20, 1e-6);			\
	if (WHY_##reason == WHY_CONFIRM)				\
		assert_near(st.why_in, 490, 1e-6);
	REASONS_WHY
#undef EVENT
}

/* Why peers cannot be used, with what the system said. */
static void
reasons_have_details(void **arg)
{
	struct report_cursor cursor = { .host = 1 };
	struct control_peer peer;

	(void)arg;
	hosts.list[1].name.failures = 2;
	hosts.list[1].name.error = -2;
	assert_true(report_peer(&view, &cursor, &peer));
	assert_int_equal(peer.reason, REASON_UNRESOLVED);
	assert_int_equal(peer.detail, -2);
	all[ONLY].was_unsendable = true;
	all[ONLY].error = 101;
	peer = peer_of("192.0.2.9");
	assert_int_equal(peer.reason, REASON_UNSENDABLE);
	assert_int_equal(peer.detail, 101);
	all[ONLY].was_unsendable = false;
	assert_int_equal(peer_of("192.0.2.9").detail, 0);
}

static void
states_of_the_estimate(void **arg)
{
	static const enum control_state states[] = {
		[SYNC_STARTING] = CONTROL_STARTING,
		[SYNC_FOLLOWING] = CONTROL_FOLLOWING,
		[SYNC_IN_DOUBT] = CONTROL_IN_DOUBT,
		[SYNC_COASTING] = CONTROL_COASTING,
		[SYNC_BEGINNING_AGAIN] = CONTROL_BEGINNING_AGAIN
	};
	size_t		 i;

	(void)arg;
	synchronize();
	for (i = 0; i < COUNT(states); i++) {
		sync_state.state = (enum sync_state)i;
		assert_int_equal(status_now().state, states[i]);
	}
}

#define TEST(f)	cmocka_unit_test_setup(f, setup)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(peers_in_order),
		TEST(no_statements_no_peers),
		TEST(no_bytes_leak),
		TEST(who_never_answered),
		TEST(who_answers),
		TEST(states_and_tallies),
		TEST(what_happens_next),
		TEST(status_before_the_first_answer),
		TEST(status_when_synchronized),
		TEST(why_it_is_not_synchronized),
		TEST(reasons_have_details),
		TEST(states_of_the_estimate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
