/*
 * udpecho: the least that a server on a UDP socket can do, to measure others
 * by.  It checks, limits and counts nothing.
 *
 * usage: udpecho [-a address] [-p port] [-t seconds] -m mode
 *
 *	naive	one recvfrom and one sendto for each request
 *	batch	recvmmsg and sendmmsg, up to 64 at a time
 *	ntp	likewise, with the kernel's receive timestamps, one reading of
 *		the clock and all fields of an answer filled in
 *
 * Ends by itself after the seconds given (600).
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <bsd/stdlib.h>
#include <netinet/in.h>

#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BATCH		64
#define BUFFER_LEN	512
#define HEADER_LEN	48
#define EPOCH_OFFSET	2208988800U	/* s, from NTP's epoch to UNIX's */

struct control {
	_Alignas(struct cmsghdr) char space[CMSG_SPACE(
	    sizeof(struct timespec))];
};

/* Turn the request P into an answer; whether it is a request at all. */
static bool
answer(uint8_t *p, size_t len)
{
	if (len < HEADER_LEN || (p[0] & 7) != 3)
		return false;
	p[0] = (uint8_t)((p[0] & 0x38) | 4);
	p[1] = 1;
	memcpy(p + 24, p + 40, 8);
	return true;
}

static void
put_time(uint8_t *p, const struct timespec *ts)
{
	uint32_t	 s, fraction;

	s = htonl((uint32_t)(ts->tv_sec + EPOCH_OFFSET));
	fraction = htonl((uint32_t)(((uint64_t)ts->tv_nsec << 32) /
	    1000000000U));
	memcpy(p, &s, 4);
	memcpy(p + 4, &fraction, 4);
}

static bool
answer_in_full(uint8_t *p, size_t len, struct msghdr *hdr,
    const struct timespec *now)
{
	struct timespec	 arrival = *now;
	struct cmsghdr	*cmsg;

	if (!answer(p, len))
		return false;
	for (cmsg = CMSG_FIRSTHDR(hdr); cmsg != NULL;
	    cmsg = CMSG_NXTHDR(hdr, cmsg))
		if (cmsg->cmsg_level == SOL_SOCKET &&
		    cmsg->cmsg_type == SCM_TIMESTAMPNS)
			memcpy(&arrival, CMSG_DATA(cmsg), sizeof(arrival));
	p[3] = 0xe8;
	memset(p + 4, 0, 8);
	memcpy(p + 12, "LOCL", 4);
	put_time(p + 16, now);
	put_time(p + 32, &arrival);
	put_time(p + 40, now);
	return true;
}

static void
serve_naive(int fd)
{
	struct sockaddr_in from;
	socklen_t	 len;
	uint8_t		 packet[BUFFER_LEN];
	ssize_t		 n;

	for (;;) {
		len = sizeof(from);
		n = recvfrom(fd, packet, sizeof(packet), 0,
		    (struct sockaddr *)&from, &len);
		if (n > 0 && answer(packet, (size_t)n))
			sendto(fd, packet, (size_t)n, 0,
			    (struct sockaddr *)&from, len);
	}
}

static struct mmsghdr	in[BATCH], out[BATCH];
static struct iovec	in_iov[BATCH], out_iov[BATCH];
static struct sockaddr_in from[BATCH];
static uint8_t		packet[BATCH][BUFFER_LEN];
static struct control	control[BATCH];

static int
batch_receive(int fd, bool full)
{
	struct msghdr	*hdr;
	unsigned	 i;

	for (i = 0; i < BATCH; i++) {
		hdr = &in[i].msg_hdr;
		in_iov[i].iov_base = packet[i];
		in_iov[i].iov_len = sizeof(packet[i]);
		hdr->msg_name = &from[i];
		hdr->msg_namelen = sizeof(from[i]);
		hdr->msg_iov = &in_iov[i];
		hdr->msg_iovlen = 1;
		hdr->msg_control = full ? control[i].space : NULL;
		hdr->msg_controllen = full ? sizeof(control[i]) : 0;
	}
	return recvmmsg(fd, in, BATCH, MSG_WAITFORONE, NULL);
}

static void
batch_send(int fd, unsigned count)
{
	unsigned	 done = 0;
	int		 n;

	while (done < count) {
		n = sendmmsg(fd, out + done, count - done, 0);
		done += n > 0 ? (unsigned)n : 1;
	}
}

static void
serve_batches(int fd, bool full)
{
	struct timespec	 now = { 0 };
	unsigned	 count;
	int		 i, n;

	for (;;) {
		n = batch_receive(fd, full);
		if (full)
			clock_gettime(CLOCK_REALTIME, &now);
		count = 0;
		for (i = 0; i < n; i++) {
			if (!(full ? answer_in_full(packet[i], in[i].msg_len,
			    &in[i].msg_hdr, &now) :
			    answer(packet[i], in[i].msg_len)))
				continue;
			out_iov[count].iov_base = packet[i];
			out_iov[count].iov_len = in[i].msg_len;
			out[count].msg_hdr.msg_name = &from[i];
			out[count].msg_hdr.msg_namelen = sizeof(from[i]);
			out[count].msg_hdr.msg_iov = &out_iov[count];
			out[count].msg_hdr.msg_iovlen = 1;
			count++;
		}
		batch_send(fd, count);
	}
}

static unsigned
number(const char *text, unsigned most)
{
	const char	*why;
	long long	 n = strtonum(text, 1, most, &why);

	if (why != NULL)
		errx(2, "%s is %s", text, why);
	return (unsigned)n;
}

int
main(int argc, char *argv[])
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(123) };
	const char	*mode = "";
	unsigned	 seconds = 600;
	int		 c, fd, on = 1;

	while ((c = getopt(argc, argv, "a:m:p:t:")) != -1)
		switch (c) {
		case 'a':
			if (inet_pton(AF_INET, optarg, &addr.sin_addr) != 1)
				errx(2, "%s: not an IPv4 address", optarg);
			break;
		case 'm': mode = optarg; break;
		case 'p':
			addr.sin_port = htons((uint16_t)number(optarg,
			    UINT16_MAX));
			break;
		case 't': seconds = number(optarg, 3600); break;
		default: return 2;
		}
	alarm(seconds);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd == -1)
		err(1, "socket");
	if (strcmp(mode, "ntp") == 0 && setsockopt(fd, SOL_SOCKET,
	    SO_TIMESTAMPNS, &on, sizeof(on)) == -1)
		err(1, "SO_TIMESTAMPNS");
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == -1)
		err(1, "bind");
	if (strcmp(mode, "naive") == 0)
		serve_naive(fd);
	else if (strcmp(mode, "batch") == 0)
		serve_batches(fd, false);
	else if (strcmp(mode, "ntp") == 0)
		serve_batches(fd, true);
	errx(2, "no such mode: %s", mode);
}
