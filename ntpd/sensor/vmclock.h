/*
 * The hypervisor's clock: a page of memory that says how true time goes with
 * the processor's counter, and with a marker that changes when the machine was
 * moved, restored or paused (UAPI.13, /dev/vmclock0).
 */
#ifndef NTPD_SENSOR_VMCLOCK_H
#define NTPD_SENSOR_VMCLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/boundpage.h"
#include "ntpd/sensor/reading.h"

/*
 * The page, as the specification has it: little-endian, as the machines are
 * that have these counters.  Others find the wrong version in it.
 */
struct vmclock_page {
	char		 magic[4];	/* VMCLOCK_MAGIC */
	uint32_t	 size;
	uint16_t	 version;
	uint8_t		 counter;	/* enum vmclock_counter */
	uint8_t		 type;		/* enum vmclock_type */
	uint32_t	 sequence;	/* odd while it is written */
	uint64_t	 marker;	/* of disruptions */
	uint64_t	 flags;
	uint8_t		 pad[2];
	uint8_t		 status;
	uint8_t		 smearing;	/* a hint for others; never smeared */
	int16_t		 tai;		/* TAI - UTC, s */
	uint8_t		 leap;
	uint8_t		 shift;		/* of the period and its errors */
	uint64_t	 value;		/* of the counter, then ... */
	uint64_t	 period;	/* of the counter, 2^-(64 + shift) s */
	uint64_t	 period_usual_error;
	uint64_t	 period_error;	/* at most */
	uint64_t	 seconds;	/* ... it was that */
	uint64_t	 fraction;	/* 2^-64 s */
	uint64_t	 usual_error;	/* ns */
	uint64_t	 error;		/* ns, at most */
};

_Static_assert(sizeof(struct vmclock_page) == 104 &&
    offsetof(struct vmclock_page, marker) == VMCLOCK_MARKER &&
    offsetof(struct vmclock_page, value) == 40 &&
    offsetof(struct vmclock_page, seconds) == 72, "as it is specified");

enum vmclock_counter {
	VMCLOCK_ARM = 0,
	VMCLOCK_X86 = 1,
	VMCLOCK_NO_COUNTER = 0xff	/* it has a marker, but no time */
};

enum vmclock_type { VMCLOCK_UTC = 0, VMCLOCK_TAI = 1 };

enum vmclock_status {
	VMCLOCK_SYNCHRONIZED = 2,
	VMCLOCK_FREE_RUNNING = 3	/* its errors still hold */
};

enum vmclock_leap {
	VMCLOCK_NO_LEAP = 0,
	VMCLOCK_INSERT = 1,		/* at the end of the month */
	VMCLOCK_DELETE = 2,
	VMCLOCK_INSERTING = 3,		/* in that second */
	VMCLOCK_INSERTED = 4,
	VMCLOCK_DELETED = 5
};

#define VMCLOCK_HAS_TAI			(1U << 0)	/* of the flags */
#define VMCLOCK_HAS_PERIOD_ERROR	(1U << 4)
#define VMCLOCK_HAS_ERROR		(1U << 6)

/* The processor's counter and CLOCK_MONOTONIC_RAW at one moment. */
struct vmclock_moment {
	enum vmclock_counter counter;	/* that this processor has */
	uint64_t	 value;
	int64_t		 raw;		/* ns */
	double		 error;		/* s, how well they go together */
};

/*
 * Is *PAGE, of which SIZE bytes were read, one that can be understood?  False
 * as well while it is being written; then *WAIT is true.
 */
bool	 vmclock_is_page(const struct vmclock_page *page, size_t size,
	    bool *wait);

/*
 * What *PAGE says that it was at the moment M.  False, *R undefined, if it does
 * not say it, or says what cannot be.
 */
bool	 vmclock_decode(struct reading *r, const struct vmclock_page *page,
	    const struct vmclock_moment *m);

/*
 * Look at the device FD.  *MARKER is what is there, and *KNOWN then true, also
 * if it has no time.
 */
enum look vmclock_look(int fd, struct reading *r, uint64_t *marker,
	    bool *known);

#endif
