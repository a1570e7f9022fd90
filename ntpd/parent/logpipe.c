/*
 * From a child's standard error to the log.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/logpipe.h"

/* All tuned: a chattering child must not hold us, nor fill the log. */
#define READS_PER_TURN	8
#define BURST		1000	/* lines at once, */
#define INTERVAL	1.0	/* s: then one in this time */
#define DEBUG_BURST	10000	/* the same for debug lines */
#define DEBUG_INTERVAL	0.01

int
logpipe_open(struct logpipe *lp, const char *name)
{
	int		 fds[2];

	logpipe_close(lp);
	/* A full pipe must not hold the child, either: the line is lost. */
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) == -1)
		return -1;
	lp->fd = fds[0];
	lp->slot = -1;
	lp->name = name;
	lp->len = 0;
	/* The limits stay: a child does not get more by ending. */
	lp->limit.burst = BURST;
	lp->limit.interval = INTERVAL;
	lp->debug.burst = DEBUG_BURST;
	lp->debug.interval = DEBUG_INTERVAL;
	return fds[1];
}

/* May one more line of PRIORITY be logged? */
static bool
may_log(struct logpipe *lp, int priority)
{
	uint64_t	 suppressed;

	if (!log_allowed(priority == LOG_DEBUG ? &lp->debug : &lp->limit,
	    instant_now(), &suppressed))
		return false;
	if (suppressed > 0)
		log_warnx("%s: %llu lines were too many, not logged",
		    lp->name, (unsigned long long)suppressed);
	return true;
}

/* "<6>text" has a priority; a line without (a library's) is an error. */
static void
pass_on(struct logpipe *lp)
{
	const char	*line = lp->line;
	int		 priority = LOG_ERR;

	if (line[0] == '<' && line[1] >= '2' && line[1] <= '7' &&
	    line[2] == '>') {
		priority = line[1] - '0';
		line += 3;
	}
	if (may_log(lp, priority))
		log_at(priority, "%s: %s", lp->name, line);
}

static void
take(struct logpipe *lp, const char *buf, size_t len)
{
	size_t		 i;

	for (i = 0; i < len; i++) {
		if (buf[i] == '\n') {
			lp->line[lp->len] = '\0';
			if (lp->len > 0)
				pass_on(lp);
			lp->len = 0;
		} else if (lp->len < sizeof(lp->line) - 1)
			lp->line[lp->len++] = buf[i];
	}
}

void
logpipe_read(struct logpipe *lp)
{
	char		 buf[4096];
	ssize_t		 n;
	int		 i;

	for (i = 0; i < READS_PER_TURN && lp->fd != -1; i++) {
		n = read(lp->fd, buf, sizeof(buf));
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n > 0) {
			take(lp, buf, (size_t)n);
			continue;
		}
		close(lp->fd);
		lp->fd = -1;
	}
}

void
logpipe_close(struct logpipe *lp)
{
	logpipe_read(lp);
	if (lp->fd != -1)
		close(lp->fd);
	lp->fd = -1;
}

void
logpipe_poll(struct logpipe *lp, struct pollset *set)
{
	lp->slot = pollset_add(set, lp->fd, POLLIN);
}
