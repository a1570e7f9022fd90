/*
 * What ntpctl shows: what the engine knows, as control records.
 */
#ifndef NTPD_REPORT_H
#define NTPD_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/control.h"
#include "common/instant.h"
#include "ntpd/engine/association.h"
#include "ntpd/engine/associations.h"
#include "ntpd/engine/clocks.h"
#include "ntpd/engine/hosts.h"
#include "ntpd/engine/steer.h"
#include "ntpd/payloads.h"
#include "ntpd/sync/sync.h"

/* Everything that a report is made of. */
struct report_view {
	const struct engine_setup *setup;
	const struct hosts *hosts;
	const struct association *all;	/* MAX_ASSOCIATIONS */
	const struct sync *sync;
	const struct steer *steer;
	const struct clock_state *clock;
	struct system	 system;	/* what is served */
	struct reading	 r;
	struct instant	 slew_end;	/* of the slew in progress */
	struct instant	 now;
	bool		 waiting;	/* the first decision is put off ... */
	struct instant	 waiting_until;
};

/* How the clock is, into *STATUS, but for serving, which the parent knows. */
void	 report_status(const struct report_view *v,
	    struct control_status *status);

/* What is thought of source I, as enum control_tally. */
uint32_t report_tally(const struct sync *sync, size_t i);

/*
 * SAMPLE of the server of A, while our clock is AHEAD s of the oscillator's
 * time, for the history; without what is thought of it.
 */
struct control_sample report_sample(const struct association *a,
	    const struct sample *sample, double ahead);

/* How far report_peer() has come; begin with zeros. */
struct report_cursor {
	size_t		 host;
	size_t		 association;
	bool		 shown;		/* the host has one at least */
};

/*
 * The next peer at CURSOR, in the order of the statements.  False if there is
 * none.  A statement without an association is shown, too: its name is being
 * looked up.
 */
bool	 report_peer(const struct report_view *v, struct report_cursor *cursor,
	    struct control_peer *peer);

#endif
