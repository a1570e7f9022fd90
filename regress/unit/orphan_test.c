/*
 * The local clock as a last resort: when it is served, whom orphans follow,
 * who may vote meanwhile, and that real servers find everything as it was.
 */
#include <math.h>
#include <string.h>

#include "ntpd/engine/orphan.h"
#include "regress/unit/unit.h"

#define N		10		/* stratum of the local clock */
#define OWN		"192.0.2.50"

static struct orphan	 l;
static struct association all[MAX_ASSOCIATIONS];
static struct sync	 synced;
static struct clocks	 clocks;
static struct engine_setup setup;

/* What the rest of the engine would say, and what it is to do. */
static struct system	 believed;
static struct steer	 steer;
static size_t		 expected, hoped, names, hurried, updates, published;
static struct instant	 now;

size_t
associations_expected(const struct association a[MAX_ASSOCIATIONS])
{
	(void)a;
	return expected;
}

void
association_hurry(struct association *a, struct instant t)
{
	(void)a;
	(void)t;
	hurried++;
}

bool
association_is_denied(const struct association *a)
{
	return a->schedule.state == SCHEDULE_STOPPED;
}

/* A turn of the engine at T. */
static void
run(struct instant t)
{
	bool		 follows = orphan_follow(&l, &synced, all,
	    clocks_read(&clocks).now, t);
	struct orphan_view view = {
		.synchronized = believed.synchronized,
		.majority = steer_has_majority(&steer, &synced, all),
		.expected = expected + hoped > 0 ||
		    (orphan_is_patient(&l, t) && names > 0)
	};

	if (orphan_decide(&l, &view, t) && !follows)
		published++;
	updates += follows;
}

static int
begin(void **state)
{
	(void)state;
	memset(all, 0, sizeof(all));
	memset(&believed, 0, sizeof(believed));
	believed.leap = LEAP_UNKNOWN;
	believed.stratum = NTP_MAX_STRATUM;
	memset(&steer, 0, sizeof(steer));
	expected = hoped = names = hurried = updates = published = 0;
	now = instant_now();
	clocks_init(&clocks);
	sync_init(&synced, 20e-6, 3e-6);
	setup.local_stratum = N;
	setup.local_orphan = 1;
	orphan_init(&l);
	orphan_configure(&l, &setup, now);
	return 0;
}

/* An answer of STRATUM, with the reference id of a local clock or another. */
static struct ntp_packet
answer(uint8_t stratum, bool local)
{
	struct ntp_packet pkt = { .stratum = stratum };

	memcpy(pkt.refid, local ? "\x7f\x7f\1\1" : "\xc0\0\2\1", 4);
	return pkt;
}

/* Association I is ADDRESS, which has answered that. */
static struct association *
add(size_t i, const char *address, uint8_t stratum, bool local)
{
	struct association *a = &all[i];

	memset(a, 0, sizeof(*a));
	a->used = a->answered = true;
	a->schedule.state = SCHEDULE_POLLING;
	a->last = answer(stratum, local);
	assert_true(addr_parse(&a->addr, address, 0));
	assert_true(addr_parse(&a->query.local, OWN, 0));
	sync_add(&synced, i, 1);
	return a;
}

/* Give source I COUNT samples that say that it may be off by DISPERSION s. */
static void
vague_sample(size_t i, size_t count, double dispersion)
{
	struct sample	 s = {
		.delay = 1e-4, .precision = 1e-6, .root_dispersion = dispersion
	};

	for (; count > 0; count--) {
		s.when = clocks_read(&clocks).now;
		sync_sample(&synced, i, &s, expected);
	}
}

/* Give source I COUNT samples that make it a voter. */
static void
sample(size_t i, size_t count)
{
	vague_sample(i, count, 1e-3);
}

