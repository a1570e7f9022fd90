/*
 * When servers are asked: what an answer changes in the plans for the others.
 */
#include <errno.h>
#include <string.h>

#include "common/log.h"
#include "ntpd/engine/associations.h"
#include "regress/unit/unit.h"

static struct association all[MAX_ASSOCIATIONS];

/* What sync/ would say. */
static struct sync	 synced;
static double		 interval;	/* s, the right one at present */
static double		 frequency_error; /* s/s */
static bool		 no_way;	/* requests cannot leave */
static bool		 doubt, part[MAX_ASSOCIATIONS];
static bool		 opposed[MAX_ASSOCIATIONS];

double
sync_poll(const struct sync *y, double now, double least, double most)
{
	(void)y;
	(void)now;
	return interval < least ? least : interval > most ? most : interval;
}

double
sync_longest(const struct sync *y, size_t i, double most)
{
	(void)y;
	(void)i;
	return most;
}

bool
sync_is_opposed(const struct sync *y, size_t i)
{
	(void)y;
	return opposed[i];
}

bool
sync_takes_part(const struct sync *y, size_t i)
{
	(void)y;
	return part[i];
}

bool
sync_can_settle(const struct sync *y, size_t i)
{
	return sync_takes_part(y, i);
}

bool
sync_in_doubt(const struct sync *y, size_t i)
{
	(void)y;
	return doubt && i == 0;
}

bool
sync_ready(const struct sync *y)
{
	(void)y;
	return true;
}

struct estimate
sync_estimate(const struct sync *y, double now)
{
	(void)y;
	(void)now;
	return (struct estimate){ .frequency_error = frequency_error };
}

/* Every request leaves, and none is waited for. */
bool
query_send(struct query *q, const struct query_target *target,
    const struct clocks *clocks, struct instant now)
{
	(void)q;
	(void)target;
	(void)clocks;
	(void)now;
	errno = no_way ? ENETUNREACH : 0;
	return !no_way;
}

void
query_init(struct query *q)
{
	*q = (struct query){ .fd = -1, .deadline = INSTANT_NEVER };
}

void
query_close(struct query *q)
{
	(void)q;
}

void
query_forget(struct query *q)
{
	q->exchange.known = false;
}

/* Seconds as an instant. */
static struct instant
at(double s)
{
	return (struct instant){ (int64_t)(s * 1e9) };
}

static struct planning
planning(struct instant now)
{
	return (struct planning){ .all = all, .sync = &synced, .now = now };
}

static int
begin(void **state)
{
	(void)state;
	memset(all, 0, sizeof(all));
	memset(part, 0, sizeof(part));
	interval = 1024;
	frequency_error = 1e-8;
	doubt = false;
	return 0;
}

/* Association I was asked at ASKED and is going to be at NEXT, s. */
static struct association *
add(size_t i, double asked, double next)
{
	struct association *a = &all[i];

	memset(a, 0, sizeof(*a));
	a->used = true;
	query_init(&a->query);
	schedule_init(&a->schedule, 6, 10);
	a->schedule.state = SCHEDULE_POLLING;
	a->schedule.asked_at = at(asked);
	a->schedule.next = at(next);
	part[i] = true;
	return a;
}

/* Ask all that are due at NOW. */
static void
run(struct instant now)
{
	static const struct config_server conf = {
		.minpoll = 6, .maxpoll = 10
	};
	struct planning	 p = planning(now);
	struct association *a;

	for (a = all; a < all + MAX_ASSOCIATIONS; a++)
		if (a->used && schedule_is_due(&a->schedule, now))
			association_ask(&p, a, &conf, NULL,
			    (struct ntptime){ 1 });
}

/* Association 0 answers at NOW, s; it was silent: true. */
static bool
answer(double now)
{
	static const struct answer good = { .kind = ANSWER_GOOD };
	struct planning	 p = planning(at(now));
	bool		 back = association_answered(&p, &all[0], &good);

	associations_settle_doubt(&p, &all[0]);
	association_settle(&p, &all[0]);
	return back;
}

