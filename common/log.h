/*
 * Log messages, one line each.  The parent writes to syslog or standard
 * error; its children write to standard error, which is either the same or a
 * pipe to the parent, so that they need no privilege to be heard.
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <syslog.h>

#include "common/instant.h"

enum log_target {
	LOG_TO_STDERR,		/* for people */
	LOG_TO_JOURNAL,		/* standard error with <priority> prefixes */
	LOG_TO_SYSLOG
};

/* Start logging.  VERBOSE: 0 logs info and above, 1 and more debug, too. */
void	 log_init(enum log_target target, int verbose);

/*
 * LOG_TO_JOURNAL if systemd says, in JOURNAL_STREAM, that the journal reads
 * standard error, else LOG_TO_STDERR.
 */
enum log_target log_standard_error(void);

/*
 * Write warnings and what is worse to FD, too, as plain lines; -1 ends that.
 * A line that FD does not take at once is lost there.
 */
void	 log_copy_to(int fd);

/*
 * Write one line at a syslog(3) PRIORITY.  It is cut at 960 bytes; what is not
 * printable ASCII becomes "\ooo".  Keeps errno, as do all below.
 */
void	 log_at(int priority, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

/*
 * The vocabulary: debug for who is looking for a fault, info for changes of
 * state, warn for what somebody should know of.  The -e forms add errno's
 * text.  The fatal ones end the process with status 1.
 */
#define log_debug(...)	log_at(LOG_DEBUG, __VA_ARGS__)
#define log_info(...)	log_at(LOG_INFO, __VA_ARGS__)
#define log_warnx(...)	log_at(LOG_WARNING, __VA_ARGS__)
void	 log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void	 fatal(const char *fmt, ...)
	    __attribute__((noreturn, format(printf, 1, 2)));
void	 fatalx(const char *fmt, ...)
	    __attribute__((noreturn, format(printf, 1, 2)));

/*
 * A leaky bucket for messages that strangers can provoke: BURST at once, then
 * one in INTERVAL seconds.  Zero-initialize, set burst and interval.
 */
struct log_limit {
	unsigned	 burst;
	double		 interval;	/* s */
	double		 level;		/* messages in the bucket */
	struct instant	 last;
	uint64_t	 suppressed;	/* since the last allowed one */
};

#define LOG_MORE_LEN	64

/*
 * May one more be logged at NOW?  If so, MORE says how many were not logged
 * before, ", after 3 times more", or "".
 */
bool	 log_allowed_more(struct log_limit *limit, struct instant now,
	    char more[LOG_MORE_LEN]);

/*
 * May one more be logged at NOW?  Counts it as suppressed if not; when it may
 * be, *SUPPRESSED says how many were dropped before (NULL: not wanted).
 */
bool	 log_allowed(struct log_limit *limit, struct instant now,
	    uint64_t *suppressed);

#endif
