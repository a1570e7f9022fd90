/*
 * From the children's standard error to syslog.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/logpipe.h"

#define READS_PER_TURN	8	/* a chattering child must not hold us, */
#define BURST		1000	/* lines: nor fill the log: these at once, */
#define INTERVAL	1.0	/* s: then one in this time */

void
logpipe_open(struct logpipe *lp)
{
	int		 fds[2];

	if (pipe2(fds, O_CLOEXEC) == -1 ||
	    fcntl(fds[0], F_SETFL, O_NONBLOCK) == -1 ||
	    dup2(fds[1], STDERR_FILENO) == -1)
		fatal("cannot make a pipe for the log");
	/* A full pipe must not hold a child, either: the line is lost. */
	if (fcntl(STDERR_FILENO, F_SETFL, O_NONBLOCK) == -1)
		fatal("cannot make a pipe for the log");
	close(fds[1]);
	memset(lp, 0, sizeof(*lp));
	lp->fd = fds[0];
	lp->limit.burst = BURST;
	lp->limit.interval = INTERVAL;
}

/* May one more line of PRIORITY be logged?  Debug ones may if wanted at all. */
static bool
may_log(struct logpipe *lp, int priority)
{
	uint64_t	 suppressed;

	if (priority == LOG_DEBUG)
		return true;
	if (!log_allowed(&lp->limit, instant_now(), &suppressed))
		return false;
	if (suppressed > 0)
		log_warnx("%llu lines of children were too many, not logged",
		    (unsigned long long)suppressed);
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
		log_at(priority, "%s", line);
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

	for (i = 0; i < READS_PER_TURN; i++) {
		if ((n = read(lp->fd, buf, sizeof(buf))) <= 0)
			return;
		take(lp, buf, (size_t)n);
	}
}
