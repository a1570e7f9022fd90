/* What the parent may do once its children run. */
#ifndef NTPD_PARENT_SANDBOX_H
#define NTPD_PARENT_SANDBOX_H

#include "ntpd/sandbox.h"

extern const struct sandbox	 parent_sandbox;

/* Its capabilities with -x, by which it never touches the clock. */
extern const char	*const parent_read_only_capabilities;

#endif
