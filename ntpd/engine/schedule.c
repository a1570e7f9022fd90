/*
 * When a server is asked next.
 */
#include <math.h>

#include "ntpd/engine/schedule.h"

/*
 * A quick start: four requests two seconds apart, then up to four more, each
 * after twice the time of the last.  Tuned: a start is over in 6 s on a good
 * path, and 40 s are enough for the frequency on a bad one.
 */
#define BURST_MOST	8
#define BURST_ENOUGH	4
#define BURST_SPACING	2.0	/* s */

/* The longest wait in it while a decision waits for the answer, s. */
#define AWAITED_SPACING	8.0

/* Not all servers are asked at the same moment: s within which they begin. */
#define BEGIN_SPREAD	0.1

/*
 * Intervals vary by this part, downwards, so that machines which started
 * together do not ask in step, and samples are not in step with what happens
 * on the hour.  They vary less where the operator has fixed the interval, and
 * after two polls without an answer: few requests are to be lost.
 */
#define POLL_SPREAD	0.2
#define POLL_SPREAD_LESS 0.04
#define SPREAD_POLLS	2

/* Of so many moments within that, the one furthest from others' turns. */
#define POLL_TRIES	8

/* Requests after the first one when there may be news. */
#define HURRY		3

/* A wait that is so many times what it should be is cut short. */
#define HASTE		2.0

/* An address that is ours may not be so later: s until it is looked at. */
#define OURS_INTERVAL	16.0

/*
 * A RATE kiss doubles the shortest interval, up to the longest doubled this
 * many times.  That many answers halve it again.
 */
#define RATE_BEYOND	3
#define RATE_FORGET	8

void
schedule_init(struct schedule *s, int least, int most)
{
	*s = (struct schedule){
		.state = SCHEDULE_STARTING, .left = BURST_MOST,
		.least = least, .most = most, .minpoll = least, .poll = least
	};
}

double
schedule_shortest(const struct schedule *s)
{
	return ldexp(1, s->minpoll);
}

double
schedule_longest(const struct schedule *s)
{
	return ldexp(1, s->most > s->minpoll ? s->most : s->minpoll);
}

void
schedule_configure(struct schedule *s, int least, int most)
{
	if (least != s->least)
		s->minpoll = least;
	s->least = least;
	s->most = most;
	if (s->state == SCHEDULE_STARTING)
		return;
	s->next = instant_min(s->next,
	    instant_add(s->asked_at, schedule_longest(s)));
	s->turn = instant_min(s->turn, s->next);
}

int
schedule_poll(const struct schedule *s)
{
	return s->state == SCHEDULE_STARTING ? 1 : s->poll;
}

bool
schedule_is_first(const struct schedule *s)
{
	return s->state == SCHEDULE_STARTING &&
	    s->left > BURST_MOST - BURST_ENOUGH;
}

bool
schedule_was_first(const struct schedule *s)
{
	return s->state == SCHEDULE_STARTING &&
	    s->left == BURST_MOST - BURST_ENOUGH;
}

struct instant
schedule_next(const struct schedule *s)
{
	return s->state == SCHEDULE_STOPPED ? INSTANT_NEVER : s->next;
}

bool
schedule_is_due(const struct schedule *s, struct instant now)
{
	return !instant_before(now, schedule_next(s));
}

void
schedule_wait(struct schedule *s, struct instant when)
{
	s->next = when;
}

void
schedule_answered(struct schedule *s)
{
	s->missed = 0;
	if (s->minpoll <= s->least || ++s->since_kiss < RATE_FORGET)
		return;
	s->since_kiss = 0;
	s->minpoll--;
}

void
schedule_slow_down(struct schedule *s)
{
	s->since_kiss = 0;
	if (s->minpoll <= s->poll)
		s->minpoll = s->poll + 1;
	if (s->minpoll > s->most + RATE_BEYOND)
		s->minpoll = s->most + RATE_BEYOND;
}

/* The wait after the request of a quick start that was just sent, s. */
static double
burst_spacing(const struct schedule *s, bool awaited)
{
	unsigned	 sent = BURST_MOST - s->left;
	double		 spacing = BURST_SPACING;

	if (sent >= BURST_ENOUGH)
		spacing = ldexp(BURST_SPACING, (int)(sent - BURST_ENOUGH));
	return awaited ? fmin(spacing, AWAITED_SPACING) : spacing;
}

/* How far MOMENT is from the turns of others, each repeated every PERIOD s. */
static double
apart(const struct schedule_view *v, struct instant moment, double period)
{
	double		 least = period;
	size_t		 i;

	for (i = 0; i < v->nturns; i++)
		least = fmin(least, fabs(remainder(instant_diff(moment,
		    v->turns[i]), period)));
	return least;
}

/*
 * The next turn, up to the part SPREAD of INTERVAL (s) early.  Samples that
 * come one by one tell more than samples that come together, and show sooner
 * when something happens.
 */
static struct instant
next_turn(const struct schedule_view *v, double interval, double spread)
{
	struct instant	 at, best = v->now;
	double		 distance, most = -1;
	int		 i;

	for (i = 0; i < POLL_TRIES; i++) {
		at = instant_add(v->now,
		    interval - v->some_of(interval * spread));
		distance = apart(v, at, interval * (1 - spread / 2));
		if (distance > most) {
			most = distance;
			best = at;
		}
	}
	return best;
}