/* Another server, asked at 1000 s, when the first one answers at 1100 s. */
static const struct {
	const char	*name;
	bool		 learned, doubt, part;
	double		 interval, next;	/* s: right; planned */
	double		 least, most;		/* s: what becomes of it */
} cases[] = {
	{ "nothing new", true, false, true, 1000, 2000, 2000, 2000 },
	{ "not much", true, false, true, 600, 2000, 2000, 2000 },
	{ "restless", true, false, true, 300, 2000, 1300, 1300 },
	{ "overdue", true, false, true, 70, 2000, 1100, 1102 },
	{ "nothing learned", false, false, true, 70, 2000, 2000, 2000 },
	{ "a falseticker", true, false, false, 70, 2000, 2000, 2000 },
	{ "soon anyway", true, false, true, 70, 1110, 1110, 1110 },
	{ "in doubt", false, true, true, 1000, 2000, 1100, 1102 },
	{ "in doubt, a falseticker", false, true, false, 1000, 2000, 2000,
	    2000 },
};

static void
an_answer_hastens_others(void **state)
{
	const struct association *a;
	struct planning	 p;
	size_t		 i;

	for (i = 0; i < COUNT(cases); i++) {
		begin(state);
		add(0, 1099, 5000);
		a = add(1, 1000, cases[i].next);
		doubt = cases[i].doubt;
		part[1] = cases[i].part;
		interval = cases[i].interval;
		answer(1100);
		p = planning(at(1100));
		if (cases[i].learned)
			associations_hasten(&p);
		if (instant_before(a->schedule.next, at(cases[i].least)) ||
		    instant_before(at(cases[i].most), a->schedule.next))
			fail_msg("%s: next at %g s", cases[i].name,
			    (double)a->schedule.next.ns / 1e9);
	}
}

/* Asked out of turn in a doubt, when it would be its turn at NEXT, s. */
static struct association *
ask_in_doubt(double next)
{
	struct association *a = add(1, 1000, next);

	add(0, 1099, 5000);
	doubt = true;
	answer(1100);
	assert_true(instant_before(a->schedule.next, at(1103)));
	doubt = false;
	run(a->schedule.next);
	return a;
}

/* The turn stays, or all would be silent for an interval from then on. */
static void
a_doubt_takes_no_turn(void **state)
{
	(void)state;
	assert_true(ask_in_doubt(2000)->schedule.next.ns == at(2000).ns);
	/* One that would come at once is not worth a request. */
	assert_true(instant_before(at(1800),
	    ask_in_doubt(1150)->schedule.next));
	/* It is taken once. */
	all[1].schedule.next = at(2000);
	run(at(2000));
	assert_true(instant_before(at(2700), all[1].schedule.next));
}

/* What was planned before a quick start does not come after it. */
static void
a_quick_start_drops_the_turn(void **state)
{
	struct association *a = add(1, 1000, 2000);
	int		 i;

	(void)state;
	add(0, 1099, 5000);
	doubt = true;
	answer(1100);
	association_quicken(a, at(1101));
	interval = 70;
	for (i = 0; i < 100 && a->schedule.state == SCHEDULE_STARTING; i++)
		run(a->schedule.next);
	assert_int_equal(a->schedule.state, SCHEDULE_POLLING);
	assert_true(instant_diff(a->schedule.next, a->schedule.asked_at) <= 70);
}

/* A server that is in a quick start is not told to be slower. */
static void
a_quick_start_goes_on(void **state)
{
	struct association *a;
	struct planning	 p;

	(void)state;
	add(0, 1099, 5000);
	a = add(1, 1000, 1500);
	a->schedule.state = SCHEDULE_STARTING;
	a->schedule.left = 3;
	interval = 70;
	p = planning(at(1100));
	associations_hasten(&p);
	assert_true(a->schedule.next.ns == at(1500).ns);
}

/*
 * One that was silent is asked until it has given enough samples to take part,
 * however well the frequency is known.
 */
static void
who_answers_again_is_asked_soon(void **state)
{
	struct association *a = add(0, 1099, 5000);
	unsigned	 n = 0;

	(void)state;
	a->was_unreachable = true;
	part[0] = false;
	assert_true(answer(1100));
	for (; a->schedule.state == SCHEDULE_STARTING && n < 8; n++) {
		assert_true(instant_diff(a->schedule.next, at(1100)) < 60);
		run(a->schedule.next);
		part[0] = n == 1;		/* its third sample */
		assert_false(answer(1160));
	}
	assert_in_range(n, 2, 3);
}

