/*
 * Requests with NTS and their answers: our client's part against our server's,
 * and what somebody between them can do.
 */
#include <stdlib.h>
#include <string.h>

#include "ntpd/engine/nts.h"
#include "ntpd/server/proof.h"
#include "regress/unit/unit.h"

static const struct instant now = { 1000000000 };

static struct cookie_jar jar;
static struct nts	 nts;
static struct nts_keys	 keys;
static const struct nts_default otherwise = {
	{ .family = ADDR_IPV4, .bytes = { 192, 0, 2, 1 } }, 123
};

/* A packet on its way. */
struct wire {
	uint8_t		 bytes[NTP_MAX_LEN];
	size_t		 len;
};

/* Keys are agreed on; there are COOKIES. */
static void
agree(size_t cookies)
{
	static const uint8_t seed[16] = { 9 };
	const struct cookie_keys server = { .n = 1, .list = { { .id = 7,
	    .bytes = { 1 } } } };
	struct cookie_secret secret = { .aead = AEAD_AES_SIV_CMAC_256,
	    .c2s = { 2 }, .s2c = { 3 } };
	size_t		 i;

	cookie_init(&jar, seed);
	assert_true(cookie_set_keys(&jar, &server));
	memset(&keys, 0, sizeof(keys));
	keys.outcome = NTS_AGREED;
	keys.answer.aead = secret.aead;
	keys.answer.ncookies = (uint32_t)cookies;
	memcpy(keys.c2s, secret.c2s, 32);
	memcpy(keys.s2c, secret.s2c, 32);
	for (i = 0; i < cookies; i++) {
		keys.answer.cookies[i].len = 100;
		cookie_make(&jar, &secret, keys.answer.cookies[i].bytes);
	}
	nts_init(&nts, now);
	assert_true(nts_is_due(&nts, now));
	nts_asked(&nts, 5, now);
	assert_null(nts_take_keys(&nts, &keys, &otherwise, 6, now));
	assert_int_equal(nts.state, NTS_READY);
}

static struct wire
request(void)
{
	const struct ntp_packet pkt = { .version = 4, .mode = 3,
	    .transmit = { 77 } };
	struct wire	 w;
	struct ntp_output out = { .bytes = w.bytes, .size = sizeof(w.bytes),
	    .len = NTP_HEADER_LEN };

	ntp_encode(&pkt, w.bytes);
	nts_protect(&nts, &out);
	w.len = out.len;
	assert_int_not_equal(w.len, 0);
	return w;
}

static enum proof_verdict
serve(const struct wire *asked, struct wire *answer)
{
	const struct ntp_packet pkt = { .version = 4, .mode = 4, .stratum = 2 };
	struct proof	 proof;
	uint8_t		*copy = malloc(asked->len);

	assert_non_null(copy);
	memcpy(copy, asked->bytes, asked->len);
	proof_read(&proof, &jar, copy, asked->len);
	ntp_encode(&pkt, answer->bytes);
	answer->len = NTP_HEADER_LEN;
	if (proof.verdict == PROOF_RIGHT || proof.verdict == PROOF_UNKNOWN)
		answer->len = proof_write(&proof, answer->bytes);
	free(copy);
	return proof.verdict;
}

static enum nts_proof
take(const struct wire *answer)
{
	struct ntp_packet pkt;
	uint8_t		*copy = malloc(answer->len);
	enum nts_proof	 proof = NTS_FOREIGN;

	assert_non_null(copy);
	memcpy(copy, answer->bytes, answer->len);
	if (ntp_decode(&pkt, copy, answer->len) == NTP_OK)
		proof = nts_check(&nts, &pkt, now);
	free(copy);
	return proof;
}

/* A cookie is spent and comes back; more come when some are missing. */
static void
test_cookies_come_back(void **arg)
{
	struct wire	 asked, answer;
	uint8_t		 spent[20][100];
	size_t		 have, i, k;

	(void)arg;
	for (have = 1; have <= KE_COOKIES; have++) {
		agree(have);
		for (i = 0; i < 20; i++) {
			asked = request();
			memcpy(spent[i], asked.bytes + 48 + 36 + 4, 100);
			for (k = 0; k < i; k++)
				assert_memory_not_equal(spent[i], spent[k],
				    100);
			assert_int_equal(serve(&asked, &answer), PROOF_RIGHT);
			assert_true(answer.len <= asked.len);
			assert_int_equal(take(&answer), NTS_AUTHENTIC);
			assert_int_equal(nts.ncookies, KE_COOKIES);
			assert_int_equal(nts.state, NTS_READY);
		}
	}
}

