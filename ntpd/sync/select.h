/*
 * Which sources tell the truth: the intersection algorithm of RFC 5905 11.2.1,
 * and the removal of sources that do not fit among those that remain.
 */
#ifndef NTPD_SYNC_SELECT_H
#define NTPD_SYNC_SELECT_H

#include <stdbool.h>
#include <stddef.h>

/* What a source says: true time is within distance of offset. */
struct opinion {
	double		 offset;	/* s */
	double		 distance;	/* s, > 0 */
	double		 variance;	/* s^2, of offset as an estimate */
	double		 jitter;	/* s, scatter around its own line */
	bool		 usable;	/* has something to say */
	bool		 apart;		/* it stood apart before */
	bool		 refuted;	/* those that fit would not, if it did:
					   it cannot survive */
	bool		 truechimer;	/* result of select_truechimers() */
	bool		 outside;	/* likewise: right by modesty alone */
	bool		 survivor;	/* result of select_survivors() */
};

#define SELECT_MAX	64	/* opinions */

/*
 * Find the smallest number of falsetickers that leaves the others' intervals
 * with a point in common, and mark the truechimers among the N opinions.
 * Returns how many there are; 0, and none marked, if no majority of the usable
 * ones agrees.
 *
 * True time is in the intersection.  A truechimer whose offset is not there, by
 * four standard errors, is wrong, though within the distance that it admits.
 */
size_t	 select_truechimers(struct opinion *opinions, size_t n);

/*
 * From where to where (s) do intervals of more than half of the usable ones of
 * the N opinions reach?  If these are right, true time is between *LOW and
 * *HIGH, whatever the others say.  False: no point is in so many intervals.
 */
bool		 select_majority(const struct opinion *opinions, size_t n,
		    double *low, double *high);

/*
 * Mark as survivors the truechimers that are not outside, if one of these is
 * much nearer than those that are, else all truechimers.  Those that stand
 * apart are left out: their offset differs from the median by more than four
 * standard errors and three times the median distance from it, and, if they are
 * nearer, by half of what their distance is less.  None of these goes that a
 * majority of the usable needs.  Returns how many survive.
 */
size_t	 select_survivors(struct opinion *opinions, size_t n);

/*
 * Are fewer than half of the truechimers survivors that know better than those
 * that are left out?  These have room in their wide intervals for a few near
 * ones, and either may be wrong: how far the farthest of those left out is from
 * the survivor that knows best, s.  Else 0.
 */
double		 select_conflict(const struct opinion *opinions, size_t n);

#endif
