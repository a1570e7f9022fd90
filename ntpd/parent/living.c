/*
 * Asking the children whether they live.
 */
#include <math.h>

#include "ntpd/parent/children.h"

/*
 * After so many questions without an answer.  Tuned: a child answers within
 * milliseconds, on a loaded machine within a second.  With less than two,
 * a machine's pause would be taken for the child's.
 */
#define QUESTIONS	3
#define QUESTIONS_START	10	/* programs may come from a slow disk */

/*
 * No lookup takes longer that can still be of use, s: resolv.conf's highest
 * numbers make it half an hour.
 */
#define BUSY_MOST	3600.0

static const double	 intervals[PROCESSES] = {
#define CHILD(process, name, end, start, most, asked, given)		\
	[process] = asked,
	CHILDREN
#undef CHILD
};

void
living_begin(struct living *l, struct instant now)
{
	l->state = LIVING_STARTS;
	l->ask = now;
	l->turns = 0;
}

static bool
is_asked(const struct child *child)
{
	return child->wanted && child->channel.open &&
	    intervals[child->process] > 0;
}

/* Has it been silent for INTERVAL, s, too often? */
static bool
is_held_up(const struct living *l, double interval)
{
	switch (l->state) {
	case LIVING_STARTS:
		return l->turns >= QUESTIONS_START;
	case LIVING_RUNS:
		return l->turns >= QUESTIONS;
	case LIVING_BUSY:
		return l->turns * interval >= BUSY_MOST;
	}
	return false;
}

static void
ask(struct children *c, struct child *child, double interval,
    struct instant now)
{
	struct living	*l = &child->living;

	if (is_held_up(l, interval)) {
		children_held_up(c, child);
		return;
	}
	l->turns++;
	l->ask = instant_add(now, interval);
	/* What is sent to one that does not read would pile up. */
	if (l->state != LIVING_BUSY)
		channel_send(&child->channel, MSG_ASK, 0, -1, NULL);
}

void
living_ask(struct children *c, struct instant now)
{
	struct child	*child;
	double		 interval;

	for (child = c->list; child < c->list + CHILDREN_MOST; child++) {
		interval = intervals[child->process];
		if (c->watchdog > 0)
			interval = fmin(interval, c->watchdog / 3);
		if (is_asked(child) && !instant_before(now, child->living.ask))
			ask(c, child, interval, now);
	}
}

/* The sender of MSG; it is a child. */
static struct child *
sender(struct children *c, const struct message *msg)
{
	struct child	*child = c->list;

	while (&child->channel != msg->from)
		child++;
	return child;
}

static void
hear(struct living *l, enum living_state state)
{
	l->state = state;
	l->turns = 0;
}

void
living_answered(struct children *c, const struct message *msg)
{
	hear(&sender(c, msg)->living, LIVING_RUNS);
}

void
living_busy(struct children *c, const struct message *msg)
{
	hear(&sender(c, msg)->living, LIVING_BUSY);
}

struct instant
living_deadline(const struct children *c)
{
	const struct child *child = c->list;
	struct instant	 first = INSTANT_NEVER;

	for (; child < c->list + CHILDREN_MOST; child++)
		if (is_asked(child))
			first = instant_min(first, child->living.ask);
	return first;
}