/* One that answers only when its first requests are over is asked soon, too. */
static void
who_answers_late_is_asked_soon(void **state)
{
	struct association *a = add(0, 1099, 5000);
	struct association *other = add(1, 1099, 5000);
	struct planning	 p = planning(at(1100));

	(void)state;
	part[0] = false;
	assert_true(answer(1100));
	assert_true(instant_diff(a->schedule.next, at(1100)) < 5);
	assert_false(answer(1102));
	/* The network may be back: those not heard are asked, too. */
	add(2, 1099, 5000)->heard = 1;
	associations_wake(&p);
	assert_int_equal(other->schedule.state, SCHEDULE_STARTING);
	assert_int_equal(all[2].schedule.state, SCHEDULE_POLLING);
}

/* Who is waited for before the first decision. */
static void
who_is_silent(void **state)
{
	(void)state;
	assert_int_equal(associations_silent(all), 0);
	add(0, 1000, 1064);
	assert_int_equal(associations_silent(all), 1);
	add(1, 1000, 1002)->schedule.state = SCHEDULE_STARTING;
	all[1].schedule.left = 7;
	assert_int_equal(associations_silent(all), 1);
	assert_int_equal(associations_expected(all), 1);
	all[1].schedule.left = 3;	/* its first four are over */
	all[1].heard = 2;		/* too few for a vote */
	assert_int_equal(associations_silent(all), 2);
	all[1].heard = 3;
	assert_int_equal(associations_silent(all), 1);
	all[0].was_unreachable = true;	/* for long: not worth a wait */
	assert_int_equal(associations_silent(all), 0);
}

/*
 * Answers that are not authentic are counted and said once, whatever they are,
 * and change nothing else.
 */
static void
unauthentic_answers(void **state)
{
	static const struct config_server conf = {
		.minpoll = 6, .maxpoll = 10
	};
	struct planning	 p = planning(at(1100));
	struct association *a = add(0, 1099, 5000), before;
	int		 i;

	(void)state;
	before = *a;
	association_unauthentic(a, REASON_NO_MAC);
	before.rejected = before.unauthentic = before.faults = 1;
	before.fault = REASON_NO_MAC;
	before.faulty_now = true;
	assert_memory_equal(a, &before, sizeof(before));
	/* Several to one request may be copies. */
	for (i = 0; i < 9; i++)
		association_unauthentic(a, REASON_WRONG_MAC);
	assert_int_equal(a->faults, 1);
	assert_false(a->was_faulty);
	assert_int_equal(association_reason(a), REASON_WRONG_MAC);
	for (i = 0; i < 2; i++) {
		association_ask(&p, a, &conf, NULL, (struct ntptime){ 1 });
		association_unauthentic(a, REASON_CRYPTO_NAK);
	}
	assert_true(a->was_faulty);
	assert_int_equal(a->unauthentic, 12);
	assert_int_equal(a->heard, before.heard);
	assert_int_equal(a->reach | a->heard_of | a->received, 0);

	/* With the server's own beside them it can be used. */
	answer(1101);
	assert_int_equal(association_reason(a), REASON_NONE);
	assert_true(a->was_faulty);
	answer(1102);
	answer(1103);
	assert_false(a->was_faulty);
	assert_int_equal(a->fault, REASON_CRYPTO_NAK);
}

