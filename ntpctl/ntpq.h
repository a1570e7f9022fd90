/*
 * What is different when ntpctl is called by the name ntpq: options, commands
 * and forms of the program that monitoring has known for decades.
 */
#ifndef NTPCTL_NTPQ_H
#define NTPCTL_NTPQ_H

#include <stddef.h>
#include <stdio.h>

#include "ntpctl/show.h"

/* How the billboard names the peers. */
struct ntpq_names {
	bool		 numeric;	/* by their addresses (-n) */
	bool		 wide;		/* not shortened (-w) */
};

/*
 * Run as ntpq with these arguments, those of main().  Returns the exit code;
 * ends the program itself if the arguments are wrong or nobody answers.
 */
int	 ntpq_main(int argc, char **argv);

/* ntpq -p: the billboard of the N PEERS. */
void	 ntpq_show_peers(FILE *out, const struct control_peer *peers, size_t n,
	    struct ntpq_names names);

/* ntpq -c as: the association ids, from 1, and the selection. */
void	 ntpq_show_associations(FILE *out, const struct control_peer *peers,
	    size_t n);

/*
 * ntpq -c "rv ID NAMES": the variables of the association ID, 1 to npeers of
 * REPORT, which has status and peers; 0: the system's.  Of these only NAMES, a
 * list with commas; NULL: all.
 */
void	 ntpq_show_variables(FILE *out, const struct report *report,
	    size_t id, const char *names);

#endif
