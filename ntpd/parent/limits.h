/*
 * What is left of the engine's limits, over a start that nobody asked for.
 */
#ifndef NTPD_PARENT_LIMITS_H
#define NTPD_PARENT_LIMITS_H

#include <stdbool.h>

#include "ntpd/clock/budget.h"
#include "ntpd/clock/policy.h"

/* Write them to FILE; false with errno. */
bool	 limits_write(const char *file, const struct policy *policy,
	    const struct budget *budget);

/*
 * Go on with the limits that FILE has: of *POLICY all but its configuration, of
 * *BUDGET all but the frequency that the clock has now.  False if there is no
 * such file, or it is not of this program or not of the time before NOW, as
 * after the machine has started, or says what cannot be: both are left alone
 * then.
 */
bool	 limits_read(const char *file, struct policy *policy,
	    struct budget *budget, struct instant now);

#endif
