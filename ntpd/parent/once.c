/*
 * ntpd -q and -Q: the clock is set, or looked at, once.
 */
#include <math.h>
#include <stdio.h>

#include "common/format.h"
#include "common/log.h"
#include "ntpd/parent/once.h"
#include "ntpd/parent/publish.h"

/* A little more than the engine's longest patience before it decides, s. */
#define ONCE_LONGEST	65.0
#define ONCE_STEP	1e-3	/* s: below it a slew takes seconds */

void
once_configure(enum once_mode mode, struct config *conf)
{
	if (mode == ONCE_NOT)
		return;
	conf->nlisteners = 0;
	conf->local_stratum = 0;
	conf->step.when = STEP_BOOT;
	conf->step.threshold = ONCE_STEP;
	conf->bound[0] = conf->clockbound1[0] = conf->clockbound[0] = '\0';
	/* Only one program may set the clock: the socket shows another. */
	if (mode == ONCE_SHOW)
		conf->socket[0] = '\0';
}

void
once_begin(struct once *o, enum once_mode mode, struct instant now)
{
	*o = (struct once){ .mode = mode, .deadline = mode == ONCE_NOT ?
	    INSTANT_NEVER : instant_add(now, ONCE_LONGEST) };
}

static void
finish(struct once *o, int status)
{
	o->done = true;
	o->status = status;
}

void
once_take(struct once *o, const struct clock_quality *quality)
{
	char		 offset[FORMAT_LEN], error[FORMAT_LEN];
	char		 step[FORMAT_LEN];
	const double	 size = fabs(quality->offset);
	const bool	 exact = quality->maxerror < PUBLISH_MOST;

	/* What is off by more has no bound any more, but an offset. */
	if (o->mode == ONCE_NOT || o->done || !(o->mode == ONCE_SET ?
	    quality->synchronized : exact || size >= PUBLISH_MOST))
		return;
	printf("the clock is %s", format_offset(quality->offset, offset));
	if (exact)
		printf(", give or take %s", format_size(fmax(0,
		    quality->esterror - size), error));
	if (o->mode == ONCE_SHOW && size >= ONCE_STEP)
		printf("; it would be set %s",
		    format_step(quality->offset, step));
	printf("\n");
	finish(o, fflush(stdout) == 0 ? 0 : 1);
}

void
once_check(struct once *o, struct instant now)
{
	if (o->done || instant_before(now, o->deadline))
		return;
	log_warnx("after %.0f s it is still not known what time it is: no "
	    "server can be used, or too few agree", ONCE_LONGEST);
	finish(o, 1);
}
