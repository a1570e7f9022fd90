/*
 * Reading a file of the configuration, if it can be trusted.
 */
#include "ntpd/config/trusted.h"

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/own.h"

/*
 * May the open file be believed, and is it as secret as it must be?  Checked
 * on the descriptor, so that it is this very file.
 */
static bool
check_file(struct parser *p, const struct trusted_rule *rule, int fd)
{
	struct stat	 st;

	if (fstat(fd, &st) == -1)
		parser_error(p, 0, "cannot be examined: %s", strerror(errno));
	else if (!S_ISREG(st.st_mode))
		parser_error(p, 0, "is not a regular file, %s", rule->hint);
	else if (st.st_size > TRUSTED_MOST)
		parser_error(p, 0, "larger than 1 MiB");
	else {
		if (!own_is(st.st_uid))
			parser_error(p, 0, "belongs to user %u who could "
			    "change it, run: chown root %.200s",
			    (unsigned)st.st_uid, p->name);
		if (st.st_mode & rule->forbidden)
			parser_error(p, 0, "%s, run: chmod %s %.200s",
			    rule->fault, rule->chmod, p->name);
	}
	return p->errors == 0;
}

/* A user that may write the folder PATH may replace what is in it. */
static void
check_folder(struct parser *p, const char *path)
{
	struct stat	 st;

	if (stat(path, &st) == -1)
		parser_error(p, 0, "its folder %.200s cannot be examined: %s",
		    path, strerror(errno));
	else if (!own_is(st.st_uid))
		parser_error(p, 0, "its folder %.200s belongs to user %u who "
		    "could replace it", path, (unsigned)st.st_uid);
	else if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0 &&
	    (st.st_mode & S_ISVTX) == 0)
		parser_error(p, 0, "its folder %.200s can be written by group "
		    "or others, run: chmod go-w %.200s", path, path);
}

/* All folders that the path goes through; of a relative one, from here on. */
static bool
check_folders(struct parser *p)
{
	char		 path[PATH_MAX];
	char		*slash;

	if (strlcpy(path, p->name, sizeof(path)) >= sizeof(path)) {
		parser_error(p, 0, "the path is too long");
		return false;
	}
	while ((slash = strrchr(path, '/')) != NULL && p->errors == 0) {
		*slash = '\0';
		check_folder(p, slash == path ? "/" : path);
	}
	if (p->name[0] != '/' && p->errors == 0)
		check_folder(p, ".");
	return p->errors == 0;
}

/*
 * All of FD into BUF of SIZE bytes; how many, or -1.  BUF is one byte larger
 * than what is allowed, so that a file that grows meanwhile is noticed.
 */
static ssize_t
read_all(int fd, char *buf, size_t size)
{
	size_t	 len = 0;
	ssize_t	 n;

	while (len < size) {
		n = read(fd, buf + len, size - len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/* All of the open file, as trusted_read() has it. */
static char *
read_text(struct parser *p, int fd, size_t *len)
{
	char	*text = malloc(TRUSTED_MOST + 1);
	ssize_t	 n;

	if (text == NULL) {
		parser_error(p, 0, "out of memory");
		return NULL;
	}
	n = read_all(fd, text, TRUSTED_MOST + 1);
	if (n == -1) {
		parser_error(p, 0, "cannot be read: %s", strerror(errno));
		free(text);
		return NULL;
	}
	*len = (size_t)n;
	return text;
}

char *
trusted_read(struct parser *p, const struct trusted_rule *rule, size_t *len)
{
	char	*text = NULL;
	int	 fd;

	/* Non-blocking, or a FIFO would hold up the start for ever. */
	fd = open(p->name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1) {
		parser_error(p, 0, "cannot be opened: %s", strerror(errno));
		return NULL;
	}
	if (check_file(p, rule, fd) && check_folders(p))
		text = read_text(p, fd, len);
	close(fd);
	return text;
}
