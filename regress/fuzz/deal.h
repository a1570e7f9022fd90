/*
 * Messages of one process to another, as an input has them: what comes to a
 * process has passed the checks of process.c, so that each is one of the
 * table, and of the right length.  All else about it may be anything.
 */
#ifndef REGRESS_FUZZ_DEAL_H
#define REGRESS_FUZZ_DEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ntpd/process.h"

#define DEAL_FD		0x80	/* a descriptor comes with it */

/* What is left of an input. */
struct deal {
	const uint8_t	*data;
	size_t		 size;
};

/*
 * The next message of FROM to TO in *MSG: a byte for its type, a byte for its
 * id and DEAL_FD, a byte for how many groups of eight bytes the input has of
 * the payload, and these.  The rest of the payload is 0.  False if there is
 * none.  The payload is valid until the next call; the descriptor is
 * stream.h's.
 */
bool	 deal(struct deal *d, enum process from, enum process to,
	    struct message *msg);

/*
 * Seeds: a message of TYPE with ID, which may have DEAL_FD, and the PAYLOAD
 * that belongs to TYPE, of which no more than 2040 bytes are not 0.
 */
void	 deal_seed(enum message_type type, unsigned id, const void *payload);

#endif
