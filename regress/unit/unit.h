/*
 * What every unit test includes: cmocka with the headers that it needs, and
 * what several tests would else write again.  Functions of the program that a
 * test plays itself are defined in the test; it is then not linked with the
 * file that has the real ones.
 */
#ifndef REGRESS_UNIT_UNIT_H
#define REGRESS_UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "regress/unit/rng.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/* Fail unless GOT is within WITHIN of WANT; NaN never is. */
void	 assert_near(double got, double want, double within);

/* How many descriptors this process has open, and a constant. */
int	 open_fds(void);

/*
 * Standard error goes to a file from here on, and so does the log.  There is
 * one at a time.  A setup function; 0, or -1.
 */
int	 capture_begin(void **state);

/* How often TEXT stands in what was captured so far; "\n": lines. */
unsigned capture_count(const char *text);

/*
 * Standard error is what it was; what was captured is gone.  A teardown
 * function; 0, or -1.
 */
int	 capture_end(void **state);

#endif
