/*
 * Which requests of a batch are to have an answer, and of what kind.
 */
#ifndef NTPD_SERVER_ADMIT_H
#define NTPD_SERVER_ADMIT_H

#include <stdbool.h>

#include "ntpd/server/arrival.h"
#include "ntpd/server/batch.h"

/* A request that is to be answered. */
struct pending {
	struct ntp_packet asked;
	struct arrival	 arrival;
	bool		 kiss;		/* told to ask less often */
	enum proof_verdict nts;
	bool		 interleaved;	/* if not */
	struct keyring_use auth;	/* of both */
};

/*
 * Which of the first COUNT datagrams of B are to be answered goes into LIST;
 * the others are counted.  Returns how many.  All of their answers that does
 * not depend on the time of sending is prepared.
 */
unsigned admit(struct batch *b, unsigned count, struct pending list[BATCH_MAX]);

#endif
