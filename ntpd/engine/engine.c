/*
 * The engine's loop: what it waits for, and what it does about it.
 */
#include <bsd/unistd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/engine/engine.h"
#include "ntpd/engine/engine_sandbox.h"
#include "ntpd/engine/state.h"

/* Frequency error of an oscillator of which nothing is known, s/s. */
#define UNKNOWN_FREQUENCY	200e-6

/* A drift file is never trusted to be better than this, s/s. */
#define LEAST_DRIFT_ERROR	0.05e-6

static void
configure(struct engine *e, const struct engine_setup *setup,
    struct instant now)
{
	double		 error = UNKNOWN_FREQUENCY;

	if (setup->nservers != e->npending) {
		log_warnx("of %u servers %zu arrived: configuration ignored",
		    setup->nservers, e->npending);
		e->npending = 0;
		return;
	}
	e->setup = *setup;
	local_configure(e, now);
	if (!e->configured) {
		if (setup->has_drift)
			error = setup->frequency_error > LEAST_DRIFT_ERROR ?
			    setup->frequency_error : LEAST_DRIFT_ERROR;
		e->clocks.rate = setup->frequency;
		e->clock.frequency = setup->frequency;
		e->clock.may_step = setup->step != STEP_NEVER;
		sync_init(&e->sync, setup->frequency, error);
		e->configured = true;
	}
	hosts_configure(e, now);
	e->npending = 0;
	steer_publish(e, now);
}

static void
connect_server(struct engine *e, uint32_t i, int fd)
{
	if (i >= CONFIG_MAX_WORKERS || fd == -1) {
		if (fd != -1)
			close(fd);
		return;
	}
	channel_close(&e->servers[i]);
	channel_open(&e->servers[i], fd, ENGINE, SERVER);
	steer_publish(e, instant_now());
}

static void
connect_resolver(struct engine *e, int fd)
{
	if (fd == -1)
		return;
	channel_close(&e->resolver);
	channel_open(&e->resolver, fd, ENGINE, RESOLVER);
	hosts_ask_again(e, instant_now());
}

static void
clock_state(struct engine *e, const struct clock_state *state,
    struct instant now)
{
	bool		 new_start = state->may_step && !e->clock.may_step;

	e->clock = *state;
	e->slew_end = instant_add(now, state->slew_left);
	e->clocks.rate = state->frequency + state->slew;
	if (e->stepping && state->answers_step) {
		/* Done or refused; what is left is for the next sample. */
		e->stepping = false;
		steer_publish(e, now);
	} else if (new_start && !e->stepping)
		steer_update(e, now);
}

static void
from_parent(struct engine *e, const struct message *msg, struct instant now)
{
	switch (msg->type) {
	case MSG_ENGINE_HOST:
		if (e->npending < CONFIG_MAX_SERVERS)
			memcpy(&e->pending[e->npending++], msg->data,
			    sizeof(e->pending[0]));
		break;
	case MSG_ENGINE_SETUP:
		configure(e, msg->data, now);
		break;
	case MSG_ENGINE_RESOLVER:
		connect_resolver(e, msg->fd);
		return;
	case MSG_ENGINE_SERVER:
		connect_server(e, msg->id, msg->fd);
		return;
	case MSG_ENGINE_ASK:
		channel_send(&e->parent, MSG_ENGINE_ALIVE, 0, -1, NULL);
		break;
	case MSG_CLOCK_STATE:
		clock_state(e, msg->data, now);
		break;
	case MSG_CLOCK_JUMPED:
		steer_jumped(e,
		    ((const struct clock_jumped *)msg->data)->by, now);
		break;
	case MSG_SHOW_STATUS:
		report_status(e, msg->id, now);
		break;
	case MSG_SHOW_PEERS:
		report_peers(e, msg->id, now);
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
		hosts_resolved(e, msg->id, msg->data, now);
	if (msg->fd != -1)
		close(msg->fd);
}

static struct instant
next_deadline(const struct engine *e)
{
	struct instant	 t = instant_min(hosts_deadline(e), e->publish_at);

	return instant_min(t, associations_deadline(e));
}

static void
wait_for_events(struct engine *e, struct pollset *set)
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
	pollset_wait(set, next_deadline(e), NULL);
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
			query_receive(e, a, now);
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
			if (msg.fd != -1)
				close(msg.fd);
	}
}

static void
engine_init(struct engine *e, int parent_fd)
{
	const struct child_setup *setup;
	struct sandbox_target target;
	struct message	 msg;
	size_t		 i;

	channel_open(&e->parent, parent_fd, ENGINE, PARENT);
	if (!channel_expect(&e->parent, MSG_CHILD_SETUP, 10, &msg))
		fatalx("engine: no setup from the parent");
	setup = msg.data;
	log_init((enum log_target)setup->log_target, "engine",
	    setup->verbose);
	setproctitle("engine");
	target.root = setup->root;
	target.uid = setup->uid;
	target.gid = setup->gid;
	sandbox_enter(&engine_sandbox, &target);
	e->publish_at = INSTANT_NEVER;
	e->complaints.burst = 10;
	e->complaints.interval = 60;
	e->precision = clocks_precision();
	clocks_init(&e->clocks);
	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		e->associations[i].query.fd = -1;
}

void
engine_main(int parent_fd)
{
	static struct engine e;
	struct pollset	 set;
	struct instant	 now;
	bool		 leapt;

	engine_init(&e, parent_fd);
	pollset_clear(&set);	/* what came with the setup is there already */
	for (;; wait_for_events(&e, &set)) {
		now = instant_now();
		leapt = clocks_follow_leap(&e.clocks);
		receive(&e, &set, now);
		if (!e.configured)
			continue;
		if (leapt)
			steer_leapt(&e, now);
		hosts_resolve(&e, now);
		associations_run(&e, now);
		if (!instant_before(now, e.publish_at))
			steer_publish(&e, now);
		local_run(&e, now);
	}
}
