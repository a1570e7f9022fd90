/* What the launcher may do. */
#ifndef NTPD_LAUNCHER_SANDBOX_H
#define NTPD_LAUNCHER_SANDBOX_H

#include "ntpd/sandbox.h"

extern const struct sandbox	 launcher_sandbox;

#endif
