/* What the server processes may do. */
#ifndef NTPD_SERVER_SANDBOX_H
#define NTPD_SERVER_SANDBOX_H

#include "ntpd/sandbox.h"

extern const struct sandbox	 server_sandbox;

#endif