static void
hopeless(void **state)
{
	static const struct {
		const char	*name;
		bool		 serving, follows;
		struct orphan_view v;	/* synchronized, majority, expected */
		bool		 result;
	} cases[] = {
		{ "nothing at all", 0, 0, { 0, 0, 0 },		true },
		{ "some may answer yet", 0, 0, { 0, 0, 1 },	false },
		{ "a majority", 0, 0, { 0, 1, 0 },		false },
		{ "synchronized", 0, 0, { 1, 1, 0 },		false },
		{ "coasting", 0, 0, { 1, 0, 0 },		false },
		{ "served, some are asked", 1, 0, { 0, 0, 1 },	true },
		{ "served, a majority", 1, 0, { 0, 1, 1 },	false },
		{ "served, synchronized", 1, 0, { 1, 1, 0 },	false },
		{ "followed, all anew", 0, 1, { 0, 0, 1 },	true },
		{ "followed, synchronized", 0, 1, { 1, 1, 0 },	false }
	};
	struct orphan	 was;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		orphan_init(&was);
		was.serving = cases[i].serving;
		was.leader = cases[i].follows ? 0 : ORPHAN_NOBODY;
		if (orphan_is_hopeless(&was, &cases[i].v) != cases[i].result)
			fail_msg("%s", cases[i].name);
	}
}

static void
lowest_leads(void **state)
{
	static const struct {
		const char	*name;
		struct orphan_other	 others[3];
		size_t		 leader;	/* 3: ourselves */
	} cases[] = {
		{ "nobody", { { 0, { 1 } }, { 0, { 2 } }, { 0, { 3 } } }, 3 },
		{ "the lowest",
		    { { 1, { 9 } }, { 1, { 2, 1 } }, { 1, { 2, 2 } } }, 1 },
		{ "the lowest follows",
		    { { 1, { 9 } }, { 0, { 2 } }, { 1, { 10 } } }, 0 },
		{ "we are the lowest",
		    { { 1, { 192 } }, { 1, { 99 } }, { 1, { 51 } } }, 3 },
		{ "our own address", { { 1, { 50 } } }, 3 },
		{ "unsigned", { { 1, { 255 } }, { 1, { 128 } } }, 3 },
		{ "just below", { { 1, { 49, 255, 255, 255 } } }, 0 },
		{ "zero", { { 1, { 0 } } }, 0 }
	};
	static const uint8_t own[4] = { 50 };
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		if (orphan_leader(own, cases[i].others, 3) != cases[i].leader)
			fail_msg("%s", cases[i].name);
	assert_int_equal(orphan_leader(own, NULL, 0), 0);
}

/* However they see each other, no two follow one another. */
static void
nobody_follows_in_a_circle(void **state)
{
	struct orphan_other	 others[3];
	size_t		 i, leads, leaders;
	uint8_t		 own[4];

	(void)state;
	for (leads = 0; leads < 8; leads++) {
		leaders = 0;
		for (i = 0; i < 3; i++) {
			memset(others, 0, sizeof(others));
			others[0].leads = (leads & 1) != 0 && i != 0;
			others[1].leads = (leads & 2) != 0 && i != 1;
			others[2].leads = (leads & 4) != 0 && i != 2;
			memcpy(others[0].id, "\1\0\0\0", 4);
			memcpy(others[1].id, "\2\0\0\0", 4);
			memcpy(others[2].id, "\3\0\0\0", 4);
			memcpy(own, others[i].id, 4);
			if (orphan_leader(own, others, 3) == 3)
				leaders++;
			else
				assert_true(orphan_leader(own, others, 3) < i);
		}
		assert_true(leaders >= 1);
	}
}

static void
setup_is_checked(void **state)
{
	static const struct {
		uint8_t		 stratum, orphan, left;
	} cases[] = {
		{ 0, 0, 0 }, { 1, 0, 1 }, { 15, 0, 15 }, { 16, 0, 0 },
		{ 255, 0, 0 }, { 14, 1, 14 }, { 15, 1, 0 }, { 5, 2, 0 },
		{ 0, 1, 0 }
	};
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		setup.local_stratum = cases[i].stratum;
		setup.local_orphan = cases[i].orphan;
		orphan_configure(&l, &setup, now);
		assert_int_equal(l.stratum, cases[i].left);
		assert_int_equal(l.agrees, cases[i].left != 0 &&
		    cases[i].orphan == 1);
	}
}

static void
off_by_default(void **state)
{
	(void)state;
	setup.local_stratum = setup.local_orphan = 0;
	orphan_configure(&l, &setup, now);
	run(now);
	assert_false(l.serving);
	assert_int_equal(published + updates, 0);
}

