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

/*
 * Read up to SIZE bytes of FILE into DATA: how many, or -1 with errno.  What is
 * no regular file does not block.
 */
ssize_t	 file_read(const char *file, void *data, size_t size);

/*
 * The same, but only of a file that nobody else than root and this user can
 * write.
 */
ssize_t	 file_read_own(const char *file, void *data, size_t size);

/* Is that such a file?  If not, errno says why. */
bool	 file_is_own(const struct stat *st);

#endif
