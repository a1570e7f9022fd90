/*
 * Replacing a file.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "ntpd/config_shared.h"
#include "ntpd/parent/file.h"

bool
file_replace(const char *file, mode_t mode, const char *text, size_t len)
{
	char		 temp[CONFIG_PATH_LEN + 8];
	int		 fd, saved, n;
	bool		 ok;

	n = snprintf(temp, sizeof(temp), "%s.new", file);
	if (n < 0 || (size_t)n >= sizeof(temp)) {
		errno = ENAMETOOLONG;
		return false;
	}
	/* One may be left by a crash, or be a trap. */
	unlinkat(AT_FDCWD, temp, 0);
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    mode);
	if (fd == -1)
		return false;
	ok = write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
	saved = errno;
	close(fd);
	if (ok && renameat(AT_FDCWD, temp, AT_FDCWD, file) == 0)
		return true;
	if (ok)
		saved = errno;
	unlinkat(AT_FDCWD, temp, 0);
	errno = saved;
	return false;
}
