/*
 * ntpd -q and -Q: set the clock once, or say what would be done, and end.
 */
#ifndef NTPD_PARENT_ONCE_H
#define NTPD_PARENT_ONCE_H

#include <stdbool.h>

#include "common/instant.h"
#include "ntpd/config.h"
#include "ntpd/payloads.h"

enum once_mode {
	ONCE_NOT,		/* a daemon */
	ONCE_SET,		/* -q */
	ONCE_SHOW		/* -Q */
};

struct once {
	enum once_mode	 mode;
	struct instant	 deadline;	/* NEVER unless it has begun */
	bool		 done;
	int		 status;	/* to exit with, when done */
};

/*
 * Make CONF, which was just read, what it takes to do so in MODE: nothing is
 * listened on, no file is written, and what is off by more than a millisecond
 * is stepped.
 */
void	 once_configure(enum once_mode mode, struct config *conf);

/* From NOW on there is a minute for it. */
void	 once_begin(struct once *o, enum once_mode mode, struct instant now);

/* The engine says QUALITY: is that what was waited for?  Then it is printed. */
void	 once_take(struct once *o, const struct clock_quality *quality);

/* Give up when the deadline has come. */
void	 once_check(struct once *o, struct instant now);

#endif
