/*
 * When the drift file is read and written.
 */
#include <bsd/string.h>
#include <errno.h>
#include <libgen.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/drift.h"
#include "ntpd/parent/state.h"

/*
 * The drift file is not written while a slew is on that is faster than this,
 * s/s: fsync(2) may take seconds, and nobody goes on with the slew meanwhile.
 */
#define DRIFT_SLEW		10e-6

/* The drift file cannot be written because of ERROR; said once. */
static void
cannot_write(struct parent *p, int error)
{
	if (!p->drift_failed)
		log_warnx("cannot write %s: %s; the frequency will have to be "
		    "learned again after a restart", p->conf.driftfile,
		    error == ENOENT ? "its directory does not exist" :
		    strerror(error));
	p->drift_failed = true;
}

void
save_frequency(struct parent *p, enum save_when when)
{
	struct instant	 now = instant_now();
	const struct drift drift = {
		.frequency = p->clock.frequency, .error = p->drift_error
	};

	if (p->drift_error < 0 || p->clock.read_only ||
	    p->once.mode != ONCE_NOT)
		return;
	if (when == SAVE_IF_WORTH_IT && (fabs(p->clock.slew) > DRIFT_SLEW ||
	    (p->drift_tried && !drift_worth_writing(&p->drift_saved, &drift,
	    instant_diff(now, p->drift_saved_at)))))
		return;
	p->drift_tried = true;
	p->drift_saved_at = now;
	if (drift_write(p->conf.driftfile, drift.frequency,
	    drift.error)) {
		p->drift_saved = drift;
		p->drift_failed = false;
		return;
	}
	cannot_write(p, errno);
}

/* An hour from now is too late to hear of it. */
static void
check_directory(struct parent *p)
{
	char		 path[CONFIG_PATH_LEN];

	strlcpy(path, p->conf.driftfile, sizeof(path));
	if (!p->clock.read_only && p->once.mode == ONCE_NOT &&
	    access(dirname(path), W_OK) == -1)
		cannot_write(p, errno);
}

const struct drift *
load_frequency(struct parent *p)
{
	struct drift	*saved = &p->drift_saved;

	switch (drift_read(p->conf.driftfile, &saved->frequency,
	    &saved->error)) {
	case DRIFT_OK:
		log_debug("frequency %.3f +- %.3f ppm from %s",
		    saved->frequency * 1e6, saved->error * 1e6,
		    p->conf.driftfile);
		clock_set_frequency(&p->clock, saved->frequency);
		p->drift_saved_at = instant_now();
		p->drift_tried = true;
		constraints_raise(&p->constraints,
		    (double)drift_time(p->conf.driftfile));
		return saved;
	case DRIFT_MISSING:
		check_directory(p);
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
	return NULL;
}
