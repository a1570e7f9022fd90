/*
 * A worker that reads slowly, and reloads meanwhile: it is told the last word,
 * complete, and little waits for it.
 */
#include <sys/socket.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ntpd/parent/tell.h"
#include "regress/unit/unit.h"

#define RULES		5000
#define KEYS		(2 * KEYS_PART + 1)
#define QUEUED_MOST	(65536 + IMSG_MAX_PAYLOAD)

static struct channel	 parent, worker;
static struct told	 told;
static const struct cookie_keys cookies = { .n = 2, .current = 1 };

/* What the worker has heard. */
static struct {
	uint32_t	 prefix4;	/* of the last rate limit */
	size_t		 nkeys, total_keys; /* likewise of the rules below */
	uint32_t	 last_key;
	size_t		 n, total;	/* rules of the last list, of so many */
	uint8_t		 mark;		/* of that list */
	uint32_t	 cookies;	/* keys for them */
} heard;

static int
begin(void **arg)
{
	static const struct child_setup setup;
	int		 fds[2];

	(void)arg;
	memset(&heard, 0, sizeof(heard));
	if (!channel_pair(fds))
		return -1;
	channel_open(&parent, fds[0], PARENT, SERVER);
	channel_open(&worker, fds[1], SERVER, PARENT);
	tell_anew(&told);
	return channel_send(&parent, MSG_CHILD_SETUP, 0, -1, &setup) ? 0 : -1;
}

static int
end(void **arg)
{
	(void)arg;
	channel_close(&parent);
	channel_close(&worker);
	return 0;
}

/* A list of N rules that can be told from others by MARK. */
static struct config
rules(size_t n, uint8_t mark)
{
	static struct mac_key keys[KEYS];
	struct config	 conf = { .nrules = n, .keys = keys, .nkeys = KEYS };
	size_t		 i;

	for (i = 0; i < KEYS; i++)
		keys[i].id = (uint32_t)(1000 * mark + i);
	conf.ratelimit.prefix4 = mark;
	conf.rules = calloc(n + 1, sizeof(*conf.rules));
	assert_non_null(conf.rules);
	for (i = 0; i < n; i++)
		conf.rules[i].bytes[0] = mark;
	return conf;
}

static void
hear(void)
{
	const struct access_part *part;
	const struct keys_part *keys;
	struct message	 msg;

	while (channel_receive(&worker, &msg)) {
		if (msg.type == MSG_CHILD_SETUP)
			continue;
		if (msg.type == MSG_SERVER_RATELIMIT) {
			heard.prefix4 = ((const struct config_ratelimit *)
			    msg.data)->prefix4;
			continue;
		}
		if (msg.type == MSG_SERVER_COOKIES) {
			heard.cookies = ((const struct cookie_keys *)
			    msg.data)->n;
			continue;
		}
		if (msg.type == MSG_SERVER_KEYS) {
			keys = msg.data;
			if (keys->first == 0)
				heard.nkeys = 0;
			assert_int_equal(keys->first, heard.nkeys);
			heard.nkeys += keys->count;
			heard.total_keys = keys->total;
			heard.last_key = keys->keys[(keys->count +
			    KEYS_PART - 1) % KEYS_PART].id;
			continue;
		}
		assert_int_equal(msg.type, MSG_SERVER_ACCESS);
		/* Whom to answer is told last: then it may begin. */
		assert_int_equal(heard.nkeys, heard.total_keys);
		part = msg.data;
		if (part->first == 0)
			heard.n = 0;
		assert_int_equal(part->first, heard.n);
		heard.n += part->count;
		heard.total = part->total;
		heard.mark = part->rules[0].bytes[0];
	}
}

/* TURNS turns of both loops; the worker reads a little in each. */
static void
turns(unsigned n, const struct config *conf)
{
	struct pollset	 set;

	while (n-- > 0) {
		assert_true(tell_run(&told, &parent, conf, &cookies));
		assert_true(channel_queued(&parent) <= QUEUED_MOST);
		channel_flush(&parent);
		pollset_clear(&set);
		channel_poll(&worker, &set);
		(void)pollset_wait(&set, instant_now(), NULL);
		assert_true(channel_transfer(&worker, &set));
		hear();
	}
}

static void
is_told_all(void **arg)
{
	struct config	 conf = rules(RULES, 7);

	(void)arg;
	assert_true(tell_run(&told, &parent, &conf, &cookies));
	turns(200, &conf);
	assert_true(told.rules && told.limit && told.cookies);
	assert_int_equal(heard.cookies, 2);
	assert_int_equal(heard.n, RULES);
	assert_int_equal(heard.total, RULES);
	assert_int_equal(heard.prefix4, 7);
	free(conf.rules);
}

/* The worker does not read at all while there are 50 reloads. */
static void
reloads_in_a_row(void **arg)
{
	struct config	 conf;
	uint8_t		 i;
	int		 j;

	(void)arg;
	for (i = 1; i <= 50; i++) {
		conf = rules(RULES, i);
		tell_configuration(&told);
		for (j = 0; j < 10; j++) {
			assert_true(tell_run(&told, &parent, &conf, &cookies));
			assert_true(channel_queued(&parent) <= QUEUED_MOST);
			channel_flush(&parent);
		}
		if (i < 50)
			free(conf.rules);
	}
	turns(1000, &conf);
	assert_true(told.rules && told.keys && told.limit);
	assert_int_equal(heard.n, RULES);
	assert_int_equal(heard.mark, 50);
	assert_int_equal(heard.nkeys, KEYS);
	assert_int_equal(heard.last_key, 50000 + KEYS - 1);
	assert_int_equal(heard.prefix4, 50);
	free(conf.rules);
}

static void
no_rules_are_told_too(void **arg)
{
	struct config	 conf = rules(0, 3);

	(void)arg;
	turns(3, &conf);
	assert_int_equal(heard.prefix4, 3);
	assert_int_equal(heard.n, 0);
	free(conf.rules);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(is_told_all, begin, end),
		cmocka_unit_test_setup_teardown(reloads_in_a_row, begin, end),
		cmocka_unit_test_setup_teardown(no_rules_are_told_too, begin,
		    end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
