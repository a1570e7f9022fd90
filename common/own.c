/*
 * The user of this process: asked of the kernel, or remembered.
 */
#include <unistd.h>

#include "common/own.h"

#define NOBODY	((uid_t)-1)

static uid_t		 remembered = NOBODY;

void
own_remember(void)
{
	remembered = geteuid();
}

bool
own_is(uid_t uid)
{
	return uid == 0 ||
	    uid == (remembered != NOBODY ? remembered : geteuid());
}