static void
served_when_nothing_is_left(void **state)
{
	(void)state;
	expected = 1;
	run(now);
	assert_false(l.serving);
	expected = 0;
	hoped = 1;
	run(now);
	assert_false(l.serving);
	hoped = 0;
	steer.stepping = true;
	run(now);
	assert_false(l.serving);
	steer.stepping = false;
	run(now);
	assert_true(l.serving);
	assert_int_equal(published, 1);
	run(now);
	assert_int_equal(published, 1);
	believed.synchronized = true;
	run(now);
	assert_false(l.serving);
	assert_int_equal(published, 2);
	believed.synchronized = false;
	run(now);
	assert_true(l.serving);
	setup.local_stratum = setup.local_orphan = 0;
	orphan_configure(&l, &setup, now);
	run(now);
	assert_false(l.serving);
}

/* A resolver that hangs must not keep an isolated network without time. */
static void
names_are_waited_for_but_not_for_ever(void **state)
{
	(void)state;
	names = 1;
	run(now);
	assert_false(l.serving);
	assert_true(instant_diff(orphan_deadline(&l, now), now) < 60);
	run(instant_add(now, 60));
	assert_true(l.serving);
}

/* A majority that says by how much the clock is wrong is better. */
static void
not_served_when_known_to_be_wrong(void **state)
{
	(void)state;
	add(0, "192.0.2.1", 2, false);
	sample(0, 4);
	assert_int_equal(synced.system_peer, 0);
	run(now);
	assert_false(l.serving);
	/* But of a server at stratum 15 nobody can have the time. */
	all[0].last.stratum = 15;
	run(now);
	assert_true(l.serving);
}

static void
what_is_served(void **state)
{
	struct system	 s = believed;

	(void)state;
	orphan_serve(&l, &s);
	assert_memory_equal(&s, &believed, sizeof(s));

	l.serving = true;
	s.root_dispersion = 1e9;
	orphan_serve(&l, &s);
	assert_false(s.synchronized);
	assert_int_equal(s.local, CONTROL_LOCAL_SERVED);
	assert_int_equal(s.leap, LEAP_NONE);
	assert_int_equal(s.stratum, N);
	assert_memory_equal(s.refid, "\x7f\x7f\1\1", 4);
	assert_true(s.root_delay == 0 && s.root_dispersion > 0 &&
	    s.root_dispersion < 0.1 && s.dispersion_rate == 0);

	/* Until the next turn both may be true: what is right is served. */
	s = believed;
	s.synchronized = true;
	s.stratum = 3;
	orphan_serve(&l, &s);
	assert_true(s.synchronized && s.stratum == 3);

	l.serving = false;
	l.leader = 0;
	s.stratum = N + 1;
	orphan_serve(&l, &s);
	assert_false(s.synchronized);
	assert_int_equal(s.local, CONTROL_LOCAL_FOLLOWS);
	assert_int_equal(s.stratum, N + 1);

	/* Until the leader has said enough. */
	s = believed;
	l.serving = true;
	orphan_serve(&l, &s);
	assert_int_equal(s.local, CONTROL_LOCAL_SERVED);
	assert_int_equal(s.stratum, N);
}

static void
who_may_vote(void **state)
{
	static const struct {
		const char	*name;
		bool		 orphan, leader;
		uint8_t		 stratum;
		bool		 local, admitted;
	} cases[] = {
		{ "below",		true, false, N - 1, false, true },
		{ "below, local",	true, false, N - 1, true, true },
		{ "another orphan",	true, false, N, true, false },
		{ "at our stratum",	true, false, N, false, false },
		{ "above",		true, false, N + 1, false, false },
		{ "the leader",		true, true, N, true, true },
		{ "it leads no more",	true, true, N + 1, false, false },
		{ "it found a server",	true, true, 3, false, true },
		{ "no orphan, at",	false, false, N, true, true },
		{ "no orphan, above",	false, false, N + 1, false, true }
	};
	struct ntp_packet pkt;
	size_t		 i;

	for (i = 0; i < COUNT(cases); i++) {
		begin(state);
		setup.local_orphan = cases[i].orphan;
		orphan_configure(&l, &setup, now);
		add(0, "192.0.2.1", 3, false);
		sample(0, 2);
		l.leader = cases[i].leader ? 0 : ORPHAN_NOBODY;
		pkt = answer(cases[i].stratum, cases[i].local);
		if (orphan_admits(&l, &synced, 0, &pkt) !=
		    cases[i].admitted)
			fail_msg("%s", cases[i].name);
		if (synced.sources[0].nsamples != (cases[i].admitted ? 2 : 0))
			fail_msg("%s: its samples", cases[i].name);
	}
}

