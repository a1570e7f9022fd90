/*
 * Which children run, and replacing those that end.
 *
 * Those that keep nothing that is not sent to them again are replaced, with
 * growing patience.  The engine's state is the daemon's: without it, or without
 * the launcher, the parent ends, too, and the service manager starts everything
 * anew.
 */
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/children.h"
#include "ntpd/parent/launch.h"

#define RESTART_FIRST	1.0	/* s */
#define RESTART_MOST	64.0
#define RESTART_FORGET	300.0	/* running that long makes us patient again */
#define LOG_BURST	10	/* ends of one that are logged, then one in: */
#define LOG_INTERVAL	600.0	/* s; a stranger may be the cause of them */
#define STOP_WAIT	3.0	/* s, for its end, and its children's before */

static const struct {
	enum child_end	 end;
	size_t		 start;		/* that many at the start */
} kinds[PROCESSES] = {
#define CHILD(process, name, end, start, ...)	[process] = { end, start },
	CHILDREN
#undef CHILD
};

/* Start CHILD, for the first time or again. */
static void
start(struct children *c, struct child *child)
{
	struct restart	*r = &child->restart;

	child->wanted = true;
	r->at = r->tell = INSTANT_NEVER;
	r->started = instant_now();
	r->reported = false;
	living_begin(&child->living, r->started);
	if (launch_child(c, child))
		return;
	log_warn("cannot start %s", process_name(child->process));
	channel_close(&child->channel);	/* children_check() does the rest */
}

static void
end(struct child *child)
{
	channel_close(&child->channel);
	child->wanted = false;
	child->restart.at = child->restart.tell = INSTANT_NEVER;
}

/* The first child of PROCESS. */
static struct child *
find(struct children *c, enum process process)
{
	struct child	*child = c->list;

	while (child->process != process)
		child++;
	return child;
}

static void
fill_list(struct children *c)
{
	struct child	*child = c->list;
	enum process	 process;
	uint32_t	 i;

	for (process = LAUNCHER; process < PROCESSES; process++)
		for (i = 0; process_is_child(process, i); i++) {
			child->process = process;
			child->instance = i;
			child->log.fd = -1;
			child->living.log = (struct log_limit){
			    .burst = 2, .interval = LOG_INTERVAL };
			child->restart.at = INSTANT_NEVER;
			child->restart.ends = (struct log_limit){
			    .burst = LOG_BURST, .interval = LOG_INTERVAL };
			child->restart.starts = child->restart.ends;
			child++->restart.tell = INSTANT_NEVER;
		}
	c->launcher = &find(c, LAUNCHER)->channel;
	c->binder = &find(c, BINDER)->channel;
	c->engine = &find(c, ENGINE)->channel;
	c->opener = &find(c, OPENER)->channel;
	c->stamper = &find(c, STAMPER)->channel;
	c->servers = find(c, SERVER);
	c->control = find(c, CONTROL);
	c->resolver = find(c, RESOLVER);
	c->ke = find(c, KE);
	c->sensors = find(c, SENSOR);
}

void
children_init(struct children *c, const struct child_setup *setup,
    int control_fd)
{
	memset(c, 0, sizeof(*c));
	c->setup = *setup;
	c->control_fd = control_fd;
	c->stamper_pidfd = -1;
	fill_list(c);
	c->launcher_pidfd = launch_fork(c, find(c, LAUNCHER));
}

void
children_fork(struct children *c, enum process process)
{
	const int	 pidfd = launch_fork(c, find(c, process));

	if (process == STAMPER)
		c->stamper_pidfd = pidfd;
	else
		close(pidfd);
}

void
children_start(struct children *c)
{
	enum process	 process;

	for (process = LAUNCHER + 1; process < PROCESSES; process++)
		children_set(c, process, kinds[process].start);
}

void
children_set(struct children *c, enum process process, size_t n)
{
	struct child	*child = find(c, process);
	uint32_t	 i;

	for (i = 0; process_is_child(process, i); i++, child++) {
		if (i >= n)
			end(child);
		else if (!child->wanted)
			start(c, child);
	}
	if (process == SERVER)
		c->nservers = n;
}

void
children_begin(struct children *c, enum process process, uint32_t instance)
{
	struct child	*child = find(c, process) + instance;

	end(child);
	start(c, child);
}

void
children_end(struct children *c, enum process process, uint32_t instance)
{
	end(find(c, process) + instance);
}

struct child *
children_add(struct children *c, enum process process)
{
	struct child	*child = find(c, process);
	uint32_t	 i;

	for (i = 0; process_is_child(process, i); i++, child++)
		if (!child->wanted) {
			start(c, child);
			return child;
		}
	return NULL;
}

void
children_poll(struct children *c, struct pollset *set)
{
	size_t		 i;

	for (i = 0; i < CHILDREN_MOST; i++) {
		channel_poll(&c->list[i].channel, set);
		logpipe_poll(&c->list[i].log, set);
	}
}

