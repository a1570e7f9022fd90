/*
 * The parent: root, the only writer of the clock.  It parses nothing that
 * came from a network.
 */
#ifndef NTPD_PARENT_H
#define NTPD_PARENT_H

#include <stdbool.h>

#include "ntpd/parent/once.h"

struct parent_options {
	const char	*config_file;
	bool		 foreground;	/* -d */
	bool		 read_only;	/* -x: never touch the clock */
	enum once_mode	 once;		/* -q, -Q */
	char		**servers;	/* with these: in the file's place */
	size_t		 nservers;
	int		 verbose;	/* -v, counted */
};

/* Be the daemon; returns the exit status. */
int	 parent_main(const struct parent_options *options);

#endif
