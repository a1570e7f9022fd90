/*
 * The columns that several tables of peers have in common.
 */
#ifndef NTPCTL_COLUMNS_H
#define NTPCTL_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

#include "common/control.h"

#define COLUMN_LEN	32	/* a number as text: "-10000000000000.000" ms */
#define COLUMN_REMOTE_LEN	(CONTROL_NAME_LEN > ADDR_STRLEN ? \
				    CONTROL_NAME_LEN : ADDR_STRLEN)

/* ntpq's mark for TALLY (enum control_tally): 'x', '-', '+', '*' or ' '. */
char	 column_tally(uint32_t tally);

/*
 * The peer WHICH of the N PEERS as one word in TEXT
 * (COLUMN_REMOTE_LEN bytes), which is returned.  The name says more than the
 * address, unless it is the name of a pool and stands for several.
 */
const char *column_remote(const struct control_peer *peers, size_t n,
	    size_t which, char *text);

/* Likewise, but the address where there is one. */
const char *column_address(const struct control_peer *peer, char *text);

/* How wide a column of all N PEERS is, which has room for an IPv4 address. */
size_t	 column_remote_width(const struct control_peer *peers, size_t n);

/*
 * An age of S s in TEXT (COLUMN_LEN bytes), which is returned: four columns for
 * what is less than 27 years; "-" for never (NAN or negative).
 */
const char *column_when(double s, char *text);

/* S s in milliseconds likewise, PPM as it is; "-" for NAN. */
const char *column_ms(double s, char *text);
const char *column_ppm(double ppm, char *text);

/* The moment S, in s since 1970, likewise: "2026-11-28T17:20:04Z". */
const char *column_time(double s, char *text);

#endif
