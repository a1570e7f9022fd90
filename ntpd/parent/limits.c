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
 * those of the monotonic clock.  Who can write it can write the drift file, and
 * is trusted.
 */
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
	struct config_step step = policy->step;

	begin(&expected);
	if (file_read(file, FILE_OWN, &l, sizeof(l)) != (ssize_t)sizeof(l) ||
	    memcmp(l.program, expected.program, sizeof(l.program)) != 0 ||
	    instant_before(now, l.budget.at))
		return false;
	*policy = l.policy;
	policy->step = step;
	budget_resume(budget, &l.budget, now);
	return true;
}
