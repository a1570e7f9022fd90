/*
 * The page of memory in which ntpd says how right the clock is, for any number
 * of readers: a file that they map.  It is described in ntptime(3), byte by
 * byte; a change of the layout raises BOUND_VERSION.
 *
 * One process writes it.  While it does, the generation is odd.
 */
#ifndef COMMON_BOUNDPAGE_H
#define COMMON_BOUNDPAGE_H

#include <stddef.h>
#include <stdint.h>

#define BOUND_PATH	"/run/ntpd/bound"
#define BOUND_MAGIC	"ntpbound"
#define BOUND_VERSION	2

/*
 * If the clock's lead is another one by more than this, ns, somebody has set
 * the clock; less may come from how long the two readings took.
 */
#define BOUND_STEP	1000000

/*
 * Where the hypervisor's marker is (sensor/vmclock.h), and where in that page:
 * a reader compares it with that of ours.
 */
#define VMCLOCK_PATH	"/dev/vmclock0"
#define VMCLOCK_MAGIC	"VCLK"
#define VMCLOCK_MARKER	16

/* Worth of a status, the same as in ntptime.h and in ClockBound's segments. */
enum bound_status {
	BOUND_UNKNOWN,
	BOUND_SYNCHRONIZED,
	BOUND_FREE_RUNNING,
	BOUND_DISRUPTED
};

/* Times are ns of CLOCK_BOOTTIME, bounds and the offset ns. */
struct bound_page {
	char		 magic[8];	/* BOUND_MAGIC, without NUL */
	uint32_t	 version;
	uint32_t	 size;		/* of this struct */
	uint32_t	 generation;
	uint32_t	 status;	/* enum bound_status */
	int64_t		 as_of;		/* when the rest was so */
	int64_t		 fresh_until;	/* later: no better than free running */
	int64_t		 void_after;	/* later: unknown */
	int64_t		 certain;	/* |clock - true time| at most */
	int64_t		 likely;	/* the same in 99 % of the time */
	int64_t		 offset;	/* true time - clock, estimated */
	int64_t		 lead;		/* CLOCK_REALTIME - CLOCK_BOOTTIME */
	uint32_t	 drift;		/* ppb: by that both bounds grow */
	int32_t		 frequency;	/* ppb, the clock is corrected by */
	uint32_t	 leap;		/* enum ntp_leap: ends this UTC day */
	int32_t		 tai;		/* TAI - UTC, s; 0: not known */
	uint64_t	 marker;	/* true only while VMClock has this */
	uint32_t	 has_marker;	/* 1: it has one */
	uint32_t	 reserved;	/* 0 */
};

_Static_assert(sizeof(struct bound_page) == 112 &&
    offsetof(struct bound_page, generation) == 16 &&
    offsetof(struct bound_page, as_of) == 24, "ntptime(3) says so");

#endif
