/*
 * A process of ntpd: what ntpd says of it, and what the kernel does.
 */
#ifndef NTPCTL_PROCESS_H
#define NTPCTL_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/control.h"

#define PROCESS_USER_LEN	33
#define PROCESS_CAPABILITY_LEN	24

struct process {
	struct control_process said;
	bool		 seen;		/* in /proc; else the rest is not */
	char		 user[PROCESS_USER_LEN];	/* "": not known */
	uint64_t	 capabilities;	/* effective ones, a bit each */
	uint64_t	 memory;	/* bytes that are resident */
	int		 descriptors;	/* open; -1: only root may know */
};

/*
 * Fill in what PROC, where procfs is mounted, has of the process whose id ntpd
 * says: nothing if that is none of ntpd, as seen from here.
 */
void	 process_look(struct process *process, const char *proc);

/* The name of a capability in TEXT, which is returned: "sys_time". */
const char *process_capability(unsigned number,
	    char text[PROCESS_CAPABILITY_LEN]);

#endif