/* One request an interval from now on, beginning with the next. */
static void
poll_regularly(struct schedule *s, const struct schedule_view *v)
{
	double		 interval = fmax(schedule_shortest(s),
	    fmin(schedule_longest(s), v->interval));
	bool		 fixed = s->most <= s->minpoll;

	s->state = SCHEDULE_POLLING;
	s->poll = (int)ceil(log2(interval));
	s->next = next_turn(v, interval,
	    fixed || s->missed > SPREAD_POLLS ? POLL_SPREAD_LESS : POLL_SPREAD);
}

/*
 * The request out of turn was sent.  The regular turn stands, unless it would
 * come at once: if all servers were asked in a doubt and then waited for an
 * interval, nothing would be heard of any for so long.
 */
static void
return_to_turn(struct schedule *s, const struct schedule_view *v)
{
	if (instant_before(s->turn,
	    instant_add(v->now, schedule_shortest(s)))) {
		poll_regularly(s, v);
		return;
	}
	s->state = SCHEDULE_POLLING;
	s->next = s->turn;
}

static void
asked(struct schedule *s, const struct schedule_view *v)
{
	s->missed++;
	s->asked_at = v->now;
	if (s->state == SCHEDULE_STARTING && --s->left == 0 && v->awaited)
		s->left = 1;
	if (s->state == SCHEDULE_STARTING && s->left > 0)
		s->next = instant_add(v->now, burst_spacing(s, v->awaited));
	else if (s->state == SCHEDULE_HURRIED && s->left > 0) {
		s->left--;
		s->next = instant_add(v->now, BURST_SPACING);
	} else if (s->state == SCHEDULE_RETURNED)
		s->next = instant_add(v->now, schedule_longest(s));
	else if (s->state == SCHEDULE_EXTRA)
		return_to_turn(s, v);
	else
		poll_regularly(s, v);
}

/* There is no need to wait longer than INTERVAL after the last request, s. */
static void
ask_sooner(struct schedule *s, const struct schedule_view *v, double interval)
{
	struct instant	 soon = instant_add(s->asked_at, interval);

	if (instant_before(soon, v->now))
		soon = instant_add(v->now, v->some_of(BURST_SPACING));
	s->next = instant_min(s->next, soon);
}

/* A quick start of COUNT requests, the first of them after WAIT s. */
static void
start(struct schedule *s, const struct schedule_view *v, unsigned count,
    double wait)
{
	s->state = SCHEDULE_STARTING;
	s->left = count;
	s->next = instant_add(v->now, wait);
}

/* Is it this machine itself?  Then nothing it could say is worth a request. */
static bool
is_self(const struct schedule *s)
{
	return s->state == SCHEDULE_OURS || s->state == SCHEDULE_RETURNED;
}

static void
hurry(struct schedule *s, const struct schedule_view *v)
{
	if (is_self(s))
		return;
	if (s->state != SCHEDULE_STARTING || s->left < HURRY) {
		s->state = SCHEDULE_HURRIED;
		s->left = HURRY;
	}
	s->next = instant_min(s->next, instant_add(v->now, BURST_SPACING));
}

/* Ask once before the turn, but not more often than is allowed. */
static void
doubt(struct schedule *s, const struct schedule_view *v)
{
	if (s->state == SCHEDULE_POLLING) {
		s->state = SCHEDULE_EXTRA;
		s->turn = s->next;
	}
	if (s->state == SCHEDULE_EXTRA)
		ask_sooner(s, v, schedule_shortest(s));
}

/* What was planned when a longer interval was right need not wait that long. */
static void
hasten(struct schedule *s, const struct schedule_view *v)
{
	double		 interval = fmax(schedule_shortest(s),
	    fmin(schedule_longest(s), v->interval));

	if (s->state != SCHEDULE_STARTING && !is_self(s) &&
	    instant_diff(s->next, s->asked_at) > HASTE * interval)
		ask_sooner(s, v, interval);
}

/* Nothing is missed while it is ourselves; the next try is after WAIT s. */
static void
leave_alone(struct schedule *s, const struct schedule_view *v,
    enum schedule_state state, double wait)
{
	s->state = state;
	s->missed = 0;
	s->next = instant_add(v->now, wait);
}

void
schedule_event(struct schedule *s, enum schedule_reason why,
    const struct schedule_view *v)
{
	if (s->state == SCHEDULE_STOPPED)
		return;
	switch (why) {
	case SCHEDULE_BEGIN:
		start(s, v, BURST_MOST, v->some_of(BEGIN_SPREAD));
		break;
	case SCHEDULE_BACK:
		start(s, v, BURST_ENOUGH - 1, BURST_SPACING);
		break;
	case SCHEDULE_ASKED:
		asked(s, v);
		break;
	case SCHEDULE_ENOUGH:
		if (s->state == SCHEDULE_STARTING &&
		    s->left <= BURST_MOST - BURST_ENOUGH)
			poll_regularly(s, v);
		break;
	case SCHEDULE_NEWS:
		hurry(s, v);
		break;
	case SCHEDULE_DOUBT:
		doubt(s, v);
		break;
	case SCHEDULE_RESTLESS:
		hasten(s, v);
		break;
	case SCHEDULE_KISS:
		if (s->state == SCHEDULE_EXTRA)
			return_to_turn(s, v);
		else
			poll_regularly(s, v);
		break;
	case SCHEDULE_IS_OURS:
		leave_alone(s, v, SCHEDULE_OURS, OURS_INTERVAL);
		break;
	case SCHEDULE_CAME_BACK:
		leave_alone(s, v, SCHEDULE_RETURNED, schedule_longest(s));
		break;
	case SCHEDULE_DENIED:
		s->state = SCHEDULE_STOPPED;
		break;
	}
}
