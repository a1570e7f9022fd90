/*
 * Reading and replacing small files.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "common/own.h"
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

bool
file_is_own(const struct stat *st)
{
	errno = S_ISREG(st->st_mode) ? EPERM : EINVAL;
	return S_ISREG(st->st_mode) && own_is(st->st_uid) &&
	    (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static bool
is_trusted(enum file_trust trust, const struct stat *st)
{
	if (trust == FILE_OWN)
		return file_is_own(st);
	errno = EPERM;
	return trust == FILE_ANYBODYS ||
	    (st->st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

ssize_t
file_read(const char *file, enum file_trust trust, void *data, size_t size)
{
	struct stat	 st;
	ssize_t		 n;
	int		 fd, saved;

	fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1)
		return -1;
	n = read(fd, data, size);
	if (n != -1 && (fstat(fd, &st) == -1 || !is_trusted(trust, &st)))
		n = -1;
	saved = errno;
	close(fd);
	errno = saved;
	return n;
}
