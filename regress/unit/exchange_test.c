/*
 * Exchanges by TLS: how many at a time, whose result is whose, and that none
 * lasts for ever.
 */
#include <sys/socket.h>

#include <string.h>
#include <unistd.h>

#include "ntpd/parent/exchange.h"
#include "regress/unit/unit.h"

static struct exchanges	 x;
static struct child	 kids[TLS_MOST];
static int		 ends[TLS_MOST];	/* the processes' */
static unsigned		 killed;
static bool		 can_start;
static struct instant	 now;

struct child *
children_add(struct children *c, enum process process)
{
	struct child	*child = kids;
	int		 fds[2];

	(void)c;
	assert_int_equal(process, TLS);
	while (child < kids + TLS_MOST && child->channel.open)
		child++;
	if (child == kids + TLS_MOST)
		return NULL;
	assert_true(channel_pair(fds));
	channel_open(&child->channel, fds[0], PARENT, TLS);
	ends[child - kids] = fds[1];
	if (!can_start)
		channel_close(&child->channel);
	return child;
}

void
children_kill(struct children *c, struct child *child)
{
	(void)c;
	killed++;
	channel_close(&child->channel);
}

static int
setup(void **arg)
{
	(void)arg;
	memset(&x, 0, sizeof(x));
	memset(kids, 0, sizeof(kids));
	memset(ends, -1, sizeof(ends));
	killed = 0;
	can_start = true;
	now = instant_now();
	return 0;
}

static int
teardown(void **arg)
{
	size_t		 i;

	(void)arg;
	for (i = 0; i < TLS_MOST; i++) {
		channel_close(&kids[i].channel);
		close(ends[i]);
	}
	return 0;
}

static bool
begin(uint32_t id)
{
	const struct exchange wanted = { .what = MSG_TLS_ASK_DATE, .id = id };
	const struct tls_task task = { .seconds = 10 };

	return exchange_begin(&x, NULL, &wanted, &task, now);
}

/* A result of the process number I. */
static const struct exchange *
says(size_t i)
{
	const struct message msg = { .type = MSG_TLS_DATE,
	    .from = &kids[i].channel };

	return exchange_take(&x, MSG_TLS_ASK_DATE, &msg);
}

static void
ends_now(size_t i)
{
	channel_close(&kids[i].channel);
	exchange_tend(&x, NULL, now);
}

/* The only one that has ended without a result is ID; 0: none has. */
static void
assert_unsaid(uint32_t id)
{
	struct exchange	 lost;

	assert_int_equal(exchange_unsaid(&x, &lost), id != 0);
	if (id != 0)
		assert_int_equal(lost.id, id);
	assert_false(exchange_unsaid(&x, &lost));
}

static void
as_many_as_may(void **arg)
{
	uint32_t	 id;

	(void)arg;
	for (id = 1; id <= TLS_MOST; id++)
		assert_true(begin(id));
	assert_false(begin(99));
	ends_now(1);
	assert_false(begin(99));	/* its failure is to be taken first */
	assert_unsaid(2);
	assert_true(begin(99));
	assert_int_equal(killed, 0);
}

/* One result of each, and no other's. */
static void
one_result(void **arg)
{
	const struct message stranger = { .from = &(struct channel){
	    .peer = TLS } };

	(void)arg;
	assert_true(begin(1));
	assert_true(begin(2));
	assert_null(exchange_take(&x, MSG_TLS_ASK_DATE, &stranger));
	/* Whoever was to do something else does not answer this. */
	assert_null(exchange_take(&x, MSG_TLS_ASK_KEYS,
	    &(struct message){ .from = &kids[0].channel }));
	assert_int_equal(says(1)->id, 2);
	assert_null(says(1));
	assert_int_equal(says(0)->id, 1);
	ends_now(0);
	ends_now(1);
	assert_unsaid(0);
	assert_null(says(0));
	assert_true(exchange_deadline(&x).ns == INSTANT_NEVER.ns);
}

/* Whoever is late is ended, also when it has said its result. */
static void
late(void **arg)
{
	struct instant	 begun = now;

	(void)arg;
	assert_true(begin(1));
	assert_true(begin(2));
	assert_non_null(says(1));
	assert_true(instant_diff(exchange_deadline(&x), begun) < 15);
	now = instant_add(begun, 13.9);
	exchange_tend(&x, NULL, now);
	assert_int_equal(killed, 0);
	now = exchange_deadline(&x);
	exchange_tend(&x, NULL, now);
	assert_int_equal(killed, 2);
	assert_unsaid(1);
}

static void
cannot_start(void **arg)
{
	(void)arg;
	can_start = false;
	assert_true(begin(7));
	exchange_tend(&x, NULL, now);
	assert_unsaid(7);
}

int
main(void)
{
#define TEST(f)		cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		TEST(as_many_as_may), TEST(one_result), TEST(late),
		TEST(cannot_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
