/*
 * The drift file: what the oscillator's frequency correction was, and how
 * sure we were of it, over restarts.  One line, "ppm uncertainty-in-ppm".
 */
#ifndef NTPD_PARENT_DRIFT_H
#define NTPD_PARENT_DRIFT_H

#include <stdbool.h>
#include <stdint.h>

struct drift {
	double		 frequency;	/* s/s */
	double		 error;		/* s/s, standard error */
};

enum drift_status {
	DRIFT_OK,
	DRIFT_MISSING,		/* normal at the first start */
	DRIFT_CORRUPT,		/* not two numbers in range */
	DRIFT_UNREADABLE	/* errno says why */
};

/*
 * Read FILE: *FREQUENCY in s/s (within 10 %) and its standard error *ERROR
 * in s/s.  A file with a frequency only (as other daemons write it) gets an
 * error of 1 ppm; 1000 ppm is the largest.  Both are left alone unless
 * DRIFT_OK.
 */
enum drift_status drift_read(const char *file, double *frequency,
	    double *error);

/* When FILE was written, s since 1970; 0 if that is not known. */
int64_t	 drift_time(const char *file);

/* Replace FILE in one step: file_replace().  False with errno on failure. */
bool	 drift_write(const char *file, double frequency, double error);

/*
 * The file says *SAVED since AGE s.  Is it to be written again, to say *NOW?
 * After an hour for a small change.  After five minutes when the frequency is
 * known twice as well, or when both errors cannot explain the difference.
 */
bool	 drift_worth_writing(const struct drift *saved,
	    const struct drift *now, double age);

#endif
