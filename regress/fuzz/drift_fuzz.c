/*
 * Any bytes as a drift file: what is believed of it is in range, and what is
 * not is left alone.
 */
#include <sys/mman.h>

#include <err.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ntpd/parent/drift.h"
#include "ntpd/clock/policy.h"
#include "regress/fuzz/fuzz.h"

const size_t	 input_most = 140;	/* longer than is read */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char	 path[32];
	static int	 fd = -1;
	double		 frequency = 42, error = 43;

	if (fd == -1) {
		if ((fd = memfd_create("drift", MFD_CLOEXEC)) == -1)
			err(1, "memfd_create");
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	if (ftruncate(fd, 0) == -1 ||
	    pwrite(fd, data, size, 0) != (ssize_t)size)
		err(1, "memory");
	if (drift_read(path, &frequency, &error) == DRIFT_OK) {
		require(memchr(data, '\0', size) == NULL);
		require(fabs(frequency) <= POLICY_MAX_FREQUENCY);
		require(error >= 0 && error <= CLOCK_FREQUENCY_ERROR);
	} else
		require(frequency == 42 && error == 43);
	return 0;
}

/* ---- seeds ---- */

static const char *const files[] = {
	"", "-11.427000 0.021000\n", "12.5", " 12.5\t1e1 \n\n", "100000 0",
	"100001 0", "-1e5 1e300", "nan 1", "1 nan", "inf 1", "1 -inf", "1 -1",
	"0x1p3 0x.8p-1", "1 2 3", "1e", "1e-400 1e-400", "1e999", "- 1", "1,5"
};

void
make_seeds(void)
{
	char		 name[32];
	size_t		 i;

	for (i = 0; i < COUNT(files); i++) {
		snprintf(name, sizeof(name), "file_%zu", i);
		seed(name, files[i], strlen(files[i]));
	}
}
