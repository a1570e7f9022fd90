/*
 * Writes the seeds of the fuzz target that it is linked with.
 *
 * usage: TARGET_seeds directory
 */
#include <err.h>

#include "regress/fuzz/fuzz.h"

int
main(int argc, char *argv[])
{
	if (argc != 2)
		errx(2, "usage: %s directory", argv[0]);
	write_seeds(argv[1]);
	return 0;
}
