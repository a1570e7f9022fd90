/*
 * Members: which addresses of the hosts are asked, and which no longer.
 */
#ifndef NTPD_MEMBERS_H
#define NTPD_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/addr.h"
#include "common/instant.h"
#include "ntpd/engine/association.h"
#include "ntpd/engine/hosts.h"

/*
 * A server that takes the place of one whose address the name has no more is
 * good when it has given so many answers.
 */
#define MEMBERS_GOOD	4

/* What is to be done to an association. */
enum change_kind {
	CHANGE_STOP,
	CHANGE_RETIRE,		/* stop it: its name has other addresses now */
	CHANGE_START,
	CHANGE_REPLACE		/* stop it, then start it for the new address */
};

struct change {
	enum change_kind kind;
	size_t		 association;	/* its number */
	size_t		 host;		/* but for STOP: its statement */
	struct addr	 addr;		/* START, REPLACE */
};

/*
 * The next change that is to be made to the associations ALL.  Call it, and
 * make the change, until it returns false.
 */
bool	 members_change(struct hosts *hosts,
	    const struct association all[MAX_ASSOCIATIONS],
	    struct change *change);

/*
 * After the changes that an answer has led to: look a name up again later if
 * it has too few servers, or useless ones.
 */
void	 members_review(struct hosts *hosts,
	    const struct association all[MAX_ASSOCIATIONS],
	    struct instant now);

#endif
