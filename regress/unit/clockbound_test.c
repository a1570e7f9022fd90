/*
 * What clients of ClockBound are told, byte by byte.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "regress/unit/published.h"

/* As the description of ClockBound's segment 2 has it, byte by byte. */
static void
clockbounds_form(void **state)
{
	struct clock_quality q = good();
	union {
		unsigned char	 bytes[80];
		uint16_t	 u16[40];
		uint32_t	 u32[20];
		int64_t		 i64[10];
	} s;
	FILE		*f;

	(void)state;
	publish_quality(&publish, &q, &clock_now);
	f = fopen(published_clockbound[1], "r");
	assert_non_null(f);
	assert_int_equal(fread(&s, 1, sizeof(s), f), sizeof(s));
	assert_int_equal(fgetc(f), EOF);
	fclose(f);
	assert_int_equal(s.u32[0], 0x414D5A4E);
	assert_int_equal(s.u32[1], 0x43420200);
	assert_int_equal(s.u32[2], 80);
	assert_int_equal(s.u16[6], 2);
	assert_true(s.u16[7] != 0 && s.u16[7] % 2 == 0);
	assert_true(llabs(s.i64[2] - ns_read(CLOCK_MONOTONIC) / NS_PER_S) <= 1);
	assert_int_equal(s.i64[4], s.i64[2] + 1000);
	assert_true(s.i64[6] >= 1000000 && s.i64[6] < 1001000);
	assert_int_equal(s.i64[7], 0);		/* no disruption marker */
	assert_int_equal(s.u32[16], 15000);
	assert_int_equal(s.u32[17], 1);
	assert_int_equal(s.bytes[72], 0);
	q.has_marker = 1;
	q.marker = 0x123456789abcdef;
	publish_quality(&publish, &q, &clock_now);
	f = fopen(published_clockbound[1], "r");
	assert_non_null(f);
	assert_int_equal(fread(&s, 1, sizeof(s), f), sizeof(s));
	fclose(f);
	assert_int_equal(s.i64[7], 0x123456789abcdef);
	assert_int_equal(s.bytes[72], 1);
}

/* Version 1 has fewer bytes, and no value for disrupted. */
static void
clockbounds_first_form(void **state)
{
	struct clock_quality q = good();
	union {
		unsigned char	 bytes[72];
		uint16_t	 u16[36];
		uint32_t	 u32[18];
		int64_t		 i64[9];
	} s;
	FILE		*f = fopen(published_clockbound[0], "r");

	(void)state;
	assert_non_null(f);
	setbuf(f, NULL);
	publish_quality(&publish, &q, &clock_now);
	assert_int_equal(fread(&s, 1, sizeof(s), f), sizeof(s));
	assert_int_equal(fgetc(f), EOF);
	assert_int_equal(s.u32[0], 0x414D5A4E);
	assert_int_equal(s.u32[1], 0x43420200);
	assert_int_equal(s.u32[2], 72);
	assert_int_equal(s.u16[6], 1);
	assert_true(s.u16[7] != 0 && s.u16[7] % 2 == 0);
	assert_int_equal(s.i64[4], s.i64[2] + 1000);
	assert_true(s.i64[6] >= 1000000 && s.i64[6] < 1001000);
	assert_int_equal(s.u32[14], 15000);
	assert_int_equal(s.u32[15], 0);
	assert_int_equal(s.u32[16], 1);
	publish_disrupted(&publish);
	rewind(f);
	assert_int_equal(fread(&s, 1, sizeof(s), f), sizeof(s));
	assert_int_equal(s.u32[16], 0);
	fclose(f);
}

/*
 * ClockBound's clients do not trust for longer than 5 s, so it is said again
 * each second, until the engine has been silent for 192 s.
 */
static void
clockbound_is_told_again(void **state)
{
	struct clock_quality q = good();
	const int64_t	*as_of = (int64_t *)(void *)
	    ((char *)publish.clockbound[1].page + 16);
	struct instant	 now = instant_now();

	(void)state;
	assert_true(publish_deadline(&publish).ns == INSTANT_NEVER.ns);
	publish_quality(&publish, &q, &clock_now);
	assert_true(instant_diff(publish_deadline(&publish), now) <= 1.1);
	publish_tend(&publish, now);
	((int64_t *)(uintptr_t)as_of)[0] -= 2;
	publish_tend(&publish, instant_add(now, 2));
	assert_true(llabs(as_of[0] - now.ns / NS_PER_S) <= 1);
	assert_near((double)as_of[4], 1e6 + 2 * 15e3, 200);
	publish_tend(&publish, instant_add(now, 193));
	assert_true(publish_deadline(&publish).ns == INSTANT_NEVER.ns);
	/* Nor is it said again of a clock that was set. */
	publish_quality(&publish, &q, &clock_now);
	publish_disrupted(&publish);
	assert_true(publish_deadline(&publish).ns == INSTANT_NEVER.ns);
}

/* The generation skips 0, which means that nobody has written yet. */
static void
clockbounds_generation(void **state)
{
	struct clock_quality q;
	uint16_t	*generation = (uint16_t *)(void *)
	    ((char *)publish.clockbound[1].page + 14);
	int		 i;

	(void)state;
	*generation = 65532;
	for (i = 0; i < 3; i++) {
		q = good();
		publish_quality(&publish, &q, &clock_now);
		assert_true(*generation != 0 && *generation % 2 == 0);
	}
	assert_true(*generation < 10);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		PUBLISHED(clockbounds_form),
		PUBLISHED(clockbounds_first_form),
		PUBLISHED(clockbound_is_told_again),
		PUBLISHED(clockbounds_generation)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
