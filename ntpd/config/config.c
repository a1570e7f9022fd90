/*
 * ntpd.conf as a whole: the defaults, the file and whether it can be trusted.
 */
#include "common/rfc5905.h"
#include "ntpd/config.h"

#include <sys/stat.h>

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ntpd/config/defaults.h"
#include "ntpd/config/statement.h"

#define SIZE_MOST	(1024 * 1024)

void
config_default(struct config *conf)
{
	memset(conf, 0, sizeof(*conf));
	conf->workers = 1;
	conf->ratelimit.burst = RATELIMIT_BURST;
	conf->ratelimit.leak = RATELIMIT_LEAK;
	conf->ratelimit.prefix4 = RATELIMIT_PREFIX4;
	conf->ratelimit.prefix6 = RATELIMIT_PREFIX6;
	conf->step.threshold = STEPT;
	setting_defaults(conf);
}

void
config_free(struct config *conf)
{
	free(conf->rules);
	conf->rules = NULL;
	conf->nrules = 0;
}

static void
parser_init(struct parser *p, struct config *conf, const char *name,
    const struct config_reports *reports)
{
	memset(p, 0, sizeof(*p));
	p->conf = conf;
	p->name = name;
	p->reports = *reports;
	p->port = &p->server.port;
	config_default(conf);
}

static bool
parse(struct parser *p, const char *text, size_t len)
{
	if (len > SIZE_MOST) {
		parser_error(p, 0, "larger than 1 MiB, this is no ntpd.conf");
		return false;
	}
	lex_open(&p->lex, text, len);
	if (yyparse(p) != 0)
		parser_error(p, p->lex.line, "out of memory");
	else
		check_whole(p);
	if (p->errors > 0)
		config_free(p->conf);
	return p->errors == 0;
}

bool
config_parse(struct config *conf, const char *name, const char *text,
    size_t len, const struct config_reports *reports)
{
	struct parser	 p;

	parser_init(&p, conf, name, reports);
	return parse(&p, text, len);
}

/*
 * May the open file decide whom the clock believes?  Checked on the
 * descriptor, so that it is this very file.
 */
static bool
check_file(struct parser *p, int fd)
{
	struct stat	 st;

	if (fstat(fd, &st) == -1)
		parser_error(p, 0, "cannot be examined: %s", strerror(errno));
	else if (!S_ISREG(st.st_mode))
		parser_error(p, 0, "is not a regular file, give the path of "
		    "one with -f");
	else if (st.st_size > SIZE_MOST)
		parser_error(p, 0, "larger than 1 MiB, this is no ntpd.conf");
	else {
		if (st.st_uid != 0 && st.st_uid != geteuid())
			parser_error(p, 0, "belongs to user %u who could "
			    "change it, run: chown root %.200s",
			    (unsigned)st.st_uid, p->name);
		if (st.st_mode & (S_IWGRP | S_IWOTH))
			parser_error(p, 0, "can be written by group or "
			    "others, run: chmod go-w %.200s", p->name);
	}
	return p->errors == 0;
}

/* Who may write the folder PATH may replace what is in it. */
static void
check_folder(struct parser *p, const char *path)
{
	struct stat	 st;

	if (stat(path, &st) == -1)
		parser_error(p, 0, "its folder %.200s cannot be examined: %s",
		    path, strerror(errno));
	else if (st.st_uid != 0 && st.st_uid != geteuid())
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

static bool
load(struct parser *p, int fd)
{
	char	*text;
	ssize_t	 len;
	bool	 good = false;

	if (!check_file(p, fd) || !check_folders(p))
		return false;
	text = malloc(SIZE_MOST + 1);
	if (text == NULL) {
		parser_error(p, 0, "out of memory");
		return false;
	}
	len = read_all(fd, text, SIZE_MOST + 1);
	if (len == -1)
		parser_error(p, 0, "cannot be read: %s", strerror(errno));
	else
		good = parse(p, text, (size_t)len);
	free(text);
	return good;
}

bool
config_load(struct config *conf, const char *file,
    const struct config_reports *reports)
{
	struct parser	 p;
	bool		 good;
	int		 fd;

	parser_init(&p, conf, file, reports);
	/* Non-blocking, or a FIFO would hold up the start for ever. */
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1) {
		parser_error(&p, 0, "cannot be opened: %s", strerror(errno));
		return false;
	}
	good = load(&p, fd);
	close(fd);
	return good;
}
