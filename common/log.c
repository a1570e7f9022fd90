/*
 * Log messages.  A message is one line and one write(2), short enough for a
 * pipe to keep it whole, so that lines of several processes never mix.  What
 * it quotes may come from strangers: control characters are made visible, so
 * that nobody writes lines of his own into the log or to a terminal.
 *
 * Nothing here allocates memory, changes errno, waits for a reader or needs
 * other system calls than ppoll(2) and write(2) (with syslog: what syslog(3)
 * needs), so it works in the tightest sandbox and on the way out.
 */
#include "common/log.h"

#include <sys/stat.h>

#include <assert.h>
#include <bsd/string.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_SIZE	960		/* a message */
#define REASON_SIZE	96		/* of these, for errno's text */
#define VISIBLE_SIZE	(4 * TEXT_SIZE)	/* each byte as "\ooo" */
#define LINE_SIZE	(8 + VISIBLE_SIZE)

static_assert(LINE_SIZE <= PIPE_BUF, "a line must reach a pipe in one piece");

static struct {
	enum log_target	 target;
	int		 verbose;
	int		 copy;			/* -1: none */
	unsigned	 lost;			/* messages, since the last */
} state = { .copy = -1 };

void
log_init(enum log_target target, int verbose)
{
	if (state.target == LOG_TO_SYSLOG)
		closelog();
	state.target = target;
	state.verbose = verbose;
	if (target == LOG_TO_SYSLOG)
		openlog("ntpd", LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

enum log_target
log_standard_error(void)
{
	const char	*stream = getenv("JOURNAL_STREAM");
	struct stat	 st;
	char		 text[64];

	if (stream == NULL || fstat(STDERR_FILENO, &st) == -1)
		return LOG_TO_STDERR;
	snprintf(text, sizeof(text), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	return strcmp(stream, text) == 0 ? LOG_TO_JOURNAL : LOG_TO_STDERR;
}

void
log_copy_to(int fd)
{
	state.copy = fd;
}

/*
 * Copy TEXT to VISIBLE with everything but printable ASCII as "\ooo".  Bytes
 * above that are no exception: some terminals take 0x9b for an escape.  A
 * backslash stays as it is, so a line can pass through here twice.  By hand,
 * because libbsd's strvisx(3) allocates memory.
 */
static void
make_visible(char visible[VISIBLE_SIZE], const char *text)
{
	unsigned char	 c;

	for (; (c = (unsigned char)*text) != '\0'; text++) {
		if (c >= ' ' && c <= '~') {
			*visible++ = (char)c;
			continue;
		}
		*visible++ = '\\';
		*visible++ = (char)('0' + (c >> 6));
		*visible++ = (char)('0' + (c >> 3 & 7));
		*visible++ = (char)('0' + (c & 7));
	}
	*visible = '\0';
}

/*
 * Would a write of a line to FD wait?  A pipe that is ready has room for
 * PIPE_BUF bytes, a socket for more.
 */
static bool
would_wait(int fd)
{
	struct pollfd	 pfd = { .fd = fd, .events = POLLOUT };
	const struct timespec none = { .tv_sec = 0 };

	return ppoll(&pfd, 1, &none, NULL) == 0;
}

/* Write PREFIX and TEXT to FD, as a line.  False if there is no room for it. */
static bool
write_line(int fd, const char *prefix, const char *text)
{
	char	 line[LINE_SIZE];
	ssize_t	 n;
	int	 len;

	if (would_wait(fd))
		return false;
	len = snprintf(line, sizeof(line), "%s%s\n", prefix, text);
	while ((n = write(fd, line, (size_t)len)) == -1 && errno == EINTR)
		;
	return n != -1 || errno != EAGAIN;
}

/* To standard error; before it, how many got lost. */
static void
write_or_count(const char *prefix, const char *text)
{
	char	 lost[64];

	snprintf(lost, sizeof(lost), "%u messages were lost: nobody read the "
	    "log", state.lost);
	if (state.lost > 0 && write_line(STDERR_FILENO, prefix, lost))
		state.lost = 0;
	if (state.lost > 0 || !write_line(STDERR_FILENO, prefix, text))
		state.lost++;
}

/* Log TEXT, of less than TEXT_SIZE bytes. */
static void
write_message(int priority, const char *text)
{
	char	 visible[VISIBLE_SIZE], prefix[8] = "";

	make_visible(visible, text);
	if (state.target == LOG_TO_JOURNAL)
		snprintf(prefix, sizeof(prefix), "<%d>", LOG_PRI(priority));
	if (state.target == LOG_TO_SYSLOG)
		syslog(priority, "%s", visible);
	else
		write_or_count(prefix, visible);
	if (state.copy != -1 && LOG_PRI(priority) <= LOG_WARNING)
		(void)write_line(state.copy, "", visible);
}

static size_t	 format(char *, size_t, const char *, va_list)
		    __attribute__((format(printf, 3, 0)));
static void	 vlog(int, const char *, int, const char *, va_list)
		    __attribute__((format(printf, 4, 0)));

/* Put FMT's text into the SIZE bytes at TEXT; too long, it ends in dots. */
static size_t
format(char *text, size_t size, const char *fmt, va_list ap)
{
	int	 len = vsnprintf(text, size, fmt, ap);

	if (len < 0)
		return strlcpy(text, "(message cannot be formatted)", size);
	if ((size_t)len < size)
		return (size_t)len;
	memcpy(text + size - 4, "...", 4);
	return size - 1;
}

/* Log PREFIX and FMT's text and, if ERROR is not 0, what that stands for. */
static void
vlog(int priority, const char *prefix, int error, const char *fmt, va_list ap)
{
	char	 text[TEXT_SIZE], reason[REASON_SIZE];
	size_t	 len, room;
	int	 saved = errno;

	len = strlcpy(text, prefix, sizeof(text));
	room = sizeof(text) - len - (error != 0 ? REASON_SIZE : 0);
	len += format(text + len, room, fmt, ap);
	if (error != 0)
		snprintf(text + len, sizeof(text) - len, ": %s",
		    strerror_r(error, reason, sizeof(reason)));
	write_message(priority, text);
	errno = saved;
}

void
log_at(int priority, const char *fmt, ...)
{
	va_list	 ap;

	if (LOG_PRI(priority) == LOG_DEBUG && state.verbose <= 0)
		return;
	va_start(ap, fmt);
	vlog(priority, "", 0, fmt, ap);
	va_end(ap);
}

void
log_warn(const char *fmt, ...)
{
	va_list	 ap;

	va_start(ap, fmt);
	vlog(LOG_WARNING, "", errno, fmt, ap);
	va_end(ap);
}

void
fatal(const char *fmt, ...)
{
	va_list	 ap;

	va_start(ap, fmt);
	vlog(LOG_CRIT, "fatal: ", errno, fmt, ap);
	va_end(ap);
	exit(1);
}

void
fatalx(const char *fmt, ...)
{
	va_list	 ap;

	va_start(ap, fmt);
	vlog(LOG_CRIT, "fatal: ", 0, fmt, ap);
	va_end(ap);
	exit(1);
}

bool
log_allowed(struct log_limit *limit, struct instant now, uint64_t *suppressed)
{
	double	 elapsed = instant_diff(now, limit->last);

	/* The bucket leaks one message in each interval. */
	if (elapsed > 0)
		limit->level -= elapsed / limit->interval;
	if (!(limit->level > 0))
		limit->level = 0;
	limit->last = now;
	if (limit->level + 1 > limit->burst) {
		limit->suppressed++;
		return false;
	}
	limit->level++;
	if (suppressed != NULL)
		*suppressed = limit->suppressed;
	limit->suppressed = 0;
	return true;
}

bool
log_allowed_more(struct log_limit *limit, struct instant now,
    char more[LOG_MORE_LEN])
{
	uint64_t suppressed;

	more[0] = '\0';
	if (!log_allowed(limit, now, &suppressed))
		return false;
	if (suppressed > 0)
		snprintf(more, LOG_MORE_LEN, ", after %llu times more",
		    (unsigned long long)suppressed);
	return true;
}
