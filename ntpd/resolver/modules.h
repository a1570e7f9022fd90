/*
 * The C library's modules for names of hosts (libnss_NAME.so.2): loaded before
 * the sandbox, which lets no code be mapped.
 */
#ifndef NTPD_RESOLVER_MODULES_H
#define NTPD_RESOLVER_MODULES_H

#include <stddef.h>

#define MODULES_MOST	16	/* that are looked at; usual are 2 to 5 */
#define MODULE_NAME	32	/* bytes with the NUL; "mdns4_minimal" has 14 */

/*
 * The modules that LINE of nsswitch.conf(5) names, if it is the one for hosts;
 * how many.  Actions in brackets and what could not be a part of a file's name
 * are left out.
 */
size_t	 modules_named(const char *line,
	    char names[MODULES_MOST][MODULE_NAME]);

/*
 * Load those that nsswitch.conf names.  One that is missing is no reason not
 * to go on: the C library skips it, too.  When the file changes, the C library
 * wants to load others; the sandbox ends this process then, and the next one
 * has them.
 */
void	 modules_load(void);

#endif