/* Refused answers are logged, and said to be the reason, until it is over. */
static void
refusals(void **state)
{
	static const struct config_server conf = {
		.minpoll = 6, .maxpoll = 10
	};
	struct planning	 p = planning(at(1100));
	struct association *a = add(0, 1099, 5000);
	int		 i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_false(a->was_refused);
		association_refused(a, REASON_DELAY);
		/* However many come: they may be copies. */
		association_refused(a, REASON_DELAY);
		association_refused(a, REASON_ROOT_DISTANCE);
		association_ask(&p, a, &conf, NULL,
		    (struct ntptime){ 1 });
	}
	assert_true(a->was_refused);
	assert_int_equal(association_reason(a), REASON_DELAY);
	assert_int_equal(a->rejected, 9);
	/* It comes and goes: nothing is over. */
	for (i = 0; i < 9; i++) {
		answer(1100 + i);
		association_refused(a, REASON_LOOP);
		association_ask(&p, a, &conf, NULL,
		    (struct ntptime){ 1 });
		assert_true(a->was_refused);
		assert_int_equal(association_reason(a), REASON_LOOP);
	}
	for (i = 0; i < 3; i++) {
		assert_true(a->was_refused);
		answer(1200 + i);
	}
	assert_false(a->was_refused);
	assert_int_equal(association_reason(a), REASON_NONE);
	a->was_unreachable = true;
	assert_int_equal(association_reason(a), REASON_SILENT);
	a->was_unreachable = false;
	a->was_unsendable = true;
	assert_int_equal(association_reason(a), REASON_UNSENDABLE);
	a->error = ENODEV;
	assert_int_equal(association_reason(a), REASON_NO_INTERFACE);
	a->was_unsendable = false;
	a->reach = 0;
	assert_int_equal(association_kissed(&p, a, (const uint8_t *)"RATE"),
	    KISS_RATE);
	assert_int_equal(association_reason(a), REASON_RATE);
	answer(1300);
	assert_int_equal(association_reason(a), REASON_NONE);
	/* Nor is "INIT" an answer: what one says that has no time yet. */
	for (i = 0; i < 3; i++) {
		assert_false(a->was_refused);
		association_ask(&p, a, &conf, NULL, (struct ntptime){ 1 });
		assert_int_equal(association_kissed(&p, a,
		    (const uint8_t *)"INIT"), KISS_UNKNOWN);
	}
	assert_int_equal(association_reason(a), REASON_UNSYNCHRONIZED);
	/* That is logged, and that it has got the time, too. */
	assert_true(a->was_refused);
	for (i = 0; i < 3; i++) {
		assert_true(a->was_refused);
		answer(1400 + i);
	}
	assert_false(a->was_refused);
}

/*
 * A server of stratum 15 is asked no more often for it, and its answers are no
 * sign that the network is back.  When it can be used it is asked soon.
 */
static void
stratum_15(void **state)
{
	static const struct config_server conf = {
		.minpoll = 6, .maxpoll = 10
	};
	struct answer	 last = { .kind = ANSWER_GOOD, .pkt.stratum = 15 };
	struct association *a = add(0, 1099, 5000);
	struct planning	 p = planning(at(1100));
	int		 i;

	(void)state;
	a->heard = 1;
	part[0] = false;
	for (i = 0; i < 9; i++) {
		association_ask(&p, a, &conf, NULL, (struct ntptime){ 1 });
		assert_false(association_answered(&p, a, &last));
		assert_int_equal(a->schedule.state, SCHEDULE_POLLING);
	}
	assert_int_equal(association_reason(a), REASON_STRATUM);
	assert_true(answer(1100));
	assert_int_equal(a->schedule.state, SCHEDULE_STARTING);
}

/*
 * Where nothing is sent no answer is missed: the log says once that requests
 * cannot leave, and once that they can again, and of silence nothing.
 */
static void
no_way_to_it(void **state)
{
	struct association *a = add(0, 1000, 1000);
	bool		 silent = false;
	int		 i;

	(void)state;
	a->schedule.state = SCHEDULE_POLLING;
	assert_int_equal(capture_begin(NULL), 0);
	no_way = true;
	for (i = 0; i < 20; i++) {
		run(a->schedule.next);
		silent |= association_fell_silent(a, false, at(1000));
	}
	no_way = false;
	run(a->schedule.next);
	answer(90000);
	assert_true(silent);
	assert_int_equal(a->sent, 1);
	assert_int_equal(capture_count("\n"), 2);
	assert_int_equal(capture_count(": requests cannot leave, trying "
	    "again: Network is unreachable\n"), 1);
	assert_int_equal(capture_count(": requests can leave again\n"), 1);
	assert_int_equal(capture_end(NULL), 0);
}

