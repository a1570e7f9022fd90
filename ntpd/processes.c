/*
 * The table of processes by name and number.
 */
#include <string.h>

#include "ntpd/processes.h"

static const struct {
	const char	*name;
	uint32_t	 most;		/* instances, as a child */
} processes[PROCESSES] = {
	[PARENT] = { "parent", 0 },
#define CHILD(process, name, end, start, most, ...)			\
	[process] = { #name, most },
	CHILDREN
#undef CHILD
};

const char *
process_name(enum process process)
{
	return process < PROCESSES ? processes[process].name : "unknown";
}

enum process
process_by_name(const char *name)
{
	enum process	 p;

	for (p = PARENT; p < PROCESSES; p++)
		if (strcmp(name, processes[p].name) == 0)
			return p;
	return PROCESSES;
}

bool
process_is_child(uint32_t process, uint32_t instance)
{
	return process < PROCESSES && instance < processes[process].most;
}
