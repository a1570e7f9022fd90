/*
 * Whose files a process takes for its own.
 */
#ifndef COMMON_OWN_H
#define COMMON_OWN_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * This process stays the user that it is, and may soon not be able to ask which
 * that is: remember it.
 */
void		 own_remember(void);

/* Is UID root or the user of this process?  Nobody else's word is taken. */
bool		 own_is(uid_t uid);

#endif
