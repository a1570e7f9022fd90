/*
 * How right the clock is, in the forms that clients of ClockBound read: its
 * shared memory of versions 1 and 2.
 */
#ifndef NTPD_PARENT_CLOCKBOUND_H
#define NTPD_PARENT_CLOCKBOUND_H

#include <stdbool.h>
#include <stdint.h>

struct clockbound_page;

struct clockbound {
	struct clockbound_page *page;	/* NULL: none */
	uint16_t	 version;	/* 1 or 2 */
};

/* What is said. */
struct clockbound_claim {
	int64_t		 bound;		/* ns */
	uint64_t	 marker;	/* of VMClock, with which it is true */
	bool		 has_marker;
	uint32_t	 drift;		/* ppb, by which it grows */
	uint32_t	 status;	/* enum bound_status */
};

/*
 * Open or make the file PATH, if it is not "", of VERSION.  What it says stays,
 * as free running, if GOES_ON: it was said of this clock since the machine was
 * started.  If not, it says that nothing is known.  What cannot be had is
 * logged, and left out.
 */
void	 clockbound_open(struct clockbound *c, const char *path,
	    uint16_t version, bool goes_on);

/* Say CLAIM, which is so now and is to be void LIFETIME ns later. */
void	 clockbound_write(struct clockbound *c,
	    const struct clockbound_claim *claim, int64_t lifetime);

/* Change the status alone, if it is FROM, to TO; both enum bound_status. */
void	 clockbound_change(struct clockbound *c, uint32_t from, uint32_t to);

#endif
