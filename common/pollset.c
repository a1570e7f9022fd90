/*
 * What a process waits for: descriptors, until a deadline.
 */
#include "common/pollset.h"

#include <errno.h>
#include <time.h>

#include "common/log.h"
#include "common/ns.h"

void
pollset_clear(struct pollset *set)
{
	set->n = 0;
	set->until = INSTANT_NEVER;
}

void
pollset_until(struct pollset *set, struct instant t)
{
	set->until = instant_min(set->until, t);
}

int
pollset_add(struct pollset *set, int fd, short events)
{
	if (fd < 0 || set->n == POLLSET_MAX)
		return -1;
	set->fds[set->n] = (struct pollfd){ .fd = fd, .events = events };
	return (int)set->n++;
}

bool
pollset_ready(const struct pollset *set, int slot, short events)
{
	int	 wanted = events | POLLERR | POLLHUP | POLLNVAL;

	if (slot < 0 || (nfds_t)slot >= set->n)
		return false;
	return (set->fds[slot].revents & wanted) != 0;
}

/*
 * How long from now to DEADLINE.  Exact, in the clock's own unit: a timeout
 * cut to ms would return early, and the loop would spin through the rest.
 */
static struct timespec
time_left(struct instant deadline)
{
	struct instant	 now = instant_now();
	int64_t		 left = 0;

	if (instant_before(now, deadline))
		left = deadline.ns - now.ns;
	return (struct timespec){ .tv_sec = left / NS_PER_S,
	    .tv_nsec = (long)(left % NS_PER_S) };
}

/*
 * ppoll(2) lets no signal in when a descriptor is ready: one that always is
 * would keep them out for ever.
 */
static void
let_signals_in(const sigset_t *mask)
{
	static const struct timespec none = { .tv_sec = 0 };

	ppoll(NULL, 0, &none, mask);
}

int
pollset_wait(struct pollset *set, struct instant deadline,
    const sigset_t *mask)
{
	static const struct timespec rest = { .tv_nsec = NS_PER_S / 10 };
	struct timespec	 left, *timeout = NULL;
	int		 n;

	deadline = instant_min(deadline, set->until);
	if (deadline.ns != INSTANT_NEVER.ns) {
		left = time_left(deadline);
		timeout = &left;
	}
	n = ppoll(set->fds, set->n, timeout, mask);
	if (n > 0 && mask != NULL)
		let_signals_in(mask);
	if (n == -1 && errno == ENOMEM)		/* this takes none: a rest */
		ppoll(NULL, 0, &rest, mask);
	else if (n == -1 && errno != EINTR)
		fatal("ppoll");
	return n > 0 ? n : 0;
}