/* It is the offset when it is said that counts, and the side. */
static void
falsetickers_are_named_with_their_side(void **state)
{
	struct association *a = add(0, 1000, 1000);

	(void)state;
	assert_int_equal(capture_begin(NULL), 0);
	assert_true(association_judged(a, FALSETICKER, 2));
	assert_false(association_judged(a, FALSETICKER, 2));
	assert_false(association_judged(a, COMBINED, 0.3));
	assert_true(association_judged(a, FALSETICKER, -0.1));
	assert_int_equal(capture_count("\n"), 3);
	assert_int_equal(capture_count(": is a falseticker, 2.000 s "
	    "ahead of the majority\n"), 1);
	assert_int_equal(capture_count(": agrees with the majority "
	    "again\n"), 1);
	assert_int_equal(capture_count(": is a falseticker, 100.000 ms "
	    "behind the majority\n"), 1);
	assert_int_equal(capture_end(NULL), 0);
}

/* What two addresses of one name must have in common to be one server. */
static void
twins(void **state)
{
	struct association *a = add(0, 1099, 5000), *b = add(1, 1099, 5000);

	(void)state;
	a->answered = b->answered = true;
	assert_true(addr_parse(&a->addr, "192.0.2.1", 123));
	assert_true(addr_parse(&b->addr, "2001:db8::1", 123));
	a->last.stratum = b->last.stratum = 2;
	a->last.reference.value = b->last.reference.value = 0xe000000012345678;
	assert_int_equal(associations_twin(all, 0), 1);
	assert_int_equal(associations_twin(all, 1), 0);
	b->last.reference.value++;
	assert_int_equal(associations_twin(all, 0), MAX_ASSOCIATIONS);
	b->last.reference.value--;
	b->last.stratum = 3;
	assert_int_equal(associations_twin(all, 0), MAX_ASSOCIATIONS);
	b->last.stratum = 2;
	b->last.refid[3] = 1;
	assert_int_equal(associations_twin(all, 0), MAX_ASSOCIATIONS);
	b->last.refid[3] = 0;
	b->host = 1;
	assert_int_equal(associations_twin(all, 0), MAX_ASSOCIATIONS);
	b->host = 0;
	/* Whole seconds, or zero, may be anybody's. */
	a->last.reference.value = b->last.reference.value = 0xe000000000000000;
	assert_int_equal(associations_twin(all, 0), MAX_ASSOCIATIONS);
}

#define SERVERS		4
#define TURNS		(40 * SERVERS)
#define SETTLED		(30 * SERVERS)
#define APART		(922 / SERVERS / 2)	/* s: half of what may be */

/* Servers that begin together do not go on together. */
static void
turns_are_spread(void **state)
{
	struct instant	 now, last = at(0);
	size_t		 i, turn;

	(void)state;
	for (i = 0; i < SERVERS; i++)
		add(i, 1000, 2000 + (double)i / 100);
	for (turn = 0; turn < TURNS; turn++) {
		now = associations_deadline(all);
		run(now);
		for (i = 0; i < SERVERS; i++)
			all[i].schedule.missed = 0;	/* they answer */
		if (turn > SETTLED && instant_diff(now, last) < APART)
			fail_msg("turn %zu is %g s after the one before it",
			    turn, instant_diff(now, last));
		last = now;
	}
	/* Neither more often nor less than without: 0.9 intervals each. */
	assert_true(instant_diff(now, at(2000)) > 0.88 * 1024 * 39 &&
	    instant_diff(now, at(2000)) < 0.92 * 1024 * 40);
}

/* Who does not answer is asked less often than who does: hardly ever early. */
static void
silence_is_no_reason_to_be_early(void **state)
{
	const struct schedule *s = &add(0, 1000, 2000)->schedule;
	struct instant	 now;
	unsigned	 asked, early;

	(void)state;
	for (asked = 1; asked <= 100; asked++) {
		now = s->next;
		run(now);
		assert_true(instant_diff(s->next, now) <= 1024);
		if (asked > 2)
			assert_true(instant_diff(s->next, now) > 0.95 * 1024);
	}
	answer(instant_diff(s->next, at(0)));
	for (early = 0, asked = 1; asked <= 100; asked++) {
		now = s->next;
		run(now);
		early += instant_diff(s->next, now) < 0.95 * 1024;
		all[0].schedule.missed = 0;	/* it answers again */
	}
	assert_in_range(early, 50, 100);	/* three in four are */
}

