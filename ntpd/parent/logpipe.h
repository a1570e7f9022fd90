/*
 * A child's log lines.  It writes them to standard error, which is a pipe that
 * ends here: the parent adds the child's name, and no child can fill the log or
 * reach the parent's terminal.
 */
#ifndef NTPD_PARENT_LOGPIPE_H
#define NTPD_PARENT_LOGPIPE_H

#include <stddef.h>

#include "common/log.h"
#include "common/pollset.h"

#define LOGPIPE_LINE	1024

/* Zero-initialized but for fd, which is -1 while there is no pipe. */
struct logpipe {
	int		 fd;
	int		 slot;		/* in the pollset of this turn */
	const char	*name;		/* the child's */
	char		 line[LOGPIPE_LINE];
	size_t		 len;
	struct log_limit limit;		/* of a child that floods it */
	struct log_limit debug;		/* of its debug lines */
};

/*
 * Make a pipe for the lines of the child NAME (a constant), in the place of
 * what LP was.  Returns the end for the child, the caller's to close; -1 with
 * errno.
 */
int	 logpipe_open(struct logpipe *lp, const char *name);

/* Log what is left, a bounded amount, and close it; harmless if it is. */
void	 logpipe_close(struct logpipe *lp);

/* Add it to SET. */
void	 logpipe_poll(struct logpipe *lp, struct pollset *set);

/*
 * Log what has come, at most a bounded amount: lines, each with an optional
 * "<priority>" in front.  Longer ones are cut, too many are counted and left
 * out.  It is closed when nobody is left to write.
 */
void	 logpipe_read(struct logpipe *lp);

#endif
