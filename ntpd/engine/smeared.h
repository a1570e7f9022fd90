/*
 * Which servers smear a leap second.  Those never announce it: from noon to
 * noon around it they go slower or faster by 11.6 ppm, and are half a second
 * off in the middle.  So what the clock was before noon is carried on, and each
 * server is compared with that and with what a smear makes of it.  Pure.
 */
#ifndef NTPD_SMEARED_H
#define NTPD_SMEARED_H

#include <stdbool.h>
#include <stddef.h>

#include "common/leap.h"
#include "ntpd/engine/clocks.h"
#include "ntpd/sync/sync.h"

/*
 *  state             what is true                   ends when
 *  SMEARED_NONE      no leap second can be near     half a day before one
 *                                                   may be: WATCHING
 *  SMEARED_WATCHING  all servers have a part        one is found not to smear:
 *                                                   APART; or all are found to
 *                                                   smear: FOLLOWED
 *  SMEARED_APART     those that smear have no part  half a day after the leap
 *                                                   second: NONE
 *  SMEARED_FOLLOWED  those that smear are followed, likewise
 *                    others have no part
 */
enum smeared_state {
	SMEARED_NONE,
	SMEARED_WATCHING,
	SMEARED_APART,
	SMEARED_FOLLOWED
};

/* What a server was found to do; until the end of that day it does it. */
enum smeared_kind { SMEARED_UNKNOWN, SMEARED_NOT, SMEARED_IS };

struct smeared_server {
	enum smeared_kind kind;
	enum smeared_kind looks;	/* what its last answer looks like */
	unsigned	 alike;		/* answers in a row that look so */
	uint8_t		 leap;		/* that it announced */
	bool		 known;		/* what follows is, of before noon: */
	double		 offset;	/* s, from the estimate, by its path */
	double		 error;		/* s, that it may differ from that */
};

struct smeared {
	enum smeared_state state;
	int64_t		 at;		/* s since 1970, as in leap_plan */
	int		 change;	/* 1: inserted, -1: left out, 0: it is
					   not known yet */
	bool		 listed;	/* the list says so */
	bool		 had;		/* our clock has had it */
	bool		 tracked;	/* what follows is known, of before: */
	double		 since;		/* s, oscillator time */
	double		 offset;	/* s, true - oscillator time then */
	double		 frequency;	/* s/s, that it gains */
	double		 drift;		/* s/s, how wrong that may be */
	struct smeared_server servers[SYNC_SOURCES];
};

/*
 * It is R, and PLAN the list's.  Before noon the estimate of SYNC and what each
 * server says are remembered.
 */
void	 smeared_follow(struct smeared *s, const struct leap_plan *plan,
	    const struct sync *sync, const struct reading *r);

/* Server I of SYNC said SAMPLE shortly before R: that may tell if it smears. */
void	 smeared_sample(struct smeared *s, const struct sync *sync, size_t i,
	    const struct sample *sample, const struct reading *r);

/* Has server I no part in the time as it smears, or as it does not? */
bool	 smeared_bars(const struct smeared *s, size_t i);

/* I is another server now, or does not answer any more. */
void	 smeared_forget(struct smeared *s, size_t i);

/* Our clock has had the leap second. */
void	 smeared_leapt(struct smeared *s);

/* The clock jumped, or the machine slept: what was before tells nothing. */
void	 smeared_lost(struct smeared *s);

#endif
