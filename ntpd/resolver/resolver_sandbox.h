/* What the resolver may do. */
#ifndef NTPD_RESOLVER_SANDBOX_H
#define NTPD_RESOLVER_SANDBOX_H

#include "ntpd/sandbox.h"

extern const struct sandbox	 resolver_sandbox;

#endif
