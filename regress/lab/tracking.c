/*
 * What chronyd says of its clock, from its command socket as chronyc gets it,
 * and ClockBound's formula on that: the bound that it tells programs.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "regress/lab/truth.h"

/* The command protocol's version 6: a request of tracking, and its answer. */
#define VERSION		6
#define REQUEST		1
#define ANSWER		2
#define TRACKING	33
#define TRACKING_ANSWER	5
#define LEN		104		/* of both */
#define UNSYNCHRONIZED	3		/* leap status */

#define SOCKET		"/run/chrony/chronyd.sock"
#define OWN_SOCKET	"/run/chrony/truth.sock"

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

/* chrony's own form: 7 bits of exponent, 25 of coefficient, both signed. */
static double
get_float(const uint8_t *p)
{
	uint32_t	 x = get32(p);
	int		 exponent = (int)(x >> 25);
	int		 coefficient = (int)(x & 0x1ffffff);

	if (exponent >= 64)
		exponent -= 128;
	if (coefficient >= 1 << 24)
		coefficient -= 1 << 25;
	return ldexp(coefficient, exponent - 25);
}

/* A socket that is connected to chronyd's; -1: it is not there. */
static int
open_socket(void)
{
	struct sockaddr_un own = { .sun_family = AF_UNIX,
			    .sun_path = OWN_SOCKET };
	struct sockaddr_un peer = { .sun_family = AF_UNIX,
			    .sun_path = SOCKET };
	struct timeval	 longest = { .tv_sec = 1 };
	int		 fd;

	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	unlink(OWN_SOCKET);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof(longest));
	if (bind(fd, (struct sockaddr *)&own, sizeof(own)) == -1 ||
	    connect(fd, (struct sockaddr *)&peer, sizeof(peer)) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

/* |offset| + root dispersion + root delay / 2; infinite if it has none. */
static double
formula(const uint8_t *answer)
{
	if (answer[55] == UNSYNCHRONIZED)
		return INFINITY;
	return fabs(get_float(answer + 68)) + get_float(answer + 96) +
	    get_float(answer + 92) / 2;
}

void
tracking_sample(struct world *w)
{
	uint8_t		 request[LEN] = { VERSION, REQUEST };
	uint8_t		 answer[LEN];
	struct claim	*claim = &w->claims[w->nclaims];
	int		 fd = open_socket();

	if (fd == -1)
		return;
	request[5] = TRACKING;
	if (send(fd, request, LEN, 0) == LEN &&
	    recv(fd, answer, LEN, 0) == LEN && answer[0] == VERSION &&
	    answer[1] == ANSWER && answer[7] == TRACKING_ANSWER) {
		*claim = (struct claim){ .second = w->nerrors,
		    .error = clock_error(w), .stderr_ = INFINITY };
		claim->certain = formula(answer);
		claim->bound = claim->root_bound = claim->certain;
		claim->kernel = clock_maxerror();
		claim->synchronized = isfinite(claim->certain);
		w->nclaims++;
	}
	close(fd);
	unlink(OWN_SOCKET);
}
