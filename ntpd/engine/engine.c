/*
 * The engine asks the servers, decides what the time is, tells the parent what
 * to do about the clock and the servers what to tell others.  Here is its
 * loop: what it waits for, and what the other processes say.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/child.h"
#include "ntpd/engine/engine_state.h"

/* Frequency error of an oscillator of which nothing is known, s/s. */
#define UNKNOWN_FREQUENCY	200e-6

/* A drift file is never trusted to be better than this, s/s. */
#define LEAST_DRIFT_ERROR	0.05e-6

/* What the modules keep for each statement is to follow its options. */
static void
follow_options(struct engine *e)
{
	const struct config_server *conf;
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		if (!e->associations[i].used)
			continue;
		conf = &e->hosts.list[e->associations[i].host].conf;
		schedule_configure(&e->associations[i].schedule,
		    conf->minpoll, conf->maxpoll);
		e->sync.sources[i].weight = conf->weight;
	}
}

static void
configure(struct engine *e, const struct engine_setup *setup,
    struct instant now)
{
	double		 error = UNKNOWN_FREQUENCY;

	if (!hosts_configure(&e->hosts, setup->nservers, e->associations, now))
		return;
	e->setup = *setup;
	e->steer.read_only = setup->read_only != 0;
	local_configure(&e->local, setup, now);
	if (!e->configured) {
		if (setup->has_drift)
			error = fmax(setup->frequency_error, LEAST_DRIFT_ERROR);
		e->clocks.rate = setup->frequency;
		e->clock.frequency = setup->frequency;
		sync_init(&e->sync, setup->frequency, error);
		e->configured = true;
	}
	engine_change_hosts(e, now);
	follow_options(e);
	engine_publish(e, now);
}

/* FD is a channel to a child that was just started. */
static void
connect_child(struct engine *e, const struct child_name *name, int fd)
{
	const uint32_t	 i = name->instance;

	if (fd == -1)
		return;
	if (name->process == RESOLVER) {
		channel_close(&e->resolver);
		channel_open(&e->resolver, fd, ENGINE, RESOLVER);
		hosts_ask_again(&e->hosts, instant_now());
	} else if (name->process == SERVER && i < CONFIG_MAX_WORKERS) {
		channel_close(&e->servers[i]);
		channel_open(&e->servers[i], fd, ENGINE, SERVER);
		/* First, so that it never gives the time to ourselves. */
		channel_send(&e->servers[i], MSG_SERVER_MARK, 0, -1,
		    &e->marker.key);
		engine_publish(e, instant_now());
	} else
		close(fd);
}

static void
from_parent(struct engine *e, const struct message *msg, struct instant now)
{
	switch (msg->type) {
	case MSG_ENGINE_HOST:
		hosts_add(&e->hosts, msg->data);
		break;
	case MSG_ENGINE_SETUP:
		configure(e, msg->data, now);
		break;
	case MSG_ENGINE_OWN:
		e->own = *(const struct own_refids *)msg->data;
		break;
	case MSG_ENGINE_CHANNEL:
		connect_child(e, msg->data, msg->fd);
		return;
	case MSG_ENGINE_ASK:
		channel_send(&e->parent, MSG_ENGINE_ALIVE, 0, -1, NULL);
		break;
	case MSG_CLOCK_STATE:
		engine_on_clock_state(e, msg->data, now);
		break;
	case MSG_CLOCK_JUMPED:
		engine_on_jump(e, ((const struct clock_jumped *)msg->data)->by, now);
		break;
	case MSG_SHOW_STATUS:
		engine_show_status(e, msg->id, now);
		break;
	case MSG_SHOW_PEERS:
		engine_show_peers(e, msg->id, now);
		break;
	default:
		break;
	}
	if (msg->fd != -1)
		close(msg->fd);
}

static void
from_resolver(struct engine *e, const struct message *msg, struct instant now)
{
	if (msg->type == MSG_RESOLVED)
		engine_on_resolved(e, msg->id, msg->data, now);
	if (msg->fd != -1)
		close(msg->fd);
}

static void
from_server(struct engine *e, const struct message *msg)
{
	if (msg->type == MSG_OWN_REQUEST)
		engine_on_own_request(e,
		    ((const struct own_request *)msg->data)->transmit);
	if (msg->fd != -1)
		close(msg->fd);
}

static struct instant
next_deadline(const struct engine *e, struct instant now)
{
	struct instant	 t = instant_min(hosts_deadline(&e->hosts),
	    e->publish_at);

	t = instant_min(t, e->decision.until);
	t = instant_min(t, local_deadline(&e->local, now));
	return instant_min(t, associations_deadline(e->associations));
}

static void
wait_for_events(struct engine *e, struct pollset *set, struct instant now)
{
	struct association *a;
	size_t		 i;

	pollset_clear(set);
	channel_poll(&e->parent, set);
	channel_poll(&e->resolver, set);
	for (i = 0; i < CONFIG_MAX_WORKERS; i++)
		channel_poll(&e->servers[i], set);
	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		a = &e->associations[i];
		a->query.slot = -1;
		if (a->used)
			a->query.slot = pollset_add(set, a->query.fd, POLLIN);
	}
	pollset_wait(set, next_deadline(e, now), NULL);
}

/* Answers first: the sooner they are read, the truer is T4. */
static void
receive(struct engine *e, const struct pollset *set, struct instant now)
{
	struct association *a;
	struct message	 msg;
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		a = &e->associations[i];
		if (a->used && a->query.fd != -1 &&
		    pollset_ready(set, a->query.slot, POLLIN))
			engine_on_packets(e, i, now);
	}
	if (!channel_transfer(&e->parent, set))
		exit(0);	/* the parent is gone, and with it the clock */
	while (channel_receive(&e->parent, &msg))
		from_parent(e, &msg, now);
	if (!e->parent.open)
		exit(1);
	if (!channel_transfer(&e->resolver, set))
		channel_close(&e->resolver);
	while (channel_receive(&e->resolver, &msg))
		from_resolver(e, &msg, now);
	for (i = 0; i < CONFIG_MAX_WORKERS; i++) {
		if (!channel_transfer(&e->servers[i], set))
			channel_close(&e->servers[i]);
		while (channel_receive(&e->servers[i], &msg))
			from_server(e, &msg);
	}
}

static void
engine_init(struct engine *e, unsigned instance)
{
	size_t		 i;

	child_begin(&e->parent, ENGINE, instance);
	e->publish_at = e->decision.until = INSTANT_NEVER;
	e->complaints.burst = 10;
	e->complaints.interval = 60;
	e->precision = clocks_precision();
	clocks_init(&e->clocks);
	local_init(&e->local);
	marker_init(&e->marker);
	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		query_init(&e->associations[i].query);
}

void
engine_main(unsigned instance)
{
	static struct engine e;
	struct pollset	 set;
	struct instant	 now;
	bool		 leapt;

	engine_init(&e, instance);
	pollset_clear(&set);	/* what came with the setup is there already */
	for (;; wait_for_events(&e, &set, now)) {
		now = instant_now();
		leapt = clocks_follow_leap(&e.clocks);
		receive(&e, &set, now);
		if (!e.configured)
			continue;
		if (leapt)
			engine_on_leap(&e, now);
		engine_resolve(&e, now);
		engine_on_time(&e, now);
		if (!instant_before(now, e.publish_at))
			engine_publish(&e, now);
		engine_run_local(&e, now);
	}
}
