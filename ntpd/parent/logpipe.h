/*
 * The children's log lines on their way to syslog.  They write to standard
 * error; without -d that is a pipe which ends here.
 */
#ifndef NTPD_PARENT_LOGPIPE_H
#define NTPD_PARENT_LOGPIPE_H

#include <stddef.h>

#define LOGPIPE_LINE	1024

struct logpipe {
	int		 fd;		/* -1: not used */
	char		 line[LOGPIPE_LINE];
	size_t		 len;
};

/* Make the pipe and put its end to standard error; fatal on failure. */
void	 logpipe_open(struct logpipe *lp);

/*
 * Log what has come, at most a bounded amount: lines, each with an optional
 * "<priority>" in front.  Longer ones are cut.
 */
void	 logpipe_read(struct logpipe *lp);

#endif
