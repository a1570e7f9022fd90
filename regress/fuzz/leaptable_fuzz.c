/*
 * Any bytes as a list of leap seconds: what is made of it is in order and in
 * range, and what is none is left alone.
 */
#include <stdlib.h>
#include <string.h>

#include "ntpd/parent/leaptable.h"
#include "regress/fuzz/fuzz.h"

#define DAY		86400

const size_t	 input_most = 4096;

/* What the list says at AT, and a second before and after. */
static void
check_around(const struct leaptable *table, int64_t at)
{
	struct leap_plan plan = { .policy = LEAP_SMEARED };
	int64_t		 now;

	for (now = at - 1; now <= at + 1; now++) {
		leaptable_plan(table, now, &plan);
		require(abs(plan.change) <= 1);
		require(plan.change == 0 || (plan.known &&
		    plan.at % DAY == 0 && plan.at > now - DAY));
		require(plan.known == (now < table->expires));
		require(leaptable_tai(table, now) >= 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char	 text[4096 + 1];
	struct leaptable table = { .n = 0 };
	size_t		 i;

	memcpy(text, data, size);
	text[size] = '\0';
	if (leaptable_parse(text, size, &table) != NULL) {
		require(table.n == 0);
		return 0;
	}
	require(memchr(text, '\0', size) == NULL);
	require(table.n >= 1 && table.n <= LEAPTABLE_MOST);
	for (i = 0; i < table.n; i++) {
		require(i == 0 || table.lines[i].at > table.lines[i - 1].at);
		check_around(&table, table.lines[i].at);
	}
	check_around(&table, table.expires);
	return 0;
}

/* ---- seeds ---- */

void
make_seeds(void)
{
	static const char list[] = "#\tATOMIC TIME\n#$ 3960835200\n"
	    "#@ 3991593600\n2272060800 10 # 1 Jan 1972\n"
	    "2287785600\t11\t# 1 Jul 1972\r\n\n2303683200 10\n#h 848434d5\n";
	static const char plain[] = "#@ 3991593600\n2272060800 10";

	seed("list", list, strlen(list));
	seed("plain", plain, strlen(plain));
}
