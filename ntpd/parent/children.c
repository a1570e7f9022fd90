/*
 * Starting children through the launcher, and replacing those that end.
 *
 * The resolver and the servers keep nothing that is not sent to them again,
 * so they are replaced, with growing patience.  The engine's state is the
 * daemon's: without it, or without the launcher, the parent ends, too, and
 * the service manager starts everything anew.
 */
#include <sys/wait.h>

#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/children.h"
#include "ntpd/spawn.h"

#define RESTART_FIRST	1.0	/* s */
#define RESTART_MOST	64.0
#define RESTART_FORGET	300.0	/* running that long makes us patient again */

static void
start(struct children *c, struct channel *ch, enum process process,
    size_t instance)
{
	struct child_name name = {
		.process = process, .instance = (uint32_t)instance
	};
	int		 fds[2];

	channel_pair(fds);
	channel_open(ch, fds[0], PARENT, process);
	channel_send(ch, MSG_CHILD_SETUP, 0, -1, &c->setup);
	if (!channel_send(&c->launcher, MSG_LAUNCH, 0, fds[1], &name))
		log_warnx("the launcher does not listen");
}

/* Give A (of the engine) and B (of the other) the ends of a channel. */
static void
connect_children(struct children *c, struct channel *other,
    enum message_type to_engine, enum message_type to_other, size_t instance)
{
	int		 fds[2];

	channel_pair(fds);
	channel_send(&c->engine, to_engine, (uint32_t)instance, fds[0], NULL);
	channel_send(other, to_other, 0, fds[1], NULL);
}

static void
start_resolver(struct children *c)
{
	start(c, &c->resolver, RESOLVER, 0);
	connect_children(c, &c->resolver, MSG_ENGINE_RESOLVER,
	    MSG_RESOLVER_ENGINE, 0);
	c->resolver_restart.at = INSTANT_NEVER;
	c->resolver_restart.started = instant_now();
}

static void
start_server(struct children *c, size_t i)
{
	start(c, &c->servers[i], SERVER, i);
	connect_children(c, &c->servers[i], MSG_ENGINE_SERVER,
	    MSG_SERVER_ENGINE, i);
	c->server_restart[i].at = INSTANT_NEVER;
	c->server_restart[i].started = instant_now();
}

void
children_init(struct children *c, const struct child_setup *setup)
{
	int		 fds[2];

	memset(c, 0, sizeof(*c));
	c->setup = *setup;
	c->resolver_restart.at = INSTANT_NEVER;
	channel_pair(fds);
	channel_open(&c->launcher, fds[0], PARENT, LAUNCHER);
	channel_send(&c->launcher, MSG_CHILD_SETUP, 0, -1, setup);
	if (spawn(LAUNCHER, 0, fds[1]) == -1)
		fatal("cannot start the launcher");
}

void
children_start(struct children *c)
{
	start(c, &c->engine, ENGINE, 0);
	start_resolver(c);
}

void
children_set_servers(struct children *c, size_t n)
{
	size_t		 i;

	for (i = n; i < c->nservers; i++)
		channel_close(&c->servers[i]);
	for (i = c->nservers; i < n; i++)
		start_server(c, i);
	c->nservers = n;
}

void
children_poll(struct children *c, struct pollset *set)
{
	size_t		 i;

	channel_poll(&c->launcher, set);
	channel_poll(&c->engine, set);
	channel_poll(&c->resolver, set);
	for (i = 0; i < c->nservers; i++)
		channel_poll(&c->servers[i], set);
}

/* Close what is gone and say when it is to be replaced. */
static void
transfer(struct channel *ch, struct restart *r, const struct pollset *set,
    struct instant now)
{
	if (channel_transfer(ch, set))
		return;
	channel_close(ch);
	if (instant_diff(now, r->started) > RESTART_FORGET || r->delay == 0)
		r->delay = RESTART_FIRST;
	else if (r->delay < RESTART_MOST)
		r->delay *= 2;
	r->at = instant_add(now, r->delay);
	log_warnx("%s is gone, starting another in %.0fs",
	    process_name(ch->peer), r->delay);
}

void
children_transfer(struct children *c, const struct pollset *set,
    struct instant now)
{
	size_t		 i;

	if (!channel_transfer(&c->launcher, set) || !c->launcher.open) {
		log_warnx("the launcher is gone");
		c->fatal = true;
	}
	if (!channel_transfer(&c->engine, set) || !c->engine.open) {
		log_warnx("the engine is gone");
		c->fatal = true;
	}
	transfer(&c->resolver, &c->resolver_restart, set, now);
	for (i = 0; i < c->nservers; i++)
		transfer(&c->servers[i], &c->server_restart[i], set, now);
}

bool
children_restart(struct children *c, struct instant now, size_t *which)
{
	size_t		 i;

	if (!instant_before(now, c->resolver_restart.at))
		start_resolver(c);
	for (i = 0; i < c->nservers; i++) {
		if (instant_before(now, c->server_restart[i].at))
			continue;
		start_server(c, i);
		*which = i;
		return true;
	}
	return false;
}

struct instant
children_deadline(const struct children *c)
{
	struct instant	 first = c->resolver_restart.at;
	size_t		 i;

	for (i = 0; i < c->nservers; i++)
		first = instant_min(first, c->server_restart[i].at);
	return first;
}

void
children_log_end(const struct children *c, const struct child_ended *end)
{
	const char	*name;

	if (end->name.process >= PROCESSES)
		return;
	name = process_name((enum process)end->name.process);
	if (WIFSIGNALED(end->status))
		log_warnx("%s (pid %d) was killed by signal %d%s", name,
		    end->pid, WTERMSIG(end->status),
		    WTERMSIG(end->status) == SIGSYS ?
		    ": it made a system call that its sandbox forbids" : "");
	else if (WEXITSTATUS(end->status) != 0)
		log_warnx("%s (pid %d) ended with status %d", name, end->pid,
		    WEXITSTATUS(end->status));
	else if (!c->fatal)
		log_debug("%s (pid %d) ended", name, end->pid);
}

void
children_stop(struct children *c)
{
	size_t		 i;

	channel_close(&c->engine);
	channel_close(&c->resolver);
	for (i = 0; i < c->nservers; i++)
		channel_close(&c->servers[i]);
	channel_close(&c->launcher);
}
