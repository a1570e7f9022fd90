/*
 * Reading and replacing the drift file.
 */
#include <sys/stat.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ntpd/parent/drift.h"
#include "ntpd/parent/file.h"
#include "ntpd/clock/policy.h"

#define DRIFT_MAX_LEN		128	/* longer than any that we wrote */

/* A change is worth writing when the file is that old, s; tuned. */
#define DRIFT_INTERVAL		3600.0
#define DRIFT_CHANGE		0.01e-6		/* s/s */

/*
 * Sooner, s, if the frequency is known that much better, or if the file is
 * wrong: by so many standard errors; tuned.
 */
#define DRIFT_SOON		300.0
#define DRIFT_SURER		0.5
#define DRIFT_WRONG_ERRORS	4.0

#define DRIFT_PLAIN_ERROR	1e-6	/* s/s, when the file does not say */

static bool
parse(const char *text, double *frequency, double *error)
{
	double		 ppm, uncertainty = DRIFT_PLAIN_ERROR * 1e6;
	char		*end;

	ppm = strtod(text, &end);
	if (end == text || !isfinite(ppm) ||
	    fabs(ppm) > POLICY_MAX_FREQUENCY * 1e6)
		return false;
	text = end;
	if (text[strspn(text, " \t\n")] != '\0') {
		uncertainty = strtod(text, &end);
		if (end == text || !isfinite(uncertainty) ||
		    uncertainty < 0 || end[strspn(end, " \t\n")] != '\0')
			return false;
	}
	*frequency = ppm * 1e-6;
	/* What is not known at all is learned anew; more says no more. */
	*error = fmin(uncertainty * 1e-6, CLOCK_FREQUENCY_ERROR);
	return true;
}

int64_t
drift_time(const char *file)
{
	struct stat	 st;

	return stat(file, &st) == 0 ? st.st_mtime : 0;
}

enum drift_status
drift_read(const char *file, double *frequency, double *error)
{
	char		 text[DRIFT_MAX_LEN + 1];
	ssize_t		 n = file_read(file, FILE_ANYBODYS, text,
	    sizeof(text));

	if (n == -1)
		return errno == ENOENT ? DRIFT_MISSING : DRIFT_UNREADABLE;
	if ((size_t)n == sizeof(text) || memchr(text, '\0', (size_t)n) != NULL)
		return DRIFT_CORRUPT;
	text[n] = '\0';
	return parse(text, frequency, error) ? DRIFT_OK : DRIFT_CORRUPT;
}

bool
drift_write(const char *file, double frequency, double error)
{
	char		 text[DRIFT_MAX_LEN];
	int		 len;

	frequency *= 1e6;
	error *= 1e6;
	len = snprintf(text, sizeof(text), "%.6f %.6f\n", frequency, error);
	if (len < 0 || (size_t)len >= sizeof(text) || !isfinite(frequency) ||
	    !isfinite(error)) {
		errno = ERANGE;
		return false;
	}
	return file_replace(file, 0644, text, (size_t)len);
}

bool
drift_worth_writing(const struct drift *saved, const struct drift *now,
    double age)
{
	double		 change = fabs(now->frequency - saved->frequency);

	if (age < DRIFT_SOON)
		return false;
	if (now->error < DRIFT_SURER * saved->error)
		return true;
	return change >= DRIFT_CHANGE && (age >= DRIFT_INTERVAL ||
	    change > DRIFT_WRONG_ERRORS * (saved->error + now->error));
}
