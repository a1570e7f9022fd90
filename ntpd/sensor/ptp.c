/*
 * Reading a PTP clock against the system's.
 */
#include <sys/ioctl.h>

#include <errno.h>
#include <string.h>

#include "common/ns.h"
#include "ntpd/sensor/ptp.h"

#define TRIPLES		10	/* of one reading; tuned */

/* One that takes longer than that is none, ns. */
#define LONGEST		(NS_PER_S / 10)

/* Read at once: what it may be off by is not said, s; by taste. */
#define PRECISE_ERROR	1e-6

static bool
to_ns(const struct ptp_clock_time *t, int64_t *ns)
{
	return reading_time(t->sec, t->nsec, ns);
}

bool
ptp_decode(struct reading *r, const struct ptp_triple *triples, size_t n)
{
	const struct ptp_triple *t;
	int64_t		 before, device, after, least = LONGEST;

	for (t = triples; t < triples + n; t++) {
		if (!to_ns(&t->before, &before) ||
		    !to_ns(&t->device, &device) || !to_ns(&t->after, &after) ||
		    after < before || after - before >= least)
			continue;
		least = after - before;
		*r = (struct reading){ .clock = READING_REAL,
		    .at = before + least / 2, .truth = device,
		    .error = (double)least / 2 * 1e-9 + PRECISE_ERROR };
	}
	return least < LONGEST;
}

static bool
read_precise(int fd, struct reading *r)
{
	struct ptp_sys_offset_precise p;
	int64_t		 raw, device;

	memset(&p, 0, sizeof(p));
	if (ioctl(fd, PTP_SYS_OFFSET_PRECISE, &p) == -1)
		return false;
	errno = EINVAL;
	if (!to_ns(&p.sys_monoraw, &raw) || !to_ns(&p.device, &device))
		return false;
	*r = (struct reading){ .clock = READING_RAW, .at = raw,
	    .truth = device, .error = PRECISE_ERROR };
	return true;
}

static bool
read_extended(int fd, struct reading *r)
{
	struct ptp_sys_offset_extended p;
	struct ptp_triple triples[TRIPLES];
	size_t		 i;

	memset(&p, 0, sizeof(p));
	p.n_samples = TRIPLES;
	if (ioctl(fd, PTP_SYS_OFFSET_EXTENDED, &p) == -1)
		return false;
	for (i = 0; i < TRIPLES; i++)
		triples[i] = (struct ptp_triple){ p.ts[i][0], p.ts[i][1],
		    p.ts[i][2] };
	errno = EINVAL;
	return ptp_decode(r, triples, TRIPLES);
}

/* The system's time and the device's in turn, the system's last. */
static bool
read_plain(int fd, struct reading *r)
{
	struct ptp_sys_offset p;
	struct ptp_triple triples[TRIPLES];
	size_t		 i;

	memset(&p, 0, sizeof(p));
	p.n_samples = TRIPLES;
	if (ioctl(fd, PTP_SYS_OFFSET, &p) == -1)
		return false;
	for (i = 0; i < TRIPLES; i++)
		triples[i] = (struct ptp_triple){ p.ts[2 * i],
		    p.ts[2 * i + 1], p.ts[2 * i + 2] };
	errno = EINVAL;
	return ptp_decode(r, triples, TRIPLES);
}

/* What the kernel knows of TAI - UTC, s; 0: nothing. */
static int64_t
kernels_tai(void)
{
	int64_t		 apart = ns_read(CLOCK_TAI) - ns_read(CLOCK_REALTIME);

	return (apart + NS_PER_S / 2) / NS_PER_S;
}

bool
ptp_to_utc(int64_t *truth, int64_t kernel, const struct sensor_tai *list)
{
	int64_t		 seconds;

	if (kernel != 0) {
		*truth -= kernel * NS_PER_S;
		return true;
	}
	/* Nobody has set the clock yet: what time it is the device says. */
	seconds = *truth / NS_PER_S - list->ahead;
	if (list->ahead == 0 || seconds < list->from ||
	    seconds >= list->until)
		return false;
	*truth -= list->ahead * NS_PER_S;
	return true;
}

enum look
ptp_look_at_any(enum ptp_way *way, int fd, struct reading *r)
{
	static bool	(*const ways[])(int, struct reading *) = {
		[PTP_PRECISE] = read_precise, [PTP_EXTENDED] = read_extended,
		[PTP_PLAIN] = read_plain
	};

	for (; *way < PTP_NONE; (*way)++) {
		if (ways[*way](fd, r))
			return LOOK_NEWS;
		if (errno == ENODEV)
			return LOOK_LOST;
		if (errno == EBUSY || errno == EAGAIN || errno == EINTR)
			return LOOK_NOTHING;
	}
	return LOOK_LOST;
}

enum look
ptp_look(enum ptp_way *way, int fd, const struct sensor_tai *list,
    struct reading *r)
{
	const enum look	 came = ptp_look_at_any(way, fd, r);

	if (came != LOOK_NEWS)
		return came;
	return (list == NULL || ptp_to_utc(&r->truth, kernels_tai(), list)) &&
	    reading_is_time(r->truth) ? LOOK_NEWS : LOOK_NOTHING;
}
