/*
 * What the engine tells of itself: nothing that a record has is left out.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ntpctl/record.h"
#include "ntpd/engine/report.h"
#include "regress/unit/unit.h"

static struct association	 all[MAX_ASSOCIATIONS];
static struct hosts		 hosts;
static struct sync		 estimate;
static struct steer		 steer;
static struct clock_state	 clock_state;
static struct engine_setup	 setup;

/* Answers that are a little off, so that nothing about them is 0. */
static void
learn(void)
{
	struct sample	 sample = { .delay = 0.01, .precision = 1e-6,
			    .root_delay = 0.001, .root_dispersion = 0.001,
			    .stratum = 1 };
	int		 i;

	sync_init(&estimate, 1e-6, 1e-6);
	sync_add(&estimate, 0, 1);
	sync_add(&estimate, 1, 1);
	for (i = 1; i <= 20; i++) {
		sample.when = i * 8;
		sample.offset = 0.25 + (i % 3) * 1e-4;
		sync_sample(&estimate, (size_t)i % 2, &sample, 0);
	}
	assert_true(sync_ready(&estimate));
}

/* Two servers that have all there can be; the first cannot be asked now. */
static void
fill_servers(struct instant now)
{
	all[1] = (struct association){
		.used = true, .reach = 0x7f, .heard_of = 0x7f,
		.interleaved = true, .answered = true,
		.answered_at = instant_add(now, -5), .delay = 0.01,
		.sent = 9, .received = 7, .rejected = 2,
		.unauthentic = 1, .fault = REASON_WRONG_MAC,
		.auth = AUTH_NTS, .nts = { .state = NTS_READY, .ncookies = 8,
		    .aead = 15, .why = "refused",
		    .since = instant_add(now, -60) },
		.addr = { .family = ADDR_IPV4, .bytes = { 192, 0, 2, 1 } },
		.schedule = { .state = SCHEDULE_POLLING, .poll = 6,
		    .next = instant_add(now, 30) },
		.last = { .stratum = 2, .leap = LEAP_INSERT,
		    .refid = { 1, 2, 3, 4 }, .root_delay = 100,
		    .root_dispersion = 200 }
	};
	all[0] = all[1];
	all[0].was_unsendable = true;
	all[0].error = ENETUNREACH;
	hosts.n = 1;
	hosts.list[0].conf = (struct config_server){
		.name = "a.example", .weight = 3, .trusted = true,
		.auth = AUTH_KEY, .key = { .id = 5, .algorithm = MAC_SHA1 } };
}

/* An orphan that follows another, in whose status nothing is 0. */
static struct report_view
full_view(void)
{
	struct instant	 now = instant_now();
	struct report_view v = {
		.setup = &setup, .hosts = &hosts, .all = all, .sync = &estimate,
		.steer = &steer, .clock = &clock_state, .now = now,
		.r = { .now = 170, .ahead = 0.125 },
		.slew_end = instant_add(now, 20),
		.system = { .synchronized = true,
		    .local = CONTROL_LOCAL_FOLLOWS, .leap = LEAP_INSERT,
		    .stratum = 2, .refid = { 1, 2, 3, 4 }, .offset = 0.1,
		    .error = 0.01, .likely = 0.2, .certain = 0.3,
		    .root_delay = 0.4, .root_dispersion = 0.5 }
	};

	learn();
	fill_servers(now);
	setup = (struct engine_setup){ .read_only = 1, .listening = 1 };
	clock_state = (struct clock_state){ .frequency = 1e-5, .slew = 1e-4,
	    .refused = 3, .step_limit = 86400 };
	steer.peer.addr = all[0].addr;
	snprintf(steer.peer.name, sizeof(steer.peer.name), "a.example");
	return v;
}

/* Is the member M of RECORD something other than 0 and not known? */
static bool
is_filled(const struct member *m, const void *record)
{
	const void	*at = (const char *)record + m->offset;
	const uint32_t	*number = at;
	const double	*real = at;

	switch (m->kind) {
	case MEMBER_REAL:
	case MEMBER_SPAN:
		return isfinite(*real) && *real != 0;
	case MEMBER_FLAG:
	case MEMBER_WORD:
	case MEMBER_COUNT:
	case MEMBER_LOG2:
		return *number != 0;
	default:
		return *(const uint8_t *)at != 0;
	}
}

/* Each member is in one of the records A and B. */
static void
expect_filled(const struct member *m, const void *a, const void *b)
{
	for (; m->name != NULL; m++)
		if (!is_filled(m, a) && !is_filled(m, b))
			fail_msg("%s is left out", m->name);
}

static void
all_members_are_filled(void **state)
{
	struct report_view	 v = full_view();
	struct report_cursor	 cursor = { 0 };
	struct control_status	 status, waiting, st;
	struct control_peer	 peers[2], p;
	size_t			 i;

	(void)state;
	report_status(&v, &status);
	status.serving = 1;		/* the parent's, as these: */
	status.step_back = status.step_forward = 1;
	status.budget_left = status.budget_renewed_in = 1;
	status.constraint = CONSTRAINTS_KNOWN;
	status.constraint_offset = 1;
	v.system.synchronized = false;
	v.system.local = CONTROL_LOCAL_OFF;
	steer.peer.known = true;
	steer.confirm = (struct confirm){ .state = CONFIRM_WAITING,
	    .offset = 1000, .since = 160 };
	report_status(&v, &waiting);
	assert_null(record_status(&st, &status, sizeof(st)));
	assert_null(record_status(&st, &waiting, sizeof(st)));
	expect_filled(record_status_members, &status, &waiting);
	for (i = 0; i < 2; i++) {
		assert_true(report_peer(&v, &cursor, &peers[i]));
		assert_null(record_peer(&p, &peers[i], sizeof(p)));
	}
	expect_filled(record_peer_members, &peers[0], &peers[1]);
	expect_filled(record_auth_members, &peers[0], &peers[1]);
	assert_false(report_peer(&v, &cursor, &p));
}

/* What is not known yet is not a number. */
static void
nothing_is_invented(void **state)
{
	struct report_view	 v = full_view();
	struct report_cursor	 cursor = { 0 };
	struct control_status	 st;
	struct control_peer	 p;

	(void)state;
	sync_init(&estimate, 1e-6, 1e-6);
	all[0].answered = false;
	all[0].schedule.next = v.now;
	report_status(&v, &st);
	assert_true(isnan(st.offset) && isnan(st.error) &&
	    isnan(st.likely_bound) && isnan(st.certain_bound) &&
	    isnan(st.updated_ago));
	assert_true(st.frequency_error > 0);
	assert_true(report_peer(&v, &cursor, &p));
	assert_true(isnan(p.delay) && isnan(p.offset) && isnan(p.jitter) &&
	    isnan(p.error) && isnan(p.when) && isnan(p.root_delay) &&
	    isnan(p.root_dispersion));
	assert_int_equal(p.stratum, NTP_MAX_STRATUM);
	assert_int_equal(p.leap, LEAP_UNKNOWN);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(all_members_are_filled),
		cmocka_unit_test(nothing_is_invented)
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