static void
follows_the_lowest(void **state)
{
	(void)state;
	add(0, "192.0.2.60", N, true);
	add(1, "192.0.2.9", N + 1, false);
	add(2, "192.0.2.20", N, true);
	add(3, "192.0.2.10", N, true)->schedule.missed = 9;
	add(4, "192.0.2.11", N, true)->schedule.state = SCHEDULE_STOPPED;
	add(5, "192.0.2.12", N, true)->used = false;
	add(6, "192.0.2.13", N, true)->answered = false;
	add(7, "192.0.2.14", N, false);
	add(8, "192.0.2.15", N - 1, true);
	run(now);		/* nothing better: the local clock */
	assert_true(l.serving);
	assert_int_equal(l.leader, ORPHAN_NOBODY);
	run(now);
	assert_int_equal(l.leader, 2);
	assert_true(l.serving);	/* until there are samples */
	assert_int_equal(hurried, 1);
	believed.synchronized = true;
	run(now);
	assert_int_equal(l.leader, 2);
	assert_false(l.serving);
}

static void
leads_if_lowest_itself(void **state)
{
	(void)state;
	add(0, "192.0.2.60", N, true);
	add(1, "192.0.2.51", N, true);
	run(now);
	run(now);
	assert_int_equal(l.leader, ORPHAN_NOBODY);
	assert_true(l.serving);
	/* Of several own addresses it is the lowest that counts. */
	assert_true(addr_parse(&all[1].addr, "192.0.2.40", 0));
	assert_true(addr_parse(&all[0].query.local, "192.0.2.30",
	    0));
	run(now);
	assert_int_equal(l.leader, ORPHAN_NOBODY);
	assert_true(addr_parse(&all[1].addr, "192.0.2.29", 0));
	run(now);
	assert_int_equal(l.leader, 1);
}

static void
nobody_is_followed_by_who_is_synchronized(void **state)
{
	(void)state;
	add(0, "192.0.2.1", N, true);
	believed.synchronized = true;
	run(now);
	run(now);
	assert_int_equal(l.leader, ORPHAN_NOBODY);
	/* Nor while real servers have a vote, whatever comes of it. */
	believed.synchronized = false;
	add(1, "192.0.2.2", 3, false);
	expected = 1;			/* so that there is no majority yet */
	sample(1, 3);
	synced.system_peer = SYNC_SOURCES;
	expected = 0;
	run(now);
	run(now);
	assert_true(l.serving);
	assert_int_equal(l.leader, ORPHAN_NOBODY);
}

/* Two turns, and somebody is followed and believed. */
static struct association *
follow(void)
{
	struct association *a = add(0, "192.0.2.1", N, true);

	run(now);
	run(now);
	assert_int_equal(l.leader, a - all);
	sample(0, 3);
	assert_true(sync_ready(&synced));
	believed.synchronized = true;
	run(now);
	assert_false(l.serving);
	return a;
}

static void
expect_alone(void)
{
	believed.synchronized = false;
	hoped = 1;			/* answers under way change nothing */
	run(now);
	assert_int_equal(l.leader, ORPHAN_NOBODY);
	assert_true(l.serving);
	assert_false(sync_ready(&synced));
	assert_int_equal(synced.sources[0].nsamples, 0);
	assert_true(synced.frequency == 20e-6);
	assert_true(synced.frequency_error == 3e-6);
}

static void
leader_falls_silent(void **state)
{
	struct association *a = follow();
	size_t		 before;

	(void)state;
	add(1, "192.0.2.2", N + 1, false);
	add(2, "192.0.2.3", 3, false);
	before = hurried;
	a->schedule.missed = 3;
	run(now);
	assert_int_equal(l.leader, a - all);
	a->schedule.missed = 4;
	expect_alone();
	assert_int_equal(hurried, before + 1);	/* the other orphan */
}

