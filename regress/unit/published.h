/*
 * A daemon's publications in a folder of their own, for the tests of what is
 * written and of what readers make of it.
 */
#ifndef REGRESS_PUBLISHED_H
#define REGRESS_PUBLISHED_H

#include <stdint.h>
#include <time.h>

#include "common/boundpage.h"
#include "common/ns.h"
#include "libntptime/ntptime.h"
#include "ntpd/parent/publish.h"
#include "regress/unit/unit.h"

/* Paths of our page and of ClockBound's memory, version 1 and 2. */
extern char		 published_folder[32], published_bound[64];
extern char		 published_clockbound[PUBLISH_FORMS][64];
extern const struct publish_paths published_paths;

extern struct publish	 publish;	/* open, has said nothing */
extern struct ntptime	*reader;	/* of our page */
extern const struct publish_clock clock_now;

/* For cmocka_unit_test_setup_teardown(). */
int			 published_begin(void **state);
int			 published_end(void **state);

#define PUBLISHED(f)							\
	cmocka_unit_test_setup_teardown(f, published_begin, published_end)

/* What the engine says when all is well: 1 ms certain, 20 us likely. */
struct clock_quality	 good(void);

/* Make the page older by S s, as if that had passed. */
void			 let_pass(int64_t s);

/* FROM to TO, s. */
double			 width(const struct timespec *from,
			    const struct timespec *to);

#endif
