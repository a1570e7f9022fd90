/*
 * The limits of what the engine may do to the clock are the parent's state.
 * When the engine or the launcher ends, all of the daemon ends, and a service
 * manager starts it again.  A new start has new limits, which an engine that
 * was taken over could bring about as often as it likes.  So the parent writes
 * down what is left when it ends for such a reason, and the next one goes on
 * with that.  When somebody ends the daemon, the file is removed: the start
 * after that is one that was asked for.
 *
 * The file is for this program on this boot of the machine: its instants are
 * those of the monotonic clock.  A user that can write it can write the drift
 * file, too, and is trusted; but what a disk, or somebody's mistake, made of it
 * is not.  The ranges are as wide as what an engine that was taken over can
 * bring about: it must not get new limits by making the old ones unbelievable.
 */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "common/version.h"
#include "ntpd/parent/file.h"
#include "ntpd/parent/limits.h"

struct limits {
	char		 program[16];	/* "ntpd", and its version */
	struct policy	 policy;
	struct budget	 budget;
};

static void
begin(struct limits *l)
{
	static const char program[16] = "ntpd " NTPD_VERSION;

	memset(l, 0, sizeof(*l));
	memcpy(l->program, program, sizeof(program));
}

/* Is there true or false in B?  Any byte may be. */
static bool
is_bool(const bool *b)
{
	uint8_t		 byte;

	memcpy(&byte, b, sizeof(byte));
	return byte <= 1;
}

static bool
is_amount(double x)
{
	return isfinite(x) && x >= 0;
}

/* Was T before END, on this boot? */
static bool
is_past(struct instant t, struct instant end)
{
	return t.ns >= 0 && !instant_before(end, t);
}

static bool
policy_can_be(const struct policy *p, struct instant at)
{
	return (unsigned)p->state <= PAUSED && is_bool(&p->synchronized) &&
	    is_bool(&p->was_synchronized) && is_bool(&p->new_started) &&
	    is_amount(p->jumped) && is_past(p->new_start, at) &&
	    is_amount(p->granted) && isfinite(p->stepped) &&
	    is_amount(-p->lowest) && is_amount(p->highest) &&
	    is_past(p->stepped_at, at);
}

/* The kernel's own frequency goes a little beyond what the policy permits. */
static bool
budget_can_be(const struct budget *b)
{
	return (unsigned)b->state <= BUDGET_SPENT &&
	    is_past(b->begun, b->at) && is_amount(b->spent) &&
	    fabs(b->home) <= 2 * POLICY_MAX_FREQUENCY &&
	    fabs(b->frequency) <= 2 * POLICY_MAX_FREQUENCY &&
	    fabs(b->slew) <= POLICY_MAX_SLEW_LARGE &&
	    is_past(b->slew_end, instant_add(b->at, POLICY_MAX_SLEW_TIME));
}

bool
limits_write(const char *file, const struct policy *policy,
    const struct budget *budget)
{
	static struct limits l;

	begin(&l);
	l.policy = *policy;
	l.budget = *budget;
	return file_replace(file, 0644, &l, sizeof(l));
}

bool
limits_read(const char *file, struct policy *policy, struct budget *budget,
    struct instant now)
{
	struct limits	 expected;
	static struct limits l;
	const struct policy fresh = *policy;

	begin(&expected);
	if (file_read(file, FILE_OWN, &l, sizeof(l)) != (ssize_t)sizeof(l) ||
	    memcmp(l.program, expected.program, sizeof(l.program)) != 0 ||
	    !is_past(l.budget.at, now) || !policy_can_be(&l.policy, now) ||
	    !budget_can_be(&l.budget))
		return false;
	*policy = l.policy;
	policy->step = fresh.step;
	policy->bounds = fresh.bounds;
	budget_resume(budget, &l.budget, now);
	return true;
}
