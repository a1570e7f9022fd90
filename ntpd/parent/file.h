/*
 * Small files of the parent's, as a whole.
 */
#ifndef NTPD_PARENT_FILE_H
#define NTPD_PARENT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

/*
 * Replace FILE by the LEN bytes of DATA in one step: a new file beside it, of
 * MODE, synced, renamed over it, so that a crash leaves the old or the new one.
 * False with errno on failure.
 */
bool	 file_replace(const char *file, mode_t mode, const void *data,
	    size_t len);

/* Which files are read. */
enum file_trust {
	FILE_ANYBODYS,		/* any */
	FILE_OWN,		/* nobody but root and this user can write it */
	FILE_SECRET		/* nobody but its owner can read or write it */
};

/*
 * Read up to SIZE bytes of FILE into DATA: how many, or -1 with errno, which is
 * EPERM if it is none of TRUST.  What is no regular file does not block.
 */
ssize_t	 file_read(const char *file, enum file_trust trust, void *data,
	    size_t size);

/* Is it one that is FILE_OWN?  If not, errno says why. */
bool	 file_is_own(const struct stat *st);

#endif
