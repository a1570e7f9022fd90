/*
 * The text of ntpd.conf, and of the files that it includes.
 */
#ifndef NTPD_INCLUDE_H
#define NTPD_INCLUDE_H

#include <stddef.h>

#include "ntpd/config/statement.h"

/*
 * Read LEN bytes of TEXT, whose lines are numbers from LINE + 1; what is wrong
 * is reported.
 */
void	 include_text(struct parser *p, const char *text, size_t len,
	    unsigned line);

/*
 * Read the file PATH, or if it ends with a slash the files of that folder whose
 * names end in ".conf".  A folder that is not there has none.
 */
void	 include_path(struct parser *p, const char *path);

#endif