static void
leader_leads_no_more(void **state)
{
	struct association *a = follow();

	(void)state;
	a->last = answer(N + 1, false);
	expect_alone();
}

/* Others are authenticated now, and it is not. */
static void
leader_is_barred(void **state)
{
	(void)state;
	follow()->barred = true;
	expect_alone();
}

static void
leader_is_removed(void **state)
{
	(void)state;
	follow()->used = false;
	expect_alone();
}

static void
leader_has_made_way_for_another_server(void **state)
{
	(void)state;
	follow();
	add(0, "192.0.2.99", 0, false)->answered = false;
	expect_alone();
}

static void
lower_one_appears(void **state)
{
	(void)state;
	follow();
	add(1, "192.0.2.0", N, true);
	expect_alone();
	run(now);
	assert_int_equal(l.leader, 1);
	assert_true(l.serving);
	assert_true(synced.frequency_error > 100e-6);
}

static void
orphan_is_no_longer_configured(void **state)
{
	(void)state;
	follow();
	setup.local_orphan = 0;
	orphan_configure(&l, &setup, now);
	expect_alone();
}

/*
 * A real server has a vote: it is believed at once, alone, and what is known
 * of the frequency is what was known before.
 */
static void
real_server_takes_over(void **state)
{
	struct ntp_packet pkt = answer(2, false);
	struct association *a;

	(void)state;
	follow();
	a = add(1, "192.0.2.200", 2, false);
	a->answered = false;
	assert_true(orphan_is_relief(&l, &synced, 1, a, &pkt));
	assert_true(orphan_admits(&l, &synced, 1, &pkt));
	sample(1, 2);
	run(now);
	assert_int_equal(l.leader, 0);
	sample(1, 1);
	expected = 1;			/* another one is about to say more */
	run(now);
	assert_int_equal(l.leader, 0);
	expected = 0;
	updates = 0;
	run(now);
	assert_int_equal(l.leader, ORPHAN_NOBODY);
	assert_false(l.serving);
	assert_true(sync_ready(&synced));
	assert_int_equal(synced.system_peer, 1);
	assert_int_equal(synced.verdicts[0].tally, UNUSABLE);
	assert_int_equal(synced.changes, 0);
	assert_int_equal(updates, 1);
	assert_true(fabs(synced.frequency - 20e-6) < 1e-12);
}

/* Who has lost its own servers for so long that it has no vote is none. */
static void
a_server_without_a_vote_is_no_reason(void **state)
{
	struct association *a = follow();

	(void)state;
	add(1, "192.0.2.200", 3, false);
	vague_sample(1, 4, 2 * SYNC_MAX_DISTANCE);
	run(now);
	assert_int_equal(l.leader, a - all);
	a->schedule.missed = 4;
	expect_alone();
	a->schedule.missed = 0;
	run(now);
	assert_int_equal(l.leader, a - all);
}

#define TEST(f)	cmocka_unit_test_setup(f, begin)

static const struct CMUnitTest tests[] = {
	TEST(hopeless),
	TEST(lowest_leads),
	TEST(nobody_follows_in_a_circle),
	TEST(setup_is_checked),
	TEST(off_by_default),
	TEST(served_when_nothing_is_left),
	TEST(names_are_waited_for_but_not_for_ever),
	TEST(not_served_when_known_to_be_wrong),
	TEST(what_is_served),
	TEST(who_may_vote),
	TEST(follows_the_lowest),
	TEST(leads_if_lowest_itself),
	TEST(nobody_is_followed_by_who_is_synchronized),
	TEST(leader_falls_silent),
	TEST(leader_leads_no_more),
	TEST(leader_is_barred),
	TEST(leader_is_removed),
	TEST(leader_has_made_way_for_another_server),
	TEST(lower_one_appears),
	TEST(orphan_is_no_longer_configured),
	TEST(real_server_takes_over),
	TEST(a_server_without_a_vote_is_no_reason)
};

int
main(void)
{
	return cmocka_run_group_tests_name("orphan", tests, NULL, NULL);
}
