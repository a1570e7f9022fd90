/*
 * The files of the configuration: read whole, once it is known that nobody but
 * root (or the caller) can have written them.
 */
#ifndef NTPD_TRUSTED_H
#define NTPD_TRUSTED_H

#include <sys/stat.h>

#include <stddef.h>

#include "ntpd/config/statement.h"

#define TRUSTED_MOST	(1024 * 1024)	/* bytes; more is no such file */

/* Which modes a file must not have. */
struct trusted_rule {
	mode_t		 forbidden;
	const char	*fault;		/* what is wrong with these */
	const char	*chmod;		/* its argument that helps */
	const char	*hint;		/* what to do with what is no file */
};

/*
 * Read the file P->name, if RULE and the folders that it is in allow it.  Its
 * text, to be freed, and of *LEN bytes: TRUSTED_MOST + 1 if it has grown to
 * more than it may have.  NULL, and at least one error reported, if it cannot
 * be had.
 */
char	*trusted_read(struct parser *p, const struct trusted_rule *rule,
	    size_t *len);

#endif
