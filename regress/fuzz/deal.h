/*
 * Messages of one process to another, as an input has them: each is one of the
 * table, and of the right length.  All else about it may be anything.
 */
#ifndef REGRESS_FUZZ_DEAL_H
#define REGRESS_FUZZ_DEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ntpd/channel.h"

/* What is left of an input. */
struct deal {
	const uint8_t	*data;
	size_t		 size;
};

/*
 * The next message of the input comes on channel CH, where channel_receive()
 * is to take it: a byte for its type, of those that may pass, a byte for its
 * id, a byte for how many groups of eight bytes the input has of the payload,
 * and these.  The rest of the payload is 0.  It has a descriptor if it must.
 * False if there is nothing left.
 */
bool	 deal(struct deal *d, struct channel *ch);

/*
 * Seeds: a message of TYPE with ID and the PAYLOAD that belongs to TYPE, of
 * which no more than 2040 bytes are not 0.
 */
void	 deal_seed(enum message_type type, uint8_t id, const void *payload);

#endif
