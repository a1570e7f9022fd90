/*
 * The library, on a page that is mapped already: what a handle is made of is
 * known in its own file only.
 */
#include "libntptime/ntptime.c"
#include "regress/races/reader.h"

void *
reader_run(void *arg)
{
	struct reader	*r = arg;
	struct ntptime	 t = { .fd = -1, .page = r->page };
	struct ntptime_interval i;
	int64_t		 width, likely;

	while (!__atomic_load_n(r->enough, __ATOMIC_RELAXED)) {
		if (ntptime_now(&t, &i) == NTPTIME_UNKNOWN)
			continue;
		width = difference(&i.latest, &i.earliest);
		likely = difference(&i.likely_latest, &i.likely_earliest);
		r->known++;
		r->torn += width != likely;
	}
	return NULL;
}
