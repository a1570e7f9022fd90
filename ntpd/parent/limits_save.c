/*
 * When the limits are kept, and when they are read.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/limits.h"
#include "ntpd/parent/state.h"

#define SUFFIX	".limits"

/* Beside the control socket: what is there does not outlive this boot. */
struct path {
	char		 text[CONFIG_SOCKET_LEN + sizeof(SUFFIX)];
};

static struct path
path_of(const struct parent *p)
{
	struct path	 path;

	snprintf(path.text, sizeof(path.text), "%s" SUFFIX, p->conf.socket);
	return path;
}

void
limits_save(struct parent *p, enum end_why why, struct instant now)
{
	const struct path path = path_of(p);
	struct clock_slew none = { .rate = 0 };

	if (p->clock.read_only)
		return;
	budget_slew(&p->budget, &none, now);
	if (why == END_ASKED)
		unlinkat(AT_FDCWD, path.text, 0);
	else if (!limits_write(path.text, &p->policy, &p->budget))
		log_warn("cannot write %s: the next start has new limits",
		    path.text);
}

void
limits_load(struct parent *p)
{
	const struct path path = path_of(p);
	struct instant	 now = instant_now();

	if (p->clock.read_only ||
	    !limits_read(path.text, &p->policy, &p->budget, now))
		return;
	log_info("nobody has ended the last ntpd: what the engine may do to "
	    "the clock is what was left then");
	/* The drift file may have a frequency that is not within them. */
	clock_set_frequency(&p->clock, budget_frequency(&p->budget,
	    p->clock.frequency, now));
}