/* Answers that do not come cost a cookie each, until new keys are wanted. */
static void
test_cookies_run_out(void **arg)
{
	struct wire	 asked, answer;
	size_t		 i;

	(void)arg;
	agree(KE_COOKIES);
	for (i = 0; i < KE_COOKIES - 1; i++) {
		asked = request();
		nts_missed(&nts, now);
		assert_int_equal(nts.state, NTS_READY);
	}
	asked = request();
	assert_int_equal(nts.ncookies, 0);
	assert_int_equal(serve(&asked, &answer), PROOF_RIGHT);
	assert_true(answer.len <= asked.len);
	nts_missed(&nts, now);
	assert_int_equal(nts.state, NTS_WANTED);
	/* No answer since the keys came: not at once. */
	assert_false(nts_is_due(&nts, now));
	assert_true(nts_is_due(&nts, instant_add(now, 10)));
}

/* What is bent in any bit, or cut anywhere, changes nothing. */
static void
test_bent(void **arg)
{
	struct wire	 asked, answer, bent;
	struct nts	 before;
	size_t		 i;

	(void)arg;
	agree(KE_COOKIES);
	asked = request();
	for (i = 0; i < 8 * asked.len; i++) {
		bent = asked;
		bent.bytes[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_not_equal(serve(&bent, &answer), PROOF_RIGHT);
	}
	assert_int_equal(serve(&asked, &answer), PROOF_RIGHT);
	before = nts;
	for (i = 0; i < 8 * answer.len; i++) {
		bent = answer;
		bent.bytes[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(take(&bent), NTS_FOREIGN);
	}
	for (i = NTP_HEADER_LEN; i < answer.len; i++) {
		bent = answer;
		bent.len = i;
		assert_int_equal(take(&bent), NTS_FOREIGN);
	}
	assert_memory_equal(&before, &nts, sizeof(nts));
	assert_int_equal(take(&answer), NTS_AUTHENTIC);
}

/* Fields that are cut, doubled or moved: such a request proves nothing. */
static void
test_bent_fields(void **arg)
{
	/* Unique identifier, cookie, authenticator; where each ends. */
	static const size_t ends[] = { 48, 48 + 36, 48 + 36 + 104,
	    48 + 36 + 104 + 40 };
	struct wire	 asked, answer, bent;
	size_t		 i, k, len;

	(void)arg;
	agree(KE_COOKIES);
	asked = request();
	assert_int_equal(asked.len, ends[3]);
	for (i = 0; i < asked.len; i++) {
		bent = asked;
		bent.len = i;
		assert_int_not_equal(serve(&bent, &answer), PROOF_RIGHT);
		if (i > ends[0])
			assert_int_not_equal(serve(&bent, &answer),
			    PROOF_UNKNOWN);
	}
	/* Field I once more, before field K or at the end. */
	for (i = 0; i < 3; i++)
		for (k = 0; k < 4; k++) {
			len = ends[i + 1] - ends[i];
			bent = asked;
			memcpy(bent.bytes + ends[k], asked.bytes + ends[i],
			    len);
			memcpy(bent.bytes + ends[k] + len, asked.bytes +
			    ends[k], asked.len - ends[k]);
			bent.len += len;
			assert_int_equal(serve(&bent, &answer), PROOF_WRONG);
		}
	/* Without field I. */
	for (i = 0; i < 3; i++) {
		bent = asked;
		memcpy(bent.bytes + ends[i], asked.bytes + ends[i + 1],
		    asked.len - ends[i + 1]);
		bent.len -= ends[i + 1] - ends[i];
		assert_int_equal(serve(&bent, &answer), PROOF_WRONG);
	}
	assert_int_equal(serve(&asked, &answer), PROOF_RIGHT);
}

/* An answer counts once, for its own request, and for nobody else's. */
static void
test_replay(void **arg)
{
	struct wire	 asked, answer, second, later;

	(void)arg;
	agree(KE_COOKIES);
	asked = request();
	assert_int_equal(serve(&asked, &answer), PROOF_RIGHT);
	assert_int_equal(take(&answer), NTS_AUTHENTIC);
	assert_int_equal(take(&answer), NTS_FOREIGN);
	second = request();
	assert_int_equal(take(&answer), NTS_FOREIGN);
	/* Reflected: our own request is no answer. */
	assert_int_equal(take(&second), NTS_FOREIGN);
	assert_int_equal(serve(&second, &later), PROOF_RIGHT);
	assert_int_equal(take(&later), NTS_AUTHENTIC);
	assert_int_equal(nts.ncookies, KE_COOKIES);
}

/* A cookie of other keys, in the place of ours, proves nothing. */
static void
test_swapped_cookie(void **arg)
{
	const struct cookie_secret other = { .aead = AEAD_AES_SIV_CMAC_256,
	    .c2s = { 8 }, .s2c = { 9 } };
	struct wire	 asked, answer;

	(void)arg;
	agree(KE_COOKIES);
	asked = request();
	cookie_make(&jar, &other, asked.bytes + 48 + 36 + 4);
	assert_int_equal(serve(&asked, &answer), PROOF_WRONG);
}

/*
 * Two servers, and somebody between us and both who changes their packets for
 * one another's, with all identifiers put right.
 */
static void
test_swapped_servers(void **arg)
{
	static const uint8_t seed[16] = { 8 };
	const struct cookie_keys others = { .n = 1, .list = { { .id = 7,
	    .bytes = { 2 } } } };
	const struct cookie_secret secret = { .aead = AEAD_AES_SIV_CMAC_256,
	    .c2s = { 4 }, .s2c = { 5 } };
	struct cookie_jar first;
	struct wire	 asked, answer;
	struct nts	 ours;

	(void)arg;
	agree(KE_COOKIES);
	first = jar;
	asked = request();
	ours = nts;
	/* The other server has keys of its own, even by the same number. */
	cookie_init(&jar, seed);
	assert_true(cookie_set_keys(&jar, &others));
	assert_int_equal(serve(&asked, &answer), PROOF_UNKNOWN);
	/* It answers its own client, with the identifier of our request. */
	memcpy(keys.c2s, secret.c2s, 32);
	memcpy(keys.s2c, secret.s2c, 32);
	cookie_make(&jar, &secret, keys.answer.cookies[0].bytes);
	nts_init(&nts, now);
	nts_asked(&nts, 5, now);
	assert_null(nts_take_keys(&nts, &keys, &otherwise, 6, now));
	memcpy(nts.unique_id, ours.unique_id, sizeof(ours.unique_id));
	asked = request();
	assert_int_equal(serve(&asked, &answer), PROOF_RIGHT);
	memcpy(ours.unique_id, nts.unique_id, sizeof(ours.unique_id));
	assert_int_equal(take(&answer), NTS_AUTHENTIC);
	nts = ours;
	assert_int_equal(take(&answer), NTS_FOREIGN);
	assert_memory_equal(&nts, &ours, sizeof(nts));
	jar = first;
}

/* A NAK has no effect until the answer's time is over, and none after one. */
static void
test_nak(void **arg)
{
	const struct cookie_keys none = { .n = 1, .list = { { .id = 8 } } };
	struct wire	 asked, answer, nak, forged;

	(void)arg;
	agree(KE_COOKIES);
	asked = request();
	assert_int_equal(serve(&asked, &answer), PROOF_RIGHT);
	assert_true(cookie_set_keys(&jar, &none));
	assert_int_equal(serve(&asked, &nak), PROOF_UNKNOWN);
	assert_int_equal(nak.len, 48 + 36);
	nak.bytes[1] = 0;
	memcpy(nak.bytes + 12, "NTSN", 4);
	forged = nak;
	forged.bytes[60] ^= 1;			/* the unique identifier */
	assert_int_equal(take(&forged), NTS_FOREIGN);
	forged = nak;
	memcpy(forged.bytes + 12, "DENY", 4);
	assert_int_equal(take(&forged), NTS_FOREIGN);
	nts_missed(&nts, now);
	assert_int_equal(nts.state, NTS_READY);

	asked = request();
	memcpy(nak.bytes + 48, asked.bytes + 48, 36);
	assert_int_equal(take(&nak), NTS_NAK);
	assert_int_equal(nts.state, NTS_READY);
	assert_int_equal(nts.ncookies, KE_COOKIES - 2);
	nts_missed(&nts, now);
	assert_int_equal(nts.state, NTS_WANTED);
}

/* Back-off: 10 s, then twice as long each time, to the longest. */
static void
test_back_off(void **arg)
{
	static const struct {
		enum nts_outcome outcome;
		double		 longest;
	} kinds[] = {
		{ NTS_REFUSED, 432000 }, { NTS_UNREACHABLE, 1024 },
	};
	double		 wait;
	size_t		 i, n;

	(void)arg;
	for (i = 0; i < COUNT(kinds); i++) {
		nts_init(&nts, now);
		for (n = 0, wait = 10; n < 30; n++, wait *= 2) {
			nts_asked(&nts, 1, now);
			nts_failed(&nts, kinds[i].outcome, "why", now);
			if (wait > kinds[i].longest)
				wait = kinds[i].longest;
			assert_near(instant_diff(nts.at, now), wait, 1e-6);
		}
		/* The network is back: that counts for who was not there. */
		nts_hurry(&nts, now);
		assert_int_equal(nts_is_due(&nts, now), kinds[i].outcome ==
		    NTS_UNREACHABLE);
		/* Who has not been asked comes first. */
		n = nts.exchanges;
		nts_failed(&nts, NTS_BUSY, "others are asked", now);
		assert_near(instant_diff(nts.at, now), n == 0 ? 0.5 : 2, 1e-6);
		/* It may be mended: at once, but then with the longer wait. */
		n = nts.exchanges;
		assert_true(nts_retry(&nts, now));
		assert_true(nts_is_due(&nts, now));
		assert_int_equal(nts.exchanges, n);
		assert_false(nts_retry(&nts, now));
		nts_asked(&nts, 1, now);
		assert_false(nts_retry(&nts, now));
	}
}

static const struct {
	const char	*server;
	uint16_t	 port;
	bool		 fits;
	uint16_t	 want_port;
	enum nts_state	 state;
} servers[] = {
	{ "",		0,	true,	123,	NTS_READY },
	{ "",		4123,	true,	4123,	NTS_READY },
	{ "192.0.2.9",	0,	true,	123,	NTS_READY },
	{ "2001:db8::1", 123,	true,	123,	NTS_READY },
	{ "a.example",	1024,	true,	1024,	NTS_NAMING },
	{ "",		53,	false,	0,	NTS_ASKING },
	{ "192.0.2.9",	1023,	false,	0,	NTS_ASKING },
	{ "127.0.0.1",	0,	false,	0,	NTS_ASKING },
	{ "::1",	0,	false,	0,	NTS_ASKING },
	{ "0.0.0.0",	0,	false,	0,	NTS_ASKING },
	{ "224.0.1.1",	0,	false,	0,	NTS_ASKING },
	{ "255.255.255.255", 0,	false,	0,	NTS_ASKING },
	{ "-x",		0,	false,	0,	NTS_ASKING },
	{ "a..b",	0,	false,	0,	NTS_ASKING },
};

/* Where key establishment may send us. */
static void
test_servers(void **arg)
{
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(servers); i++) {
		agree(KE_COOKIES);
		strcpy(keys.answer.server, servers[i].server);
		keys.answer.port = servers[i].port;
		nts_init(&nts, now);
		nts_asked(&nts, 5, now);
		if ((nts_take_keys(&nts, &keys, &otherwise, 6, now) == NULL) !=
		    servers[i].fits || nts.state != servers[i].state)
			fail_msg("%s port %u: %d", servers[i].server,
			    servers[i].port, nts.state);
		if (servers[i].fits)
			assert_int_equal(nts.addr.port, servers[i].want_port);
	}
}

/* A server whose certificate was not valid then may not say that it is then. */
static void
test_times_of_unproven(void **arg)
{
	(void)arg;
	agree(1);
	assert_true(nts_may_say(&nts, 0));
	keys.unproven = 1;
	keys.first = 1000;
	keys.last = 2000;
	assert_null(nts_take_keys(&nts, &keys, &otherwise, 6, now));
	assert_false(nts_may_say(&nts, 999.9));
	assert_true(nts_may_say(&nts, 1000));
	assert_true(nts_may_say(&nts, 2000));
	assert_false(nts_may_say(&nts, 2000.1));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_cookies_come_back),
		cmocka_unit_test(test_cookies_run_out),
		cmocka_unit_test(test_bent),
		cmocka_unit_test(test_bent_fields),
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_swapped_cookie),
		cmocka_unit_test(test_swapped_servers),
		cmocka_unit_test(test_nak),
		cmocka_unit_test(test_back_off),
		cmocka_unit_test(test_servers),
		cmocka_unit_test(test_times_of_unproven),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
