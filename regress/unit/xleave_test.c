/*
 * The server's memory of answers, for interleaved mode.
 */
#include <stdlib.h>
#include <string.h>

#include "ntpd/server/xleave.h"
#include "regress/unit/unit.h"

#define KEY		0x9e3779b97f4a7c15ULL
#define SECOND		(1ULL << 32)
#define MS		(SECOND / 1000)
#define NOW		0xecff748040000001ULL	/* odd */
#define TIME(x)		((struct ntptime){ x })

static const struct addrbits alice = { 1, 2 }, bob = { 1, 3 };

static struct xleave *
new_table(void)
{
	struct xleave	*x = xleave_new(KEY);

	assert_non_null(x);
	return x;
}

/* Remember an answer of RECEIVE that left a ms later; returns RECEIVE. */
static struct ntptime
save(struct xleave *x, uint64_t receive, struct addrbits client)
{
	struct ntptime	 r = { receive }, t = { receive + MS + 1 };

	xleave_save(x, &r, &t, client);
	return r;
}

static void
an_answer_is_taken_once(void **state)
{
	struct xleave	*x = new_table();
	struct ntptime	 r;

	(void)state;
	assert_true(ntptime_is_zero(xleave_take(x, TIME(NOW), alice)));
	r = save(x, NOW, alice);
	assert_int_equal(r.value, NOW);
	assert_true(ntptime_is_zero(xleave_take(x, r, bob)));
	assert_true(ntptime_is_zero(xleave_take(x, TIME(NOW + 2), alice)));
	assert_int_equal(xleave_take(x, r, alice).value, NOW + MS + 1);
	assert_true(ntptime_is_zero(xleave_take(x, r, alice)));
	free(x);
}

static const struct {
	const char	*name;
	uint64_t	 receive, stamp;
	bool		 taken;
} stamps[] = {
	{ "a little later", NOW, NOW + MS + 100, true },
	{ "a little earlier", NOW, NOW + MS / 2, true },
	{ "almost a second later", NOW, NOW + SECOND, true },
	{ "more than a second later", NOW, NOW + SECOND + 2 * MS, false },
	{ "before it came", NOW, NOW - 100, false },
	{ "zero", NOW, 0, false },
	{ "of another answer", NOW + 2, NOW + MS + 100, false },
	{ "of no answer of this kind", NOW + 1, NOW + MS + 100, false },
	{ "of an empty entry", 0, MS, false },
};

static void
stamps_replace_what_was_expected(void **state)
{
	struct xleave	*x;
	struct ntptime	 r, t;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(stamps); i++) {
		print_message("# %s\n", stamps[i].name);
		x = new_table();
		r = save(x, NOW, alice);
		xleave_stamp(x, TIME(stamps[i].receive),
		    TIME(stamps[i].stamp));
		t = xleave_take(x, r, alice);
		assert_int_equal(t.value, stamps[i].taken ?
		    stamps[i].stamp & ~1ULL : NOW + MS + 1);
		free(x);
	}
}

/* Over the end of the era, too. */
static void
stamps_at_the_end_of_the_era(void **state)
{
	struct xleave	*x = new_table();
	struct ntptime	 r = { 0 - MS / 2 * 2 + 1 }, t = { MS };

	(void)state;
	xleave_save(x, &r, &t, alice);
	xleave_stamp(x, r, TIME(2 * MS / 2 * 2));
	assert_int_equal(xleave_take(x, r, alice).value, 2 * MS / 2 * 2);
	free(x);
}

/* Requests of the same nanosecond: each answer can be told from the others. */
static void
receive_timestamps_are_unique(void **state)
{
	struct xleave	*x = new_table();
	struct ntptime	 r[4], t;
	size_t		 i, j;

	(void)state;
	for (i = 0; i < COUNT(r); i++) {
		r[i] = TIME(NOW);
		t = TIME(NOW + 1);
		xleave_save(x, &r[i], &t, i % 2 ? bob : alice);
		assert_true(r[i].value - NOW < 16);
		assert_true(t.value > r[i].value);
		assert_true((r[i].value & 1) == 1 && (t.value & 1) == 0);
		for (j = 0; j < i; j++)
			assert_false(ntptime_equal(r[i], r[j]));
	}
	for (i = 0; i < COUNT(r); i++)
		assert_false(ntptime_is_zero(xleave_take(x, r[i],
		    i % 2 ? bob : alice)));
	free(x);
}

