/*
 * ntpctl's commands that change something: for root.
 */
#ifndef NTPCTL_OPERATOR_H
#define NTPCTL_OPERATOR_H

#include <stdbool.h>

#include "common/operator.h"

#define OPERATOR_TEXT_LEN	512	/* a sentence with a path in it */

/* Is WORD one of the commands?  *COMMAND is which. */
bool	 operator_find(const char *word, enum operator_command *command);

/*
 * Tell the ntpd whose control socket is PATH what ORDER says, of which the
 * version is set here, and wait for TIMEOUT s for the answer.  The exit code:
 * 0 if it was done; else WHY (OPERATOR_TEXT_LEN bytes) is why not, and it is 1
 * if ntpd refused it and 3 if it could not be asked.
 */
int	 operator_tell(const char *path, struct operator_order *order,
	    double timeout, char *why);

/* Run the command with its arguments, the first being its name. */
int	 operator_main(enum operator_command command, int argc, char **argv);

#endif
