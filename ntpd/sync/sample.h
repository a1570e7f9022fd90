/*
 * One exchange with a server, as the algorithms see it.
 *
 * They live in oscillator time: what an untouched clock would read, one that
 * nobody ever steps or slews (CLOCK_MONOTONIC_RAW plus a constant).  The
 * machine's clock is oscillator time plus the adjustments made so far, which
 * can be read off exactly at any moment; so no sample has to be rewritten
 * when the clock is adjusted, and an adjustment can never be mistaken for an
 * error of the oscillator.
 */
#ifndef NTPD_SYNC_SAMPLE_H
#define NTPD_SYNC_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

struct sample {
	double		 when;		/* s, oscillator time of its middle */
	double		 offset;	/* s, true - oscillator time */
	double		 delay;		/* s, round trip, > 0 */
	double		 precision;	/* s, of time stamps, both ends */
	double		 root_delay;	/* s, of the server */
	double		 root_dispersion; /* s, of the server */
	uint8_t		 leap;
	uint8_t		 stratum;
};

/*
 * Offset and delay from the four timestamps of an exchange (RFC 5905 section
 * 8), given as differences so that nothing is lost: OUT = T2 - T1, BACK =
 * T4 - T3, all in s.  Returns the offset (T1, T4 behind T2, T3: positive);
 * *DELAY is the round trip without the server's time.
 */
double	 sample_offset(double out, double back, double *delay);

#endif
