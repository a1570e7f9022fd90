/*
 * When servers are asked: what an answer changes in the plans for the others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ntpd/engine/state.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/* What the rest of the engine would say. */
static struct engine	 e;
static double		 interval;	/* s, the right one at present */
static double		 frequency_error; /* s/s */
static bool		 updated, doubt, part[MAX_ASSOCIATIONS];

double
sync_poll(const struct sync *sync, double now, double least, double most)
{
	(void)sync;
	(void)now;
	return interval < least ? least : interval > most ? most : interval;
}

bool
sync_takes_part(const struct sync *sync, size_t i)
{
	(void)sync;
	return part[i];
}

bool
sync_in_doubt(const struct sync *sync, size_t i)
{
	(void)sync;
	return doubt && i == 0;
}

bool
sync_sample(struct sync *sync, size_t i, const struct sample *sample,
    size_t expected)
{
	(void)sync;
	(void)i;
	(void)sample;
	(void)expected;
	return updated;
}

bool
sync_ready(const struct sync *sync)
{
	(void)sync;
	return true;
}

struct estimate
sync_estimate(const struct sync *sync, double now)
{
	(void)sync;
	(void)now;
	return (struct estimate){ .frequency_error = frequency_error };
}

void
sync_add(struct sync *sync, size_t i, unsigned weight)
{
	(void)sync;
	(void)i;
	(void)weight;
}

void
sync_remove(struct sync *sync, size_t i)
{
	(void)sync;
	(void)i;
}

void
sync_silence(struct sync *sync, size_t i)
{
	(void)sync;
	(void)i;
}

struct reading
clocks_read(const struct clocks *c)
{
	(void)c;
	return (struct reading){ 0 };
}

bool
query_send(struct engine *engine, struct association *a, struct instant now)
{
	(void)engine;
	(void)a;
	(void)now;
	return true;
}

void
query_close(struct query *q)
{
	(void)q;
}

void
steer_update(struct engine *engine, struct instant now)
{
	(void)engine;
	(void)now;
}

void
hosts_replace(struct engine *engine, struct association *a, struct instant now)
{
	(void)engine;
	(void)a;
	(void)now;
}

bool
local_admits(struct engine *engine, struct association *a,
    const struct ntp_packet *pkt, struct instant now)
{
	(void)engine;
	(void)a;
	(void)pkt;
	(void)now;
	return true;
}

/* Seconds as an instant. */
static struct instant
at(double s)
{
	return (struct instant){ (int64_t)(s * 1e9) };
}

static int
begin(void **state)
{
	(void)state;
	memset(&e, 0, sizeof(e));
	memset(part, 0, sizeof(part));
	e.hosts[0].conf.minpoll = 6;
	e.hosts[0].conf.maxpoll = 10;
	interval = 1024;
	frequency_error = 1e-8;
	updated = doubt = false;
	return 0;
}

/* Association I was asked at ASKED and is going to be at NEXT, s. */
static struct association *
add(size_t i, double asked, double next)
{
	struct association *a = &e.associations[i];

	a->used = true;
	a->state = PEER_STATE_POLLING;
	a->minpoll = a->poll = 6;
	a->asked_at = at(asked);
	a->next = at(next);
	part[i] = true;
	return a;
}

/* Association 0 answers at NOW, s. */
static void
answer(double now)
{
	static const struct sample sample;
	static const struct ntp_packet pkt;

	association_answer(&e, &e.associations[0], &pkt, &sample, at(now));
}

/* Another server, asked at 1000 s, when the first one answers at 1100 s. */
static const struct {
	const char	*name;
	bool		 updated, doubt, part;
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
	size_t		 i;

	for (i = 0; i < COUNT(cases); i++) {
		begin(state);
		add(0, 1099, 5000);
		a = add(1, 1000, cases[i].next);
		updated = cases[i].updated;
		doubt = cases[i].doubt;
		part[1] = cases[i].part;
		interval = cases[i].interval;
		answer(1100);
		if (instant_before(a->next, at(cases[i].least)) ||
		    instant_before(at(cases[i].most), a->next))
			fail_msg("%s: next at %g s", cases[i].name,
			    (double)a->next.ns / 1e9);
	}
}