/* How many of the answers FROM to TO, a ms apart, are remembered? */
static unsigned
remembered(struct xleave *x, unsigned from, unsigned to)
{
	unsigned	 i, n = 0;

	for (i = from; i < to; i++)
		n += !ntptime_is_zero(xleave_take(x, TIME(NOW + 2 * i * MS),
		    alice));
	return n;
}

/* The oldest go first, and all of the table is used. */
static void
a_flood_is_forgotten(void **state)
{
	struct xleave	*x = new_table();
	const unsigned	 room = XLEAVE_BUCKETS * XLEAVE_WAYS;
	unsigned	 i;

	(void)state;
	for (i = 0; i < 4 * room; i++)
		save(x, NOW + 2 * i * MS, alice);
	assert_int_equal(remembered(x, 0, room), 0);
	assert_in_range(remembered(x, 4 * room - room / 4, 4 * room),
	    room / 4 * 99 / 100, room / 4);
	free(x);
}

/* Answers from before the clock was set back do not keep their places. */
static void
the_clock_is_set_back(void **state)
{
	struct xleave	*x = new_table();
	const unsigned	 room = XLEAVE_BUCKETS * XLEAVE_WAYS;
	unsigned	 i;

	(void)state;
	for (i = 0; i < 4 * room; i++)
		save(x, NOW + 86400 * SECOND + 2 * i * MS, bob);
	for (i = 0; i < room; i++)
		save(x, NOW + 2 * i * MS, alice);
	assert_in_range(remembered(x, room - room / 4, room),
	    room / 4 * 99 / 100, room / 4);
	free(x);
}

static const struct {
	const char	*name;
	uint64_t	 receive, transmit, new_receive, new_transmit;
} marks[] = {
	{ "both as they are", 5, 8, 5, 8 },
	{ "both moved by a unit", 4, 9, 5, 8 },
	{ "at the same time", 8, 8, 9, 10 },
	{ "one unit later", 8, 9, 9, 10 },
	{ "in the wrong order", 100, 8, 9, 10 },
	{ "over the end of the era", UINT64_MAX, 8, UINT64_MAX, 8 },
	{ "at the end of the era", UINT64_MAX, UINT64_MAX, UINT64_MAX, 2 },
};

static void
timestamps_are_marked(void **state)
{
	struct ntptime	 r, t;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(marks); i++) {
		print_message("# %s\n", marks[i].name);
		r = TIME(marks[i].receive);
		t = TIME(marks[i].transmit);
		xleave_mark(&r, &t);
		assert_int_equal(r.value, marks[i].new_receive);
		assert_int_equal(t.value, marks[i].new_transmit);
	}
}

static const struct {
	const char	*name;
	uint64_t	 origin, receive, transmit;
	bool		 asked;
} requests[] = {
	{ "interleaved", NOW, 2, 3, true },
	{ "a cookie and nothing else", 0, 0, 3, false },
	{ "all zero", 0, 0, 0, false },
	{ "our transmit timestamp, as in RFC 5905", NOW + 1, 2, 3, false },
	{ "no receive timestamp", NOW, 0, 3, false },
	{ "receive and transmit alike", NOW, 3, 3, false },
};

static void
who_does_not_ask_costs_nothing(void **state)
{
	struct ntp_packet pkt;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(requests); i++) {
		print_message("# %s\n", requests[i].name);
		memset(&pkt, 0, sizeof(pkt));
		pkt.origin.value = requests[i].origin;
		pkt.receive.value = requests[i].receive;
		pkt.transmit.value = requests[i].transmit;
		assert_true(xleave_asked(&pkt) == requests[i].asked);
	}
}

/* The manual says 1.5 MiB at most. */
static void
memory_is_bounded(void **state)
{
	(void)state;
	assert_true(sizeof(struct xleave) <= 3 << 19);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_taken_once),
		cmocka_unit_test(stamps_replace_what_was_expected),
		cmocka_unit_test(stamps_at_the_end_of_the_era),
		cmocka_unit_test(receive_timestamps_are_unique),
		cmocka_unit_test(a_flood_is_forgotten),
		cmocka_unit_test(the_clock_is_set_back),
		cmocka_unit_test(timestamps_are_marked),
		cmocka_unit_test(who_does_not_ask_costs_nothing),
		cmocka_unit_test(memory_is_bounded),
	};

	return cmocka_run_group_tests_name("xleave", tests, NULL, NULL);
}
