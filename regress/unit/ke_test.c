/*
 * Records of key establishment: messages as they should be, split anywhere;
 * and each way in which one can be wrong.
 */
#include <stdio.h>
#include <string.h>

#include "common/ke.h"
#include "regress/unit/unit.h"

static struct ke_input	 in;

/* Take TEXT, hexadecimal with blanks, as the message. */
static void
message(const char *hex)
{
	unsigned	 byte;

	memset(&in, 0, sizeof(in));
	for (; sscanf(hex, " %2x", &byte) == 1; in.len++) {
		in.bytes[in.len] = (uint8_t)byte;
		hex += strspn(hex, " ") + 2;
	}
}

#define NEXT		"8001 0002 0000 "
#define SIV		"8004 0002 000f "
#define COOKIE		"0005 0004 01020304 "
#define END		"8000 0000"

static const struct {
	const char	*name, *hex;
	enum ke_error	 error;
	enum aead_id	 aead;
	bool		 ntpv4;
} requests[] = {
	{ "as usual", NEXT SIV END, KE_FINE, 15, true },
	{ "not critical AEAD", NEXT "0004 0002 000f " END, KE_FINE, 15, true },
	{ "AEAD first", SIV NEXT END, KE_FINE, 15, true },
	{ "several AEAD", NEXT "8004 0006 0063 000f 0010 " END, KE_FINE, 15,
	    true },
	{ "none that we have", NEXT "8004 0002 0063 " END, KE_FINE, AEAD_NONE,
	    true },
	{ "several protocols", "8001 0004 8001 0000 " SIV END, KE_FINE, 15,
	    true },
	{ "another protocol", "8001 0002 8001 " SIV END, KE_FINE, 15, false },
	{ "another protocol, no AEAD", "8001 0002 8001 " END, KE_FINE,
	    AEAD_NONE, false },
	{ "unknown record", NEXT "1234 0001 00 " SIV END, KE_FINE, 15, true },
	{ "wishes", NEXT SIV "0006 0001 61 0007 0002 007b " END, KE_FINE, 15,
	    true },
	{ "export record", NEXT SIV "0400 0000 " END, KE_FINE, 15, true },
	{ "unknown and critical", NEXT "9234 0001 00 " SIV END,
	    KE_UNRECOGNIZED, 0, false },
	{ "nothing", END, KE_BAD_REQUEST, 0, false },
	{ "no protocol", SIV END, KE_BAD_REQUEST, 0, false },
	{ "no AEAD", NEXT END, KE_BAD_REQUEST, 0, false },
	{ "protocol twice", NEXT NEXT SIV END, KE_BAD_REQUEST, 0, false },
	{ "AEAD twice", NEXT SIV SIV END, KE_BAD_REQUEST, 0, false },
	{ "protocol empty", "8001 0000 " SIV END, KE_BAD_REQUEST, 0, false },
	{ "protocol odd", "8001 0003 000000 " SIV END, KE_BAD_REQUEST, 0,
	    false },
	{ "AEAD empty", NEXT "8004 0000 " END, KE_BAD_REQUEST, 0, false },
	{ "AEAD odd", NEXT "8004 0001 0f " END, KE_BAD_REQUEST, 0, false },
	{ "protocol not critical", "0001 0002 0000 " SIV END, KE_BAD_REQUEST,
	    0, false },
	{ "an error", NEXT SIV "8002 0002 0001 " END, KE_BAD_REQUEST, 0,
	    false },
	{ "a warning", NEXT SIV "8003 0002 0001 " END, KE_BAD_REQUEST, 0,
	    false },
	{ "a cookie", NEXT SIV COOKIE END, KE_BAD_REQUEST, 0, false },
	{ "more behind the end", NEXT SIV END "00", KE_BAD_REQUEST, 0, false },
};

static void
test_requests(void **arg)
{
	struct ke_request r;
	enum ke_error	 error;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(requests); i++) {
		message(requests[i].hex);
		if (ke_progress(&in) != KE_COMPLETE)
			fail_msg("%s: is not complete", requests[i].name);
		error = ke_read_request(&r, &in);
		if (error != requests[i].error)
			fail_msg("%s: %d", requests[i].name, error);
		if (error == KE_FINE && (r.aead != requests[i].aead ||
		    r.ntpv4 != requests[i].ntpv4))
			fail_msg("%s: AEAD %d, %d", requests[i].name, r.aead,
			    r.ntpv4);
	}
}

