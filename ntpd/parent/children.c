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
#include "ntpd/child.h"
#include "ntpd/parent/children.h"

#define RESTART_FIRST	1.0	/* s */
#define RESTART_MOST	64.0
#define RESTART_FORGET	300.0	/* running that long makes us patient again */
#define REPORT_WAIT	0.5	/* s, for the launcher's last report */

static bool
start(struct children *c, struct channel *ch, enum process process,
    size_t instance)
{
	struct child_name name = {
		.process = process, .instance = (uint32_t)instance
	};
	int		 fds[2];

	if (!channel_pair(fds))
		return false;
	channel_open(ch, fds[0], PARENT, process);
	return channel_send(ch, MSG_CHILD_SETUP, 0, -1, &c->setup) &&
	    channel_send(&c->launcher, MSG_LAUNCH, 0, fds[1], &name);
}

/* Give the engine and OTHER the ends of a channel. */
static bool
connect_children(struct children *c, struct channel *other,
    enum message_type to_engine, enum message_type to_other, size_t instance)
{
	int		 fds[2];
	bool		 sent;

	if (!channel_pair(fds))
		return false;
	sent = channel_send(&c->engine, to_engine, (uint32_t)instance, fds[0],
	    NULL);
	return channel_send(other, to_other, 0, fds[1], NULL) && sent;
}

static void
start_resolver(struct children *c)
{
	c->resolver_restart.at = INSTANT_NEVER;
	c->resolver_restart.started = instant_now();
	if (start(c, &c->resolver, RESOLVER, 0) &&
	    connect_children(c, &c->resolver, MSG_ENGINE_RESOLVER,
	    MSG_RESOLVER_ENGINE, 0))
		return;
	log_warn("cannot start the resolver");
	channel_close(&c->resolver);	/* children_check() does the rest */
}

static void
start_server(struct children *c, size_t i)
{
	c->server_restart[i].at = INSTANT_NEVER;
	c->server_restart[i].started = instant_now();
	if (start(c, &c->servers[i], SERVER, i) &&
	    connect_children(c, &c->servers[i], MSG_ENGINE_SERVER,
	    MSG_SERVER_ENGINE, i))
		return;
	log_warn("cannot start a server");
	channel_close(&c->servers[i]);	/* children_check() does the rest */
}

void
children_init(struct children *c, const struct child_setup *setup)
{
	int		 fds[2];

	memset(c, 0, sizeof(*c));
	c->setup = *setup;
	c->resolver_restart.at = INSTANT_NEVER;
	if (!channel_pair(fds))
		fatal("cannot make a channel to the launcher");
	channel_open(&c->launcher, fds[0], PARENT, LAUNCHER);
	channel_send(&c->launcher, MSG_CHILD_SETUP, 0, -1, setup);
	if (spawn(LAUNCHER, 0, fds[1]) == -1)
		fatal("cannot start the launcher");
}

void
children_start(struct children *c)
{
	if (!start(c, &c->engine, ENGINE, 0))
		fatal("cannot start the engine");
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
children_transfer(struct children *c, const struct pollset *set)
{
	size_t		 i;

	/* What these two said last is still to be taken. */
	if (!channel_transfer(&c->launcher, set))
		lose(c, LAUNCHER);
	if (!channel_transfer(&c->engine, set))
		lose(c, ENGINE);
	if (!channel_transfer(&c->resolver, set))
		channel_close(&c->resolver);
	for (i = 0; i < c->nservers; i++)
		if (!channel_transfer(&c->servers[i], set))
			channel_close(&c->servers[i]);
}

/* The more often it ends, the later it is started again. */
static void
check(const struct channel *ch, struct restart *r, const char *name,
    struct instant now)
{
	if (ch->open || r->at.ns != INSTANT_NEVER.ns)
		return;
	if (instant_diff(now, r->started) > RESTART_FORGET || r->delay == 0)
		r->delay = RESTART_FIRST;
	else if (r->delay < RESTART_MOST)
		r->delay *= 2;
	r->at = instant_add(now, r->delay);
	log_warnx("%s is gone, starting another in %.0fs", name, r->delay);
}

void
children_check(struct children *c, struct instant now)
{
	size_t		 i;

	if (!c->launcher.open)
		lose(c, LAUNCHER);
	if (!c->engine.open)
		lose(c, ENGINE);
	check(&c->resolver, &c->resolver_restart, process_name(RESOLVER), now);
	for (i = 0; i < c->nservers; i++)
		check(&c->servers[i], &c->server_restart[i],
		    process_name(SERVER), now);
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

static void
log_end(struct children *c, const struct child_ended *end)
{
	const char	*name;

	if (end->name.process >= PROCESSES)
		return;
	if (end->name.process == ENGINE)
		c->engine_reported = true;
	name = process_name((enum process)end->name.process);
	if (WIFSIGNALED(end->status))
		log_warnx("%s (pid %d) was killed by signal %d%s", name,
		    end->pid, WTERMSIG(end->status),
		    WTERMSIG(end->status) == SIGSYS ?
		    ": it made a system call that its sandbox forbids" : "");
	else if (WEXITSTATUS(end->status) != 0)
		log_warnx("%s (pid %d) ended with status %d", name, end->pid,
		    WEXITSTATUS(end->status));
	else
		log_debug("%s (pid %d) ended", name, end->pid);
}

void
children_log_ends(struct children *c)
{
	struct message	 msg;

	while (channel_receive(&c->launcher, &msg)) {
		if (msg.type == MSG_CHILD_ENDED)
			log_end(c, msg.data);
		if (msg.fd != -1)
			close(msg.fd);
	}
}

void
children_await_report(struct children *c)
{
	struct pollset	 set;
	struct instant	 end = instant_add(instant_now(), REPORT_WAIT);
	bool		 there = c->launcher.open;

	while (there && !c->engine_reported &&
	    instant_before(instant_now(), end)) {
		pollset_clear(&set);
		channel_poll(&c->launcher, &set);
		pollset_wait(&set, end, NULL);
		there = channel_transfer(&c->launcher, &set);
		children_log_ends(c);
		there = there && c->launcher.open;
	}
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