/*
 * Without this one the daemon cannot go on.  The first one counts: the launcher
 * takes the engine with it.
 */
static void
lose(struct children *c, enum process process)
{
	if (!c->fatal)
		c->lost = process;
	c->fatal = true;
}

void
children_held_up(struct children *c, struct child *child)
{
	if (log_allowed(&child->living.log, instant_now(), NULL))
		log_warnx("the %s is held up: it does not answer",
		    process_name(child->process));
	if (kinds[child->process].end != ENDS_ALL) {
		children_kill(c, child);
		return;
	}
	c->engine_reported = true;	/* it has not ended by itself */
	lose(c, child->process);
}

void
children_transfer(struct children *c, const struct pollset *set)
{
	struct child	*child;

	for (child = c->list; child < c->list + CHILDREN_MOST; child++) {
		if (pollset_ready(set, child->log.slot, POLLIN))
			logpipe_read(&child->log);
		if (channel_transfer(&child->channel, set))
			continue;
		/* What such a one said last is still to be taken. */
		if (kinds[child->process].end == ENDS_ALL)
			lose(c, child->process);
		else
			channel_close(&child->channel);
	}
}

/* The more often it ends, the later it is started again. */
static void
set_date(struct child *child, struct instant now)
{
	struct restart	*r = &child->restart;

	if (instant_diff(now, r->started) > RESTART_FORGET || r->delay == 0 ||
	    kinds[child->process].end == REPLACED_SOON)
		r->delay = RESTART_FIRST;
	else if (r->delay < RESTART_MOST)
		r->delay *= 2;
	r->at = instant_add(now, r->delay);
	r->tell = instant_add(now, REPORT_WAIT);
}

/* The launcher says how it ended, mostly soon: that comes first in the log. */
static void
tell_date(struct child *child, struct instant now)
{
	struct restart	*r = &child->restart;

	if (r->tell.ns == INSTANT_NEVER.ns ||
	    (!r->reported && instant_before(now, r->tell)))
		return;
	r->tell = INSTANT_NEVER;
	if (log_allowed(&r->starts, now, NULL))
		log_info("starting another %s in %.0f s",
		    process_name(child->process), r->delay);
}

void
children_check(struct children *c, struct instant now)
{
	struct child	*child;

	for (child = c->list; child < c->list + CHILDREN_MOST; child++) {
		if (!child->wanted || child->channel.open)
			continue;
		if (kinds[child->process].end == ENDS_ALL)
			lose(c, child->process);
		else if (kinds[child->process].end == ENDS_ITSELF)
			end(child);
		else if (child->restart.at.ns == INSTANT_NEVER.ns)
			set_date(child, now);
		tell_date(child, now);
	}
}

void
children_kill(struct children *c, struct child *child)
{
	const struct child_name name = { child->process, child->instance };

	channel_send(c->launcher, MSG_KILL, 0, -1, &name);
	channel_close(&child->channel);	/* children_check() does the rest */
}

struct child *
children_restart(struct children *c, struct instant now)
{
	struct child	*child;

	for (child = c->list; child < c->list + CHILDREN_MOST; child++) {
		if (instant_before(now, child->restart.at))
			continue;
		start(c, child);
		child->restarts++;
		return child;
	}
	return NULL;
}

struct instant
children_deadline(const struct children *c)
{
	struct instant	 first = INSTANT_NEVER;
	const struct restart *r;
	size_t		 i;

	for (i = 0; i < CHILDREN_MOST; i++) {
		r = &c->list[i].restart;
		first = instant_min(first, instant_min(r->at, r->tell));
	}
	return first;
}

/*
 * A service manager kills what is left when the parent has ended, and says so.
 * Nothing is: the launcher ends last.  And the stamper, which is killed when
 * the parent ends, has to set cards back before.
 */
static void
await_end(int pidfd)
{
	struct pollset	 set;
	struct instant	 end = instant_add(instant_now(), STOP_WAIT);
	bool		 ended = pidfd == -1;
	int		 slot;

	while (!ended && instant_before(instant_now(), end)) {
		pollset_clear(&set);
		slot = pollset_add(&set, pidfd, POLLIN);
		pollset_wait(&set, end, NULL);
		ended = pollset_ready(&set, slot, POLLIN);
	}
}

void
children_log(struct children *c)
{
	struct child	*child;

	for (child = c->list; child < c->list + CHILDREN_MOST; child++)
		logpipe_read(&child->log);
}

void
children_stop(struct children *c)
{
	struct child	*child = c->list + CHILDREN_MOST;

	while (child-- > c->list)	/* the launcher last */
		end(child);
	await_end(c->stamper_pidfd);
	await_end(c->launcher_pidfd);
}
