/*
 * Asking the children whether they live.
 */
#include <math.h>

#include "ntpd/parent/children.h"

/*
 * After so many questions without an answer it is held up.  Tuned: a child
 * answers within milliseconds, on a loaded machine within a second.  With less
 * than two, a machine's pause would be taken for the child's.
 */
#define QUESTIONS	4
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
	l->unanswered = 0;
}

static bool
is_asked(const struct child *child)
{
	return child->wanted && child->channel.open &&
	    intervals[child->process] > 0;
}

/*
 * That often it is asked, s.  If a service manager waits less, so often that a
 * child that is held up is found before it stops waiting: after three quarters
 * of its time.
 */
static double
interval(const struct children *c, const struct child *child)
{
	const double	 usual = intervals[child->process];

	return c->watchdog > 0 ? fmin(usual, c->watchdog / 4) : usual;
}

static bool
is_held_up(const struct living *l)
{
	switch (l->state) {
	case LIVING_STARTS:
		return l->unanswered >= QUESTIONS_START;
	case LIVING_RUNS:
		return l->unanswered >= QUESTIONS;
	case LIVING_BUSY:
		return true;	/* its hour is over */
	}
	return false;
}

struct child *
living_ask(struct children *c, struct instant now)
{
	struct child	*child;
	struct living	*l;

	for (child = c->list; child < c->list + CHILDREN_MOST; child++) {
		l = &child->living;
		if (!is_asked(child) || instant_before(now, l->ask))
			continue;
		l->ask = instant_add(now, interval(c, child) / 2);
		if (is_held_up(l))
			return child;
		l->unanswered++;
		channel_send(&child->channel, MSG_ASK, 0, -1, NULL);
	}
	return NULL;
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
hear(struct living *l, enum living_state state, struct instant next)
{
	l->state = state;
	l->unanswered = 0;
	l->ask = next;
}

bool
living_answered(struct children *c, const struct message *msg)
{
	struct child	*child = sender(c, msg);
	const bool	 was_asked = child->living.unanswered > 0;

	hear(&child->living, LIVING_RUNS, instant_add(msg->at,
	    interval(c, child)));
	return was_asked;
}

void
living_busy(struct children *c, const struct message *msg)
{
	hear(&sender(c, msg)->living, LIVING_BUSY, instant_add(msg->at,
	    BUSY_MOST));
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
