/*
 * One exchange with a server, as the algorithms see it.
 *
 * They live in oscillator time: what an untouched clock would read, one that
 * nobody ever steps or slews (CLOCK_MONOTONIC_RAW plus a constant).  The
 * machine's clock is oscillator time plus the adjustments made so far, which
 * can be read off exactly at any moment.  So no sample has to be rewritten
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
	double		 delay;		/* s, round trip, > 0: the server's
					   own time, T3 - T2, is not in it */
	double		 trip;		/* s, T4 - T1, by our clock alone; 0:
					   no longer than delay */
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

/*
 * Can SAMPLE be of this world?  Its time is finite, its offset is one that two
 * NTP timestamps can have (2^32 s), and its delays and dispersions are from 0
 * to what NTP can state of them (65536 s), the round trip from 2^-32 s on.
 */
bool	 sample_is_possible(const struct sample *sample);

/*
 * The longest that the exchange may have been under way, s: T4 - T1.  The
 * server has no say in it, so no server looks nearer by what it states.
 */
double	 sample_trip(const struct sample *sample);

/*
 * Half the width (s) of the interval around offset that holds true time for
 * certain, at the moment of the sample, if the server tells the truth: half of
 * the way there and back and on to the root, and what the servers say of
 * themselves (RFC 5905 section 11.2, "root distance").
 */
double	 sample_distance(const struct sample *sample);

#endif
