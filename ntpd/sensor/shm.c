/*
 * Shared memory is only read.  What is new in it shows by what differs, so that
 * "valid" need not be cleared, as others do.
 */
#include <sys/ipc.h>
#include <sys/shm.h>

#include <math.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include "common/leap.h"
#include "common/ns.h"
#include "common/own.h"
#include "ntpd/sensor/shm.h"

/* What a precision may be, log2 s: below a ns it makes no difference. */
#define PRECISION_LEAST	(-30)
#define PRECISION_MOST	0

/* The second half of a time, ns: the more exact one if both are the same. */
static int64_t
part(int usec, unsigned nsec)
{
	if (usec >= 0 && nsec / 1000 == (unsigned)usec)
		return nsec;
	return (int64_t)usec * 1000;
}

bool
shm_decode(struct reading *r, const struct shm_segment *s)
{
	*r = (struct reading){ .leap = (uint8_t)(s->leap & 3) };
	if (s->valid == 0 || s->leap < LEAP_NONE || s->leap >= LEAP_UNKNOWN ||
	    s->precision > PRECISION_MOST)
		return false;
	r->error = ldexp(1, s->precision < PRECISION_LEAST ? PRECISION_LEAST :
	    s->precision);
	return reading_time(s->receive_sec, part(s->receive_usec,
	    s->receive_nsec), &r->at) && reading_time(s->clock_sec,
	    part(s->clock_usec, s->clock_nsec), &r->truth) &&
	    reading_is_time(r->truth);
}

/* May nobody write to the segment whose state is ST but whom we believe? */
static const char *
refuse(const struct shmid_ds *st)
{
	const struct ipc_perm *perm = &st->shm_perm;

	if ((perm->mode & 022) != 0)
		return "others may write to it: remove it with ipcrm(1), then "
		    "restart ntpd and after that the program that writes it";
	if (!own_is(perm->uid) || !own_is(perm->cuid))
		return "it is not root's: remove it with ipcrm(1), then "
		    "restart ntpd and after that the program that writes it";
	if (st->shm_segsz < sizeof(struct shm_segment))
		return "it is too small";
	return NULL;
}

const char *
shm_attach(struct shm *shm, unsigned unit)
{
	struct shmid_ds	 st;
	const char	*why;
	void		*at;

	shm->id = shmget(SHM_KEY(unit), 0, 0);
	if (shm->id == -1)
		return "it is not there: restart ntpd, which makes it, and "
		    "after that the program that writes it";
	if (shmctl(shm->id, IPC_STAT, &st) == -1)
		return "it cannot be read: remove it with ipcrm(1), then "
		    "restart ntpd and after that the program that writes it";
	if ((why = refuse(&st)) != NULL)
		return why;
	at = shmat(shm->id, NULL, SHM_RDONLY);
	if (at == (void *)-1)
		return "it cannot be attached";
	shm->segment = at;
	memset(&shm->last, 0, sizeof(shm->last));
	return NULL;
}

/* Copy it to *S; false if it is being written. */
static bool
copy(const volatile struct shm_segment *from, struct shm_segment *s)
{
	*s = *from;
	atomic_thread_fence(memory_order_seq_cst);
	return s->mode != 1 || from->count == s->count;
}

enum look
shm_look(struct shm *shm, unsigned unit, struct reading *r)
{
	struct shm_segment s;

	if (shmget(SHM_KEY(unit), 0, 0) != shm->id) {
		shmdt((const void *)(uintptr_t)shm->segment);
		shm->segment = NULL;
		return LOOK_LOST;
	}
	if (!copy(shm->segment, &s) || s.valid == 0 ||
	    (s.receive_sec == shm->last.receive_sec &&
	    s.receive_usec == shm->last.receive_usec))
		return LOOK_NOTHING;
	shm->last = s;
	return shm_decode(r, &s) ? LOOK_NEWS : LOOK_NOTHING;
}
