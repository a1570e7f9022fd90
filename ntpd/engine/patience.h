/*
 * How long the first decision waits for servers that were not heard yet.  Pure.
 *
 * The first decision is hard to undo: it may set the clock by years.  So it is
 * not left to the one server that happens to be the first to answer, if others
 * are configured.
 */
#ifndef NTPD_PATIENCE_H
#define NTPD_PATIENCE_H

#include <stddef.h>

/* A correction as large as this is hard to undo, s. */
#define PATIENCE_LARGE_OFFSET	1.0

/* What is known when the first servers agree. */
struct patience {
	size_t		 configured;	/* servers, with those of names that */
					/* have no address yet */
	size_t		 agreeing;	/* of these; 0: no majority yet */
	size_t		 starting;	/* in a quick start, may soon vote */
	size_t		 silent;	/* were asked, never answered */
	size_t		 unresolved;	/* names that may get an address yet */
	double		 offset;	/* s, what would be corrected */
	size_t		 needed;	/* to agree, whatever happens */
};

/*
 * How long to wait in all, s, from the first answer on; 0: not at all.
 *
 *  who agrees             what is to be corrected   waits for
 *  fewer than needed      anything                  others, for ever (INFINITY)
 *  most of all            anything                  servers in a quick start
 *  fewer                  less than a second        these, and names (30 s)
 *  fewer                  a second or more          these, names and silent
 *                                                   servers (60 s)
 */
double	 patience_limit(const struct patience *p);

#endif
