/*
 * Asking the daemon: the control socket and the conversation on it.
 */
#ifndef NTPCTL_ASK_H
#define NTPCTL_ASK_H

#include <stddef.h>

#include "ntpctl/show.h"

#define ASK_TIMEOUT	5.0	/* s that the daemon has for each answer */
#define ASK_WHY_LEN	512	/* a sentence with a path in it */

enum ask_result {
	ASK_OK,
	ASK_LATER,		/* not running, busy, no answer: may change */
	ASK_NEVER		/* no permission, other version, nonsense */
};

/*
 * Ask the daemon at the socket PATH for PARTS (of enum show_part, not 0) and
 * put the answers into *REPORT, which is zero or was filled before.  SHOW_ALL
 * is without SHOW_SERVER if the daemon does not listen.  It has TIMEOUT
 * seconds, at least 1, for each part.  If not ASK_OK, WHY (ASK_WHY_LEN bytes)
 * says why, and the report is not to be shown.
 */
enum ask_result	 ask(const char *path, unsigned parts, double timeout,
		    struct report *report, char *why);

/* Free what REPORT holds and make it zero. */
void		 report_clear(struct report *report);

#endif
