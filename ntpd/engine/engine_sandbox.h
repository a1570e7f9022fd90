/* What the engine may do. */
#ifndef NTPD_ENGINE_SANDBOX_H
#define NTPD_ENGINE_SANDBOX_H

#include "ntpd/sandbox.h"

extern const struct sandbox	 engine_sandbox;

#endif
