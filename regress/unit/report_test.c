/*
 * What the engine tells of itself: nothing that a record has is left out.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/ns.h"
#include "ntpctl/record.h"
#include "ntpd/engine/report.h"
#include "regress/unit/unit.h"

#define LONG	1000000000	/* s: longer is since a moment not filled in */

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

/* Ask server A of CONF, at *P. */
static void
ask(const struct planning *p, struct association *a,
    const struct config_server *conf)
{
	struct clocks	 clocks;

	clocks_init(&clocks);
	association_ask(p, a, conf, &clocks, (struct ntptime){ 1 });
	query_close(&a->query);
}

/* Keys for A, whose NTP server is the one that gave them. */
static void
agree(const struct planning *p, struct association *a)
{
	static const struct nts_keys keys = { .answer = {
		.aead = AEAD_AES_SIV_CMAC_256, .ncookies = KE_COOKIES,
		.cookies = { { .len = 1 }, { .len = 1 }, { .len = 1 } } } };
	const struct nts_default otherwise = { a->addr, a->addr.port };

	nts_asked(&a->nts, 1, p->now);
	assert_null(nts_take_keys(&a->nts, &keys, &otherwise, 2, p->now));
	association_got_keys(a, p->now);
}

/*
 * Three servers that went through all there can be: one that cannot be asked
 * from the address that it is to be asked from, one that answers in all ways,
 * and one that gives no keys.  What they are then comes from the functions that
 * the engine calls, so what these leave out is missed here.
 */
static void
fill_servers(struct instant now)
{
	struct config_server conf[] = {
		{ .name = "a.example", .weight = 3, .trusted = true,
		    .auth = AUTH_KEY, .key = { .id = 5,
		    .algorithm = MAC_SHA1 } },
		{ .name = "b.example", .auth = AUTH_NTS },
		{ .name = "c.example", .auth = AUTH_NTS } };
	const struct answer good = { .interleaved = true,
		.stamps = STAMPED_KERNEL, .has_sample = true,
		.sample = { .delay = 0.01 },
		.pkt = { .stratum = 2, .leap = LEAP_INSERT,
		    .refid = { 1, 2, 3, 4 }, .root_delay = 100,
		    .root_dispersion = 200 } };
	struct planning	 p = { .all = all, .sync = &estimate,
			    .now = instant_add(now, -1) };
	struct addr	 addr;
	size_t		 i;

	assert_true(addr_parse(&addr, "127.0.0.1", 9));
	assert_true(addr_parse(&conf[0].source4, "192.0.2.1", 0));
	for (i = 0; i < COUNT(conf); i++) {
		conf[i].minpoll = 6;
		conf[i].maxpoll = 10;
		hosts.list[i].conf = conf[i];
		association_start(&all[i], i, &conf[i], &addr, p.now);
	}
	hosts.n = COUNT(conf);
	ask(&p, &all[0], &conf[0]);
	agree(&p, &all[1]);
	ask(&p, &all[1], &conf[1]);
	association_unauthentic(&all[1], REASON_WRONG_MAC);
	association_refused(&all[1], REASON_ROOT_DISTANCE);
	for (i = 0; i < 3; i++)		/* then the refusal is forgotten */
		association_answered(&p, &all[1], &good);
	association_got_no_keys(&p, &all[2], NTS_REFUSED, "refused");
}

/* An orphan that follows another, in whose status nothing is 0. */
static struct report_view
full_view(void)
{
	struct instant	 now = { 2 * LONG * NS_PER_S };
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
		return isfinite(*real) && *real != 0;
	case MEMBER_SPAN:
		return isfinite(*real) && *real != 0 && *real < LONG;
	case MEMBER_FLAG:
	case MEMBER_WORD:
	case MEMBER_COUNT:
	case MEMBER_LOG2:
		return *number != 0;
	default:
		return *(const uint8_t *)at != 0;
	}
}

/* Each member is in one of the N records, SIZE bytes each. */
static void
expect_filled(const struct member *m, const void *records, size_t size,
    size_t n)
{
	const char	*record = records;
	size_t		 i;

	for (; m->name != NULL; m++) {
		for (i = 0; i < n; i++)
			if (is_filled(m, record + i * size))
				break;
		if (i == n)
			fail_msg("%s is left out", m->name);
	}
}

static void
status_is_filled(void **state)
{
	struct report_view	 v = full_view();
	struct control_status	 status[2], st;
	size_t			 i;

	(void)state;
	report_status(&v, &status[0]);
	status[0].serving = 1;		/* the parent's, as these: */
	status[0].step_back = status[0].step_forward = 1;
	status[0].budget_left = status[0].budget_renewed_in = 1;
	status[0].constraint = CONSTRAINTS_KNOWN;
	status[0].constraint_offset = 1;
	v.system.synchronized = false;
	v.system.local = CONTROL_LOCAL_OFF;
	steer.peer.known = true;
	steer.confirm = (struct confirm){ .state = CONFIRM_WAITING,
	    .offset = 1000, .since = 160 };
	report_status(&v, &status[1]);
	for (i = 0; i < COUNT(status); i++)
		assert_null(record_status(&st, &status[i], sizeof(st)));
	expect_filled(record_status_members, status, sizeof(st), i);
}

static void
peers_are_filled(void **state)
{
	struct report_view	 v = full_view();
	struct report_cursor	 cursor = { 0 };
	struct control_peer	 peers[3], p;
	size_t			 i;

	(void)state;
	for (i = 0; i < COUNT(peers); i++) {
		assert_true(report_peer(&v, &cursor, &peers[i]));
		assert_null(record_peer(&p, &peers[i], sizeof(p)));
	}
	expect_filled(record_peer_members, peers, sizeof(p), i);
	expect_filled(record_auth_members, peers, sizeof(p), i);
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
		cmocka_unit_test(status_is_filled),
		cmocka_unit_test(peers_are_filled),
		cmocka_unit_test(nothing_is_invented)
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
