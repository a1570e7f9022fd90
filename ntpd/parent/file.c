/*
 * Reading and replacing small files.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "ntpd/parent/file.h"

bool
file_replace(const char *file, mode_t mode, const void *data, size_t len)
{
	char		 temp[PATH_MAX];
	int		 fd, n, saved;
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
	ok = write(fd, data, len) == (ssize_t)len && fsync(fd) == 0;
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

ssize_t
file_read(const char *file, void *data, size_t size)
{
	ssize_t		 n;
	int		 fd, saved;

	fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1)
		return -1;
	n = read(fd, data, size);
	saved = errno;
	close(fd);
	errno = saved;
	return n;
}