/* An association that is ourselves is nobody to wait for, and says so once. */
static void
ourselves(void **state)
{
	struct planning	 p = planning(at(1000));
	struct association *a = add(0, 1000, 1000);

	(void)state;
	association_quicken(a, at(1000));
	assert_int_equal(associations_expected(all), 1);
	assert_true(association_found_self(&p, a, SCHEDULE_IS_OURS));
	assert_int_equal(associations_expected(all), 0);
	assert_int_equal(associations_hoped(all), 0);
	assert_true(association_is_self(a));
	assert_false(association_found_self(&p, a, SCHEDULE_IS_OURS));
	assert_false(association_fell_silent(a, false, at(1000)));

	/* The address moves to another machine, which answers. */
	association_found_other(a, at(1016));
	assert_false(association_is_self(a));
	assert_int_equal(associations_expected(all), 1);
	answer(1017);
	assert_true(association_found_self(&p, a, SCHEDULE_IS_OURS));
}

/* A server that gives no keys is not waited for as one that was not asked. */
static void
keyless(void **state)
{
	struct planning	 p = planning(at(1000));
	struct association *a = add(0, 1000, 1000);

	(void)state;
	a->auth = AUTH_NTS;
	association_quicken(a, at(1000));
	assert_int_equal(associations_expected(all), 1);
	association_got_no_keys(&p, a, NTS_BUSY, "others are asked");
	assert_int_equal(associations_expected(all), 1);
	assert_int_equal(associations_silent(all), 0);
	association_got_no_keys(&p, a, NTS_REFUSED, "of another name");
	assert_int_equal(associations_expected(all), 0);
	assert_int_equal(associations_silent(all), 1);
	association_got_keys(a, at(1010));
	assert_int_equal(associations_expected(all), 1);
	assert_int_equal(associations_silent(all), 0);
}

/* However often requests come back, they are few, and none is missed. */
static void
requests_come_back(void **state)
{
	struct association *a = add(0, 1000, 1000);
	struct planning	 p;
	struct instant	 now = at(1000), before;
	bool		 news;
	int		 i;

	(void)state;
	for (i = 0; i < 20; i++) {
		before = now;
		now = a->schedule.next;
		assert_true(i < 1 || instant_diff(now, before) > 1000);
		run(now);
		p = planning(instant_add(now, 3));
		news = association_found_self(&p, a, SCHEDULE_CAME_BACK);
		assert_int_equal(news, i == 0);
		assert_false(association_fell_silent(a, false, p.now));
	}
	/* One that is answered is from another machine. */
	run(a->schedule.next);
	assert_true(answer(instant_diff(a->schedule.next, at(0))));
	assert_false(association_is_self(a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_hastens_others),
		cmocka_unit_test_setup(a_doubt_takes_no_turn, begin),
		cmocka_unit_test_setup(a_quick_start_drops_the_turn, begin),
		cmocka_unit_test_setup(a_quick_start_goes_on, begin),
		cmocka_unit_test_setup(who_answers_again_is_asked_soon, begin),
		cmocka_unit_test_setup(who_answers_late_is_asked_soon, begin),
		cmocka_unit_test_setup(who_is_silent, begin),
		cmocka_unit_test_setup(no_way_to_it, begin),
		cmocka_unit_test_setup(falsetickers_are_named_with_their_side,
		    begin),
		cmocka_unit_test_setup(unauthentic_answers, begin),
		cmocka_unit_test_setup(refusals, begin),
		cmocka_unit_test_setup(stratum_15, begin),
		cmocka_unit_test_setup(twins, begin),
		cmocka_unit_test_setup(turns_are_spread, begin),
		cmocka_unit_test_setup(silence_is_no_reason_to_be_early, begin),
		cmocka_unit_test_setup(ourselves, begin),
		cmocka_unit_test_setup(keyless, begin),
		cmocka_unit_test_setup(requests_come_back, begin),
	};

	return cmocka_run_group_tests_name("association", tests, NULL, NULL);
}