static const struct {
	const char	*name, *hex;
	enum ke_result	 result;
	unsigned	 number;	/* of cookies, or the code */
	const char	*server;
	uint16_t	 port;
} answers[] = {
	{ "as usual", NEXT SIV COOKIE COOKIE END, KE_OK, 2, "", 0 },
	{ "server and port", NEXT SIV "8006 0003 612e62 8007 0002 1000 "
	    COOKIE END, KE_OK, 1, "a.b", 4096 },
	{ "server by its address", NEXT SIV "8006 0003 3a3a31 " COOKIE END,
	    KE_OK, 1, "::1", 0 },
	{ "nine cookies", NEXT SIV COOKIE COOKIE COOKIE COOKIE COOKIE COOKIE
	    COOKIE COOKIE COOKIE END, KE_OK, 8, "", 0 },
	{ "an empty cookie", NEXT SIV "0005 0000 " COOKIE END, KE_OK, 1, "",
	    0 },
	{ "unknown record", NEXT SIV "1234 0001 00 " COOKIE END, KE_OK, 1, "",
	    0 },
	{ "an error", "8002 0002 0001 " END, KE_REFUSED, 1, "", 0 },
	{ "an error after all else", NEXT SIV COOKIE "8002 0002 0002 " END,
	    KE_REFUSED, 2, "", 0 },
	{ "a warning", NEXT SIV COOKIE "8003 0002 0007 " END, KE_WARNED, 7,
	    "", 0 },
	{ "another protocol", "8001 0002 8001 " SIV COOKIE END,
	    KE_NO_PROTOCOL, 0, "", 0 },
	{ "no protocol in common", "8001 0000 " END, KE_NO_PROTOCOL, 0, "",
	    0 },
	{ "no protocol", SIV COOKIE END, KE_NO_PROTOCOL, 0, "", 0 },
	{ "no AEAD in common", NEXT "8004 0000 " END, KE_NO_AEAD, 0, "", 0 },
	{ "no AEAD", NEXT COOKIE END, KE_NO_AEAD, 0, "", 0 },
	{ "an AEAD that we did not offer", NEXT "8004 0002 0010 " COOKIE END,
	    KE_NO_AEAD, 0, "", 0 },
	{ "no cookies", NEXT SIV END, KE_NO_COOKIES, 0, "", 0 },
	{ "nothing", END, KE_NO_PROTOCOL, 0, "", 0 },
	{ "unknown and critical", NEXT SIV "9234 0000 " COOKIE END,
	    KE_MALFORMED, 0, "", 0 },
	{ "two AEAD", NEXT "8004 0004 000f 001e " COOKIE END, KE_MALFORMED, 0,
	    "", 0 },
	{ "AEAD twice", NEXT SIV SIV COOKIE END, KE_MALFORMED, 0, "", 0 },
	{ "protocol twice", NEXT NEXT SIV COOKIE END, KE_MALFORMED, 0, "", 0 },
	{ "port 0", NEXT SIV "8007 0002 0000 " COOKIE END, KE_MALFORMED, 0,
	    "", 0 },
	{ "port of one byte", NEXT SIV "8007 0001 7b " COOKIE END,
	    KE_MALFORMED, 0, "", 0 },
	{ "port twice", NEXT SIV "8007 0002 0001 8007 0002 0002 " COOKIE END,
	    KE_MALFORMED, 0, "", 0 },
	{ "server empty", NEXT SIV "8006 0000 " COOKIE END, KE_MALFORMED, 0,
	    "", 0 },
	{ "server with a line feed", NEXT SIV "8006 0002 610a " COOKIE END,
	    KE_MALFORMED, 0, "", 0 },
	{ "server with a NUL", NEXT SIV "8006 0002 6100 " COOKIE END,
	    KE_MALFORMED, 0, "", 0 },
	{ "server twice", NEXT SIV "8006 0001 61 8006 0001 62 " COOKIE END,
	    KE_MALFORMED, 0, "", 0 },
	{ "more behind the end", NEXT SIV COOKIE END "00", KE_MALFORMED, 0,
	    "", 0 },
};

static void
test_answers(void **arg)
{
	static struct ke_answer a;
	enum ke_result	 result;
	uint16_t	 code;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(answers); i++) {
		message(answers[i].hex);
		if (ke_progress(&in) != KE_COMPLETE)
			fail_msg("%s: is not complete", answers[i].name);
		result = ke_read_answer(&a, &in, &code);
		if (result != answers[i].result)
			fail_msg("%s: %s", answers[i].name,
			    ke_strresult(result));
		if (result != KE_OK) {
			assert_int_equal(code, answers[i].number);
			continue;
		}
		assert_int_equal(a.aead, 15);
		assert_int_equal(a.ncookies, answers[i].number);
		assert_string_equal(a.server, answers[i].server);
		assert_int_equal(a.port, answers[i].port);
		assert_int_equal(a.cookies[0].len, 4);
		assert_memory_equal(a.cookies[0].bytes, "\1\2\3\4", 4);
	}
}

