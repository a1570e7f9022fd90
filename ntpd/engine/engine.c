/*
 * The engine asks the servers, decides what the time is, tells the parent what
 * to do about the clock and the servers what to tell others.  Here is its
 * loop: what it waits for, and what the other processes say.
 */
#include <math.h>
#include <stdlib.h>

#include "ntpd/child.h"
#include "ntpd/engine/engine_state.h"
#include "ntpd/engine/trust.h"

/* Frequency error of an oscillator of which nothing is known, s/s. */
#define UNKNOWN_FREQUENCY	200e-6

/* A drift file is never trusted to be better than this, s/s. */
#define LEAST_DRIFT_ERROR	0.05e-6

/*
 * What the modules keep for each statement is to follow its options.  True if
 * one that is barred now has had a part in the time.
 */
static bool
follow_options(struct engine *e)
{
	struct association *a;
	const struct host *h;
	size_t		 i;
	bool		 misled = false;

	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		a = &e->associations[i];
		if (!a->used)
			continue;
		h = &e->hosts.list[a->host];
		schedule_configure(&a->schedule, h->conf.minpoll,
		    h->conf.maxpoll);
		e->sync.sources[i].weight = h->conf.weight;
		if (h->barred && !a->barred) {
			misled = misled || sync_takes_part(&e->sync, i);
			sync_silence(&e->sync, i);
		}
		a->barred = h->barred;
	}
	return misled;
}

static void
add_server(struct engine *e, const struct message *msg)
{
	hosts_add(&e->hosts, msg->data);
}

static void
configure(struct engine *e, const struct message *msg)
{
	const struct engine_setup *setup = msg->data;
	const struct instant now = msg->at;
	double		 error = UNKNOWN_FREQUENCY;

	if (!hosts_configure(&e->hosts, setup->nservers, e->associations, now))
		return;
	e->setup = *setup;
	e->steer.read_only = setup->read_only != 0;
	orphan_configure(&e->orphan, setup, now);
	if (!e->configured) {
		if (setup->has_drift)
			error = fmax(setup->frequency_error, LEAST_DRIFT_ERROR);
		e->clocks.rate = setup->frequency;
		cards_init(&e->clocks.cards, setup->cards, setup->ncards);
		e->clock.frequency = setup->frequency;
		sync_init(&e->sync, setup->frequency, error);
		e->configured = true;
	}
	e->sync.max_drift = setup->max_drift;
	trust_configure(&e->hosts, (enum authentication)setup->authentication);
	engine_change_hosts(e, now);
	engine_retry_keys(e, now);
	if (follow_options(e))
		engine_begin_again(e, now);
	else
		engine_publish(e, now);
}

static void
connect_child(struct engine *e, const struct message *msg)
{
	const struct child_name *name = msg->data;
	const uint32_t	 i = name->instance;

	if (name->process == RESOLVER) {
		channel_replace(&e->resolver, msg, RESOLVER);
		hosts_ask_again(&e->hosts, msg->at);
	} else if (name->process == SENSOR && i < SENSORS_MOST) {
		channel_replace(&e->sensors[i].channel, msg, SENSOR);
		sensor_forget(&e->sensors[i].state);
	} else if (name->process == SERVER && i < SERVERS_MOST) {
		channel_replace(&e->servers[i], msg, SERVER);
		/*
		 * First, so that it never gives the time to ourselves.
		 * Without it the server takes nothing: another is to come.
		 */
		if (!channel_send(&e->servers[i], MSG_SERVER_MARK, 0, -1,
		    &e->marker.key))
			channel_close(&e->servers[i]);
		engine_publish(e, msg->at);
	}
}

static void	(*const handlers[MESSAGE_COUNT])(struct engine *,
		    const struct message *) = { TO_ENGINE(MESSAGE_HANDLER) };

static void
hear(struct engine *e, struct channel *ch)
{
	struct message	 msg;

	while (channel_receive(ch, &msg))
		handlers[msg.type](e, &msg);
}

static struct instant
next_deadline(const struct engine *e, struct instant now)
{
	struct instant	 t = instant_min(hosts_deadline(&e->hosts),
	    e->publish_at);

	t = instant_min(t, e->look_again);
	t = instant_min(t, e->decision.until);
	t = instant_min(t, orphan_deadline(&e->orphan, now));
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
	for (i = 0; i < SERVERS_MOST; i++)
		channel_poll(&e->servers[i], set);
	for (i = 0; i < SENSORS_MOST; i++)
		channel_poll(&e->sensors[i].channel, set);
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
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		a = &e->associations[i];
		if (a->used && a->query.fd != -1 &&
		    pollset_ready(set, a->query.slot, POLLIN))
			engine_on_packets(e, i, now);
	}
	if (!channel_transfer(&e->parent, set))
		exit(0);	/* the parent is gone, and with it the clock */
	hear(e, &e->parent);
	if (!e->parent.open)
		exit(1);
	if (!channel_transfer(&e->resolver, set))
		channel_close(&e->resolver);
	hear(e, &e->resolver);
	for (i = 0; i < SERVERS_MOST; i++) {
		if (!channel_transfer(&e->servers[i], set))
			channel_close(&e->servers[i]);
		hear(e, &e->servers[i]);
	}
	for (i = 0; i < SENSORS_MOST; i++) {
		if (!channel_transfer(&e->sensors[i].channel, set))
			channel_close(&e->sensors[i].channel);
		hear(e, &e->sensors[i].channel);
	}
}

static void
engine_init(struct engine *e, unsigned instance)
{
	size_t		 i;

	child_begin(&e->parent, ENGINE, instance);
	e->publish_at = e->decision.until = e->look_again = INSTANT_NEVER;
	e->complaints.burst = 10;
	e->complaints.interval = 60;
	e->steer.log = e->complaints;
	e->precision = clocks_precision();
	clocks_init(&e->clocks);
	orphan_init(&e->orphan);
	disruption_init(&e->disruption);
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
	struct leap_due	 due;
	bool		 leapt;

	engine_init(&e, instance);
	pollset_clear(&set);	/* what came with the setup is there already */
	for (;; wait_for_events(&e, &set, now)) {
		now = instant_now();
		due = steer_leap_due(&e.steer);
		leapt = clocks_follow_leap(&e.clocks, &due);
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
