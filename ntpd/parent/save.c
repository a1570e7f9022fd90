/*
 * When the drift file is read and written.
 */
#include <math.h>

#include "common/log.h"
#include "ntpd/parent/drift.h"
#include "ntpd/parent/state.h"

/* The drift file is written when it is that old and has changed that much. */
#define DRIFT_INTERVAL		3600.0		/* s */
#define DRIFT_CHANGE		0.01e-6		/* s/s */

/*
 * And not while a slew is on that is faster than this, s/s: fsync(2) may take
 * seconds, in which nobody ends it.
 */
#define DRIFT_SLEW		10e-6

void
save_frequency(struct parent *p, bool now_or_never)
{
	struct instant	 now = instant_now();
	double		 f = p->clock.frequency;

	if (p->drift_error < 0 || p->clock.read_only)
		return;
	if (!now_or_never && (fabs(p->clock.slew) > DRIFT_SLEW ||
	    instant_diff(now, p->drift_saved_at) < DRIFT_INTERVAL ||
	    fabs(f - p->drift_saved) < DRIFT_CHANGE))
		return;
	p->drift_saved_at = now;
	if (drift_write(p->conf.driftfile, f, p->drift_error)) {
		p->drift_saved = f;
		p->drift_failed = false;
		return;
	}
	if (!p->drift_failed)
		log_warn("cannot write %s: the frequency will have to be "
		    "learned again after a restart", p->conf.driftfile);
	p->drift_failed = true;
}

bool
save_load(struct parent *p, double *error)
{
	double		 f;

	switch (drift_read(p->conf.driftfile, &f, error)) {
	case DRIFT_OK:
		log_debug("frequency %.3f +- %.3f ppm from %s", f * 1e6,
		    *error * 1e6, p->conf.driftfile);
		clock_set_frequency(&p->clock, f);
		p->drift_saved = f;
		return true;
	case DRIFT_MISSING:
		break;
	case DRIFT_CORRUPT:
		log_warnx("%s is not a drift file: ignored, the frequency "
		    "will be learned again", p->conf.driftfile);
		break;
	case DRIFT_UNREADABLE:
		log_warn("cannot read %s: the frequency will be learned again",
		    p->conf.driftfile);
		break;
	}
	return false;
}
