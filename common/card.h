/*
 * The clock of a network card, which stamps packets by it: how it goes with
 * CLOCK_MONOTONIC_RAW, which nobody adjusts, by repeated readings of both.  The
 * card's clock may show any time, and another program may steer or set it.
 * Pure.
 */
#ifndef COMMON_CARD_H
#define COMMON_CARD_H

#include <stdbool.h>
#include <stdint.h>

#define CARD_READINGS	32

/* Both at one moment: CARD may be off by ERROR either way. */
struct card_reading {
	int64_t		 raw;		/* ns, CLOCK_MONOTONIC_RAW */
	int64_t		 card;		/* ns, by its clock */
	double		 error;		/* s */
};

/*
 *  what is known			ends when
 *  readings on one line		three in a row are not on it: begins
 *					again with these
 */
struct card {
	struct card_reading readings[CARD_READINGS];	/* newest first */
	unsigned	 n;
	struct card_reading odd[2];	/* newest first: not on their line */
	unsigned	 nodd;
	bool		 known;		/* what follows is: */
	double		 rate;		/* s/s, that it gains on RAW */
	double		 offset;	/* ns, of the line from the newest */
	double		 scatter;	/* s, rms, of readings around it */
};

/* Nothing is known of it. */
void	 card_forget(struct card *card);

/*
 * Take a reading.  One that is impossible (before the last, or an error that is
 * not from 0 to 1 ms) is ignored.
 */
void	 card_read(struct card *card, const struct card_reading *reading);

/*
 * When the card's clock showed STAMP (ns), CLOCK_MONOTONIC_RAW showed *RAW
 * (ns), give or take *ERROR (s).  False if that is not known: too few readings,
 * or the next ones are more than 4 s from STAMP.
 */
bool	 card_to_raw(const struct card *card, int64_t stamp, int64_t *raw,
	    double *error);

#endif