/* It is complete with its last byte, wherever it is split. */
static void
test_split(void **arg)
{
	struct ke_input	 whole;
	struct ke_request r;
	size_t		 first, second;

	(void)arg;
	message(NEXT "1234 0003 010203 " SIV END);
	whole = in;
	for (first = 0; first <= whole.len; first++) {
		for (second = first; second < whole.len; second++) {
			in.next = 0;
			in.len = first;
			if (first < whole.len)
				assert_int_equal(ke_progress(&in), KE_MORE);
			in.len = second;
			assert_int_equal(ke_progress(&in), KE_MORE);
			in.len = whole.len;
			assert_int_equal(ke_progress(&in), KE_COMPLETE);
			assert_int_equal(ke_read_request(&r, &in), KE_FINE);
		}
	}
}

/* Ten thousand records, or one that is too long, end at the limit. */
static void
test_too_long(void **arg)
{
	size_t		 i;

	(void)arg;
	memset(&in, 0, sizeof(in));
	for (i = 0; i < 10000 && in.len + 4 <= sizeof(in.bytes); i++) {
		memcpy(in.bytes + in.len, "\x12\x34\0\0", 4);
		assert_int_equal(ke_progress(&in), KE_MORE);
		in.len += 4;
	}
	assert_int_equal(in.len, sizeof(in.bytes));
	assert_int_equal(ke_progress(&in), KE_TOO_LONG);

	message("8005 ffff");
	assert_int_equal(ke_progress(&in), KE_MORE);
	in.len = sizeof(in.bytes);
	assert_int_equal(ke_progress(&in), KE_TOO_LONG);
}

/* What we write we read; nothing is written beyond the room there is. */
static void
test_there_and_back(void **arg)
{
	static const uint8_t cookie[100] = { 7 };
	static struct ke_answer a;
	struct ke_output out;
	struct ke_request r;
	uint16_t	 code;
	size_t		 size, full = 0;

	(void)arg;
	for (size = 200; size > 0; size--) {
		memset(&in, 0, sizeof(in));
		out = (struct ke_output){ .bytes = in.bytes, .size = size };
		ke_put_request(&out);
		if (size == 200) {
			full = in.len = out.len;
			assert_int_equal(ke_progress(&in), KE_COMPLETE);
			assert_int_equal(ke_read_request(&r, &in), KE_FINE);
			assert_int_equal(r.aead, 15);
		}
		assert_int_equal(out.overflow, size < full);
		assert_true(out.len <= size);
	}
	out = (struct ke_output){ .bytes = in.bytes, .size = sizeof(in.bytes) };
	ke_put_answer(&out, &r);
	ke_put(&out, KE_COOKIE, KE_IGNORABLE, cookie, sizeof(cookie));
	ke_put(&out, KE_END, KE_CRITICAL, NULL, 0);
	in.len = out.len;
	assert_int_equal(ke_read_answer(&a, &in, &code), KE_OK);
	assert_int_equal(a.cookies[0].len, sizeof(cookie));
	assert_memory_equal(a.cookies[0].bytes, cookie, sizeof(cookie));

	out = (struct ke_output){ .bytes = in.bytes, .size = sizeof(in.bytes) };
	ke_put_error(&out, KE_INTERNAL);
	in.len = out.len;
	assert_int_equal(ke_read_answer(&a, &in, &code), KE_REFUSED);
	assert_int_equal(code, 2);
}

static const struct {
	enum aead_id	 aead;
	bool		 compliant;
	enum ke_direction direction;
	uint8_t		 context[KE_CONTEXT_LEN];
} contexts[] = {
	{ 15, false, KE_C2S, { 0, 0, 0, 15, 0 } },
	{ 15, true, KE_S2C, { 0, 0, 0, 15, 1 } },
	{ 30, true, KE_C2S, { 0, 0, 0, 30, 0 } },
	{ 30, true, KE_S2C, { 0, 0, 0, 30, 1 } },
	{ 30, false, KE_S2C, { 0, 0, 0, 15, 1 } },
};

static void
test_contexts(void **arg)
{
	uint8_t		 got[KE_CONTEXT_LEN];
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(contexts); i++) {
		ke_context(got, contexts[i].aead, contexts[i].compliant,
		    contexts[i].direction);
		assert_memory_equal(got, contexts[i].context, sizeof(got));
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_contexts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
