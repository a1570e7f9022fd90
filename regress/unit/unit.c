/*
 * What several unit tests need.
 */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "regress/unit/unit.h"

static FILE	*captured;
static int	 real_stderr = -1;

void
assert_near(double got, double want, double within)
{
	if (!(fabs(got - want) <= within))
		fail_msg("%.12g is not %.12g", got, want);
}

int
open_fds(void)
{
	DIR		*dir = opendir("/proc/self/fd");
	int		 n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

int
capture_begin(void **state)
{
	(void)state;
	log_init(LOG_TO_STDERR, 0);
	if ((captured = tmpfile()) == NULL ||
	    (real_stderr = dup(STDERR_FILENO)) == -1)
		return -1;
	return dup2(fileno(captured), STDERR_FILENO) == -1 ? -1 : 0;
}

unsigned
capture_count(const char *text)
{
	static char	 all[256 * 1024];
	const char	*at = all;
	unsigned	 n = 0;
	ssize_t		 len;

	/* Standard error shares the offset; pread(2) leaves it alone. */
	len = pread(fileno(captured), all, sizeof(all) - 1, 0);
	assert_in_range(len, 0, sizeof(all) - 2);
	all[len] = '\0';
	for (; (at = strstr(at, text)) != NULL; at += strlen(text))
		n++;
	return n;
}

int
capture_end(void **state)
{
	(void)state;
	fclose(captured);
	if (dup2(real_stderr, STDERR_FILENO) == -1)
		return -1;
	return close(real_stderr);
}
