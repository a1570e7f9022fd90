/*
 * A network card that stamps packets, for 42-hwtimestamp.t, which has it loaded
 * before the C library: its driver, its clock, which began with 77 s at the
 * boot, and the stamps, some microseconds nearer to the wire than the kernel's.
 */
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <time.h>
#include <linux/errqueue.h>
#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/ptp_clock.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SECOND		1000000000LL
#define BEGAN		(77 * SECOND)	/* ns, at the boot */
#define NEARER		5000		/* ns, to the wire */

static struct hwtstamp_config config;	/* the stamper's; no other's counts */

static long long
now(clockid_t clock)
{
	struct timespec	 ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec;
}

/* What the card's clock showed at REAL, which was not long ago. */
static long long
card_at(long long real)
{
	return now(CLOCK_MONOTONIC_RAW) - (now(CLOCK_REALTIME) - real) + BEGAN;
}

static struct ptp_clock_time
ptp_time(long long ns)
{
	return (struct ptp_clock_time){ .sec = ns / SECOND,
	    .nsec = (uint32_t)(ns % SECOND) };
}

static void
read_clock(struct ptp_sys_offset_extended *p)
{
	unsigned	 i;

	for (i = 0; i < p->n_samples; i++) {
		p->ts[i][0] = ptp_time(now(CLOCK_REALTIME));
		p->ts[i][1] = ptp_time(now(CLOCK_MONOTONIC_RAW) + BEGAN);
		p->ts[i][2] = ptp_time(now(CLOCK_REALTIME));
	}
}

/* What the card of NAME does from now on, to the log, by write(2) alone. */
static void
say(const char *name)
{
	char		 line[64];
	const int	 n = snprintf(line, sizeof(line), "%.15s stamps: %d, "
			    "%d\n", name, config.tx_type, config.rx_filter);

	if (write(STDERR_FILENO, line, (size_t)n) != n)
		_exit(1);
}

/* The answer to REQUEST about the card; -1 if it is about something else. */
static int
ask_card(unsigned long request, struct ifreq *ifr)
{
	struct ethtool_ts_info *info = (void *)ifr->ifr_data;

	if (request != SIOCSHWTSTAMP && request != SIOCGHWTSTAMP &&
	    request != SIOCETHTOOL)
		return -1;
	if (strcmp(ifr->ifr_name, "lo") == 0)
		return -1;
	if (request == SIOCSHWTSTAMP) {
		memcpy(&config, ifr->ifr_data, sizeof(config));
		say(ifr->ifr_name);
	} else if (request == SIOCGHWTSTAMP) {
		memcpy(ifr->ifr_data, &config, sizeof(config));
	} else if (info->cmd == ETHTOOL_GET_TS_INFO) {
		info->so_timestamping = SOF_TIMESTAMPING_TX_HARDWARE |
		    SOF_TIMESTAMPING_RX_HARDWARE |
		    SOF_TIMESTAMPING_RAW_HARDWARE;
		info->tx_types = 1 << HWTSTAMP_TX_ON;
		info->rx_filters = 1 << HWTSTAMP_FILTER_ALL;
		info->phc_index = 0;
	} else {
		return -1;
	}
	return 0;
}

int
ioctl(int fd, unsigned long request, ...)
{
	void		*arg;
	va_list		 ap;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (request == PTP_SYS_OFFSET_PRECISE) {
		errno = EOPNOTSUPP;
		return -1;
	}
	if (request == PTP_SYS_OFFSET_EXTENDED) {
		read_clock(arg);
		return 0;
	}
	if (ask_card(request, arg) == 0)
		return 0;
	return (int)syscall(SYS_ioctl, fd, request, arg);
}

ssize_t
recvmsg(int fd, struct msghdr *msg, int flags)
{
	const ssize_t	 n = syscall(SYS_recvmsg, fd, msg, flags);
	struct scm_timestamping ts;
	struct cmsghdr	*c;
	long long	 wire;

	for (c = n < 0 ? NULL : CMSG_FIRSTHDR(msg); c != NULL;
	    c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET ||
		    c->cmsg_type != SCM_TIMESTAMPING)
			continue;
		memcpy(&ts, CMSG_DATA(c), sizeof(ts));
		wire = card_at(ts.ts[0].tv_sec * SECOND + ts.ts[0].tv_nsec) +
		    (flags & MSG_ERRQUEUE ? NEARER : -NEARER);
		ts.ts[2].tv_sec = wire / SECOND;
		ts.ts[2].tv_nsec = wire % SECOND;
		memcpy(CMSG_DATA(c), &ts, sizeof(ts));
	}
	return n;
}
