/*
 * A process that was taken over: linked around child_begin(), so that one of
 * ntpd's children, in its real sandbox and with its real channels, does what
 * the file rogue.conf beside the program says: the name of the process, and
 * how it is hostile.  What its filter forbids it does not try: that is
 * sandbox_test's.
 */
#include <sys/socket.h>

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/control.h"
#include "common/cookie.h"
#include "common/imsg.h"
#include "common/leap.h"
#include "common/operator.h"
#include "common/siphash.h"
#include "ntpd/child.h"

#define CHANNELS	3	/* from CHILD_CHANNEL_FD on, at most */
#define TURNS		2000	/* of a flood, until the channel is looked at */

void	 __real_child_begin(struct channel *parent, enum process self,
	    unsigned instance);
void	 __wrap_child_begin(struct channel *parent, enum process self,
	    unsigned instance);

static const size_t	 sizes[MESSAGE_COUNT] = {
#define SIZE(name, from, to, payload, ...)	[MSG_##name] = sizeof(payload),
	MESSAGES(SIZE)
#undef SIZE
};

/* Below N.  No library's, which may ask the kernel for more. */
static uint32_t
any(uint32_t n)
{
	static uint64_t	 x = 0x9e3779b97f4a7c15;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (uint32_t)(x >> 32) % n;
}

/* Throw away what has come, as a process does that listens to nobody. */
static void
ignore(int fd)
{
	static char	 buf[65536];

	while (recv(fd, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		continue;
}

/* All of it, if need be later; a half message would end the channel. */
static void
put(int fd, const void *bytes, size_t len)
{
	const char	*at = bytes;
	ssize_t		 n;

	while (len > 0) {
		n = send(fd, at, len, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n == -1 && errno != EAGAIN && errno != EINTR)
			return;
		ignore(fd);
		if (n > 0) {
			at += n;
			len -= (size_t)n;
		}
	}
}

/* What no program would think of: numbers that are none, or far too large. */
static void
fill(uint8_t *payload, size_t len)
{
	static const double odd[] = { NAN, INFINITY, -INFINITY, -0.0, 1e308,
	    5e-324, 86400, -86400, 0.1, 1e-6 };
	double		 number = odd[any(10)];
	size_t		 i;

	switch (any(3)) {
	case 0:
		for (i = 0; i < len; i++)
			payload[i] = (uint8_t)any(256);
		break;
	case 1:
		memset(payload, (int)any(256), len);
		break;
	default:
		for (i = 0; i + sizeof(number) <= len; i += sizeof(number))
			memcpy(payload + i, &number, sizeof(number));
		break;
	}
}

/* A message of TYPE with LEN bytes. */
static void
tell(int fd, uint32_t type, size_t len)
{
	static uint8_t	 frame[sizeof(struct imsg_header) + IMSG_MAX_PAYLOAD];
	const struct imsg_header hdr = { .type = type, .len = (uint32_t)len,
	    .id = any(8) };

	memcpy(frame, &hdr, sizeof(hdr));
	fill(frame + sizeof(hdr), len);
	put(fd, frame, sizeof(hdr) + len);
}

/* Every message, of its length or another. */
static void
talk(int fd)
{
	const uint32_t	 type = any(MESSAGE_COUNT + 2);
	size_t		 len = type < MESSAGE_COUNT ? sizes[type] : 8;

	if (any(8) == 0)
		len = any(IMSG_MAX_PAYLOAD + 1);
	tell(fd, type, len);
}

/* Lines for the log, with what a terminal would obey. */
static void
babble(int fd)
{
	static const char line[] = "<0>\033]0;OWNED\007engine: all is lost\n";

	(void)fd;
	if (write(STDERR_FILENO, line, sizeof(line) - 1) == -1)
		return;
}

/* More than half of a message, and no more. */
static void
stutter(int fd)
{
	const struct imsg_header hdr = { .type = MSG_ALIVE, .len = 1 };

	put(fd, &hdr, sizeof(hdr) - 1);
	for (;;)
		poll(NULL, 0, -1);
}

static void
hoard(int fd)
{
	char		*p = malloc(1 << 20);

	(void)fd;
	if (p != NULL)
		memset(p, 1, 1 << 20);
	else
		exit(1);
}

static void
die(int fd)
{
	(void)fd;
	exit(1);
}

static const struct {
	const char	*name;
	void		(*act)(int fd);	/* again and again */
} ways[] = {
	{ "talks", talk }, { "babbles", babble }, { "stutters", stutter },
	{ "hoards", hoard }, { "dies", die }
};

/* What SELF is to do: one of ways; COUNT of them: it is honest. */
static size_t
orders(enum process self)
{
	char		 path[4096], name[32], way[32];
	ssize_t		 len = readlink("/proc/self/exe", path,
	    sizeof(path) - 16);
	FILE		*f;
	size_t		 i = sizeof(ways) / sizeof(ways[0]);

	if (len <= 0)
		return i;
	path[len] = '\0';
	strcpy(strrchr(path, '/') + 1, "rogue.conf");
	f = fopen(path, "r");
	if (f == NULL)
		return i;
	if (fscanf(f, "%31s %31s", name, way) == 2 &&
	    strcmp(name, process_name(self)) == 0)
		for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
			if (strcmp(way, ways[i].name) == 0)
				break;
	fclose(f);
	return i;
}

void
__wrap_child_begin(struct channel *parent, enum process self,
    unsigned instance)
{
	const size_t	 way = orders(self);
	unsigned	 n;
	int		 fd = CHILD_CHANNEL_FD;

	__real_child_begin(parent, self, instance);
	if (way == sizeof(ways) / sizeof(ways[0]))
		return;
	for (n = 1;; n++) {
		ways[way].act(fd);
		if (n % TURNS == 0 && ++fd == CHILD_CHANNEL_FD + CHANNELS)
			fd = CHILD_CHANNEL_FD;
		/* The parent has ended: so does this. */
		if (n % TURNS == 0 && recv(CHILD_CHANNEL_FD, &(char){ 0 }, 1,
		    MSG_DONTWAIT | MSG_PEEK) == 0)
			exit(0);
	}
}
