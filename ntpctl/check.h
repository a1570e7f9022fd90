/*
 * ntpctl check: one line and an exit code for Nagios and those who took over
 * its plugin interface.
 */
#ifndef NTPCTL_CHECK_H
#define NTPCTL_CHECK_H

#include <stdio.h>

#include "common/control.h"

/* The exit codes of such a plugin. */
enum check_result { CHECK_OK, CHECK_WARNING, CHECK_CRITICAL, CHECK_UNKNOWN };

struct check_limits {
	double		 warning;	/* s, from here on */
	double		 critical;	/* s, from here on */
};

/*
 * Write one line about STATUS to OUT and return what it means: critical if the
 * clock is not synchronized, else by its likely bound.
 */
enum check_result check_show(FILE *out, const struct control_status *status,
	    struct check_limits limits);

/* Run "ntpctl check" with these arguments; returns an enum check_result. */
int	 check_main(int argc, char **argv);

#endif
