/*
 * The children's log lines on their way to syslog.  They write to standard
 * error; without -d that is a pipe which ends here.
 */
#ifndef NTPD_PARENT_LOGPIPE_H
#define NTPD_PARENT_LOGPIPE_H

#include <stddef.h>

#include "common/log.h"

#define LOGPIPE_LINE	1024

struct logpipe {
	int		 fd;		/* -1: not used */
	char		 line[LOGPIPE_LINE];
	size_t		 len;
	struct log_limit limit;		/* of a child that floods it */
};

/* Make the pipe and put its end to standard error; fatal on failure. */
void	 logpipe_open(struct logpipe *lp);

/*
 * Log what has come, at most a bounded amount: lines, each with an optional
 * "<priority>" in front.  Longer ones are cut, too many (debug ones apart)
 * are counted and left out.
 */
void	 logpipe_read(struct logpipe *lp);

#endif