/* Asked out of turn in a doubt, when it would be its turn at NEXT, s. */
static struct association *
ask_in_doubt(double next)
{
	struct association *a = add(1, 1000, next);

	add(0, 1099, 5000);
	a->query = (struct query){ .fd = -1, .deadline = INSTANT_NEVER };
	doubt = true;
	answer(1100);
	assert_true(instant_before(a->next, at(1103)));
	doubt = false;
	associations_run(&e, a->next);
	return a;
}

/* The turn stays, or all would be silent for an interval from then on. */
static void
a_doubt_takes_no_turn(void **state)
{
	(void)state;
	assert_true(ask_in_doubt(2000)->next.ns == at(2000).ns);
	/* One that would come at once is not worth a request. */
	assert_true(instant_before(at(1800), ask_in_doubt(1150)->next));
	/* It is taken once. */
	e.associations[1].next = at(2000);
	associations_run(&e, at(2000));
	assert_true(instant_before(at(2700), e.associations[1].next));
}

/* What was planned before a quick start does not come after it. */
static void
a_quick_start_drops_the_turn(void **state)
{
	struct association *a = add(1, 1000, 2000);
	int		 i;

	(void)state;
	a->query = (struct query){ .fd = -1, .deadline = INSTANT_NEVER };
	add(0, 1099, 5000);
	doubt = true;
	answer(1100);
	association_quicken(a, at(1101));
	interval = 70;
	for (i = 0; i < 100 && a->state == PEER_STATE_STARTING; i++)
		associations_run(&e, a->next);
	assert_int_equal(a->state, PEER_STATE_POLLING);
	assert_true(instant_diff(a->next, a->asked_at) <= 70);
}

/* A server that is in a quick start is not told to be slower. */
static void
a_quick_start_goes_on(void **state)
{
	struct association *a;

	(void)state;
	add(0, 1099, 5000);
	a = add(1, 1000, 1500);
	a->burst = 3;
	updated = true;
	interval = 70;
	answer(1100);
	assert_true(a->next.ns == at(1500).ns);
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
	a->query = (struct query){ .fd = -1, .deadline = INSTANT_NEVER };
	a->was_unreachable = true;
	part[0] = false;
	for (answer(1100); a->burst > 0 && n < 8; n++) {
		assert_true(instant_diff(a->next, at(1100)) < 60);
		associations_run(&e, a->next);
		part[0] = n == 1;		/* its third sample */
		answer(1160);
	}
	assert_in_range(n, 2, 3);
}

#define SERVERS		4
#define TURNS		(40 * SERVERS)
#define SETTLED		(30 * SERVERS)
#define APART		(922 / SERVERS / 2)	/* s: half of what may be */

/* Servers that begin together do not go on together. */
static void
turns_are_spread(void **state)
{
	struct association *a;
	struct instant	 now, last = at(0);
	size_t		 i, turn;

	(void)state;
	for (i = 0; i < SERVERS; i++) {
		a = add(i, 1000, 2000 + (double)i / 100);
		a->query = (struct query){ .fd = -1,
		    .deadline = INSTANT_NEVER };
	}
	for (turn = 0; turn < TURNS; turn++) {
		now = associations_deadline(&e);
		associations_run(&e, now);
		for (i = 0; i < SERVERS; i++)
			e.associations[i].missed = 0;	/* they answer */
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
	struct association *a = add(0, 1000, 2000);
	struct instant	 now;
	unsigned	 asked, early;

	(void)state;
	a->query = (struct query){ .fd = -1, .deadline = INSTANT_NEVER };
	for (asked = 1; asked <= 100; asked++) {
		now = a->next;
		associations_run(&e, now);
		assert_true(instant_diff(a->next, now) <= 1024);
		if (asked > 2)
			assert_true(instant_diff(a->next, now) > 0.95 * 1024);
	}
	answer(instant_diff(a->next, at(0)));
	for (early = 0, asked = 1; asked <= 100; asked++) {
		now = a->next;
		associations_run(&e, now);
		early += instant_diff(a->next, now) < 0.95 * 1024;
		a->missed = 0;			/* it answers again */
	}
	assert_in_range(early, 50, 100);	/* three in four are */
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
		cmocka_unit_test_setup(turns_are_spread, begin),
		cmocka_unit_test_setup(silence_is_no_reason_to_be_early, begin),
	};

	return cmocka_run_group_tests_name("association", tests, NULL, NULL);
}
