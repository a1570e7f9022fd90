/*
 * The parent's loop: what it waits for, and what it does about it.
 */
#include <bsd/string.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/state.h"

/* So often we look whether the drift file is to be written, s. */
#define SAVE_INTERVAL		20.0

/*
 * So often we look whether another program steers the clock, s: what it does in
 * between takes long to correct.  Tuned: lab/leavepll.t, left meanwhile.
 */
#define WATCH_INTERVAL		4.0

static volatile sig_atomic_t	 got_hup, got_term, got_abort;

static void
on_signal(int sig)
{
	if (sig == SIGHUP)
		got_hup = 1;
	else if (sig == SIGABRT)
		got_abort = 1;	/* the service manager's watchdog */
	else
		got_term = 1;
}

/* ---- messages ---- */

static void
child_started(struct parent *p, const struct message *msg)
{
	children_started(&p->children, msg->data);
}

static void
child_ended(struct parent *p, const struct message *msg)
{
	children_log_end(&p->children, msg->data);
}

static void
child_alive(struct parent *p, const struct message *msg)
{
	/* The service manager is not told as often as an engine likes. */
	if (!living_answered(&p->children, msg) ||
	    msg->from != p->children.engine)
		return;
	if (!p->ready) {
		background_ready(&p->background);
		/* If this fails: again, in a while. */
		p->ready = notify_send(&p->notify,
		    "READY=1\nSTATUS=not synchronized yet");
	}
	if (p->notify.watchdog > 0)
		notify_send(&p->notify, "WATCHDOG=1");
}

/* Exchange ID for a constraint has ended, with a *DATE or NULL. */
static void
end_date(struct parent *p, uint32_t id, const struct tls_date *date,
    struct instant now)
{
	if (constrain_take(p, id, date, now))
		command_send_state(p, STATE_NEWS, now);
}

static void
resolver_busy(struct parent *p, const struct message *msg)
{
	living_busy(&p->children, msg);
}

static void
take_date(struct parent *p, const struct message *msg)
{
	const struct exchange *e = exchange_take(&p->exchanges,
	    MSG_TLS_ASK_DATE, msg);

	if (e != NULL)
		end_date(p, e->id, msg->data, msg->at);
}

/* See look_again() in command.c. */
static void
constraints_doubted(struct parent *p, const struct message *msg)
{
	constraints_hurry(&p->constraints, CONSTRAINT_DOUBTED, msg->at);
}

static void
take_addresses(struct parent *p, const struct message *msg)
{
	constraints_resolved(&p->constraints, msg->id, msg->data, msg->at);
}

static void
take_counters(struct parent *p, const struct message *msg)
{
	size_t		 i;

	for (i = 0; i < p->children.nservers; i++)
		if (msg->from == &p->children.servers[i].channel)
			collect_take(&p->collect, i, msg);
}

static void
binder_state(struct parent *p, const struct message *msg)
{
	p->listens = ((const struct binder_state *)msg->data)->listens != 0;
}

/*
 * Interfaces or addresses may have changed, which concerns the engine.  What
 * could not be reached may be within reach now.
 */
static void
binder_own(struct parent *p, const struct message *msg)
{
	channel_send(p->children.engine, MSG_ENGINE_OWN, 0, -1, msg->data);
	constraints_hurry(&p->constraints, CONSTRAINT_NETWORK, msg->at);
	sensors_set_cards(&p->sensors, msg->at);
}

static void
sensor_lost(struct parent *p, const struct message *msg)
{
	size_t		 i;

	for (i = 0; i < SENSORS_MOST; i++)
		if (msg->from == &p->children.sensors[i].channel)
			sensors_need(&p->sensors, i, SENSORS_AGAIN, msg->at);
}

static void
sensor_opened(struct parent *p, const struct message *msg)
{
	sensors_opened(&p->sensors, msg->id, msg->data, msg->at);
}

static void	(*const handlers[MESSAGE_COUNT])(struct parent *,
		    const struct message *) = { TO_PARENT(MESSAGE_HANDLER) };

static void
drain(struct parent *p)
{
	struct message	 msg;
	size_t		 i;

	for (i = 0; i < CHILDREN_MOST; i++)
		while (channel_receive(&p->children.list[i].channel, &msg))
			handlers[msg.type](p, &msg);
}

/* ---- loop ---- */

static struct instant
next_deadline(struct parent *p)
{
	struct instant	 t = p->clock.slew_due;

	t = instant_min(t, budget_deadline(&p->budget));
	t = instant_min(t, children_deadline(&p->children));
	t = instant_min(t, living_deadline(&p->children));
	t = instant_min(t, collect_deadline(&p->collect));
	t = instant_min(t, sensors_deadline(&p->sensors));
	t = instant_min(t, p->watch_clock);
	t = instant_min(t, p->once.deadline);
	t = instant_min(t, publish_deadline(&p->publish));
	t = instant_min(t, operator_deadline(&p->operator));
	t = instant_min(t, exchange_deadline(&p->exchanges));
	t = instant_min(t, constraints_deadline(&p->constraints));
	return instant_min(t, p->save_drift);
}

/* Those that ended are started again, and know nothing. */
static void
restart(struct parent *p, struct instant now)
{
	struct child	*child;

	while ((child = children_restart(&p->children, now)) != NULL) {
		if (child->process == SERVER)
			tell_anew(&p->told[child->instance]);
		if (child->process == BINDER) {
			p->listens = false;
			configure_binder(p);
		}
		if (child->process == KE)
			serving_begin(p);
		if (child->process == SENSOR)
			sensors_need(&p->sensors, child->instance,
			    SENSORS_BEGIN, now);
	}
}

static void
tell_servers(struct parent *p)
{
	size_t		 i;

	/* If memory is short: again, in the next turn. */
	for (i = 0; i < p->children.nservers; i++)
		(void)tell_run(&p->told[i], &p->children.servers[i].channel,
		    &p->conf, &p->serving.keys);
}

/* A card that is to be read is to stamp packets first. */
static void
have_opened(struct parent *p, size_t i, const struct sensor_gift *gift)
{
	struct stamp_order order;

	if (gift->opening.device.kind == SENSOR_CARD) {
		memset(&order, 0, sizeof(order));
		strlcpy(order.interface, gift->opening.device.name,
		    sizeof(order.interface));
		channel_send(p->children.stamper, MSG_STAMP, 0, -1, &order);
	}
	channel_send(p->children.opener, gift->type, (uint32_t)i, -1,
	    &gift->opening);
}

/* Those that have no device get it, when it is there. */
static void
give_sensors(struct parent *p, struct instant now)
{
	struct sensor_gift gift;
	size_t		 i;

	while ((i = sensors_give(&p->sensors, now, &gift)) < SENSORS_MOST)
		if (gift.type == MSG_OPEN)
			have_opened(p, i, &gift);
		else
			channel_send(&p->children.sensors[i].channel,
			    gift.type, 0, gift.fd, &gift.opening.device);
}

static void
do_exchanges(struct parent *p, struct instant now)
{
	struct exchange	 lost;
	struct resolve_request request;
	struct tls_task	 task;
	struct exchange	 ask = { .what = MSG_TLS_ASK_DATE };
	uint32_t	 id;

	exchange_tend(&p->exchanges, &p->children, now);
	while (exchange_unsaid(&p->exchanges, &lost))
		if (lost.what == MSG_TLS_ASK_KEYS)
			nts_lost(p, lost.id);
		else
			end_date(p, lost.id, NULL, now);
	while (constraints_question(&p->constraints, now, &id, &request))
		channel_send(&p->children.resolver->channel,
		    MSG_RESOLVE_HTTPS, id, -1, &request);
	while (constraints_task(&p->constraints, now, &ask.id, &task))
		if (!exchange_begin(&p->exchanges, &p->children, &ask, &task,
		    now))
			constraints_postpone(&p->constraints, ask.id, now);
}

static void
do_timers(struct parent *p, struct instant now)
{
	struct child	*child;

	if (clock_tend_slew(&p->clock, now))
		command_send_state(p, STATE_NEWS, now);
	command_tend_budget(p, now);
	if (!instant_before(now, p->watch_clock)) {
		clock_watch(&p->clock);
		if (constrain_hold(p, now))
			command_send_state(p, STATE_NEWS, now);
		p->watch_clock = instant_add(now, WATCH_INTERVAL);
	}
	if (!instant_before(now, p->save_drift)) {
		save_frequency(p, SAVE_IF_WORTH_IT);
		p->save_drift = instant_add(now, SAVE_INTERVAL);
	}
	publish_tend(&p->publish, now);
	restart(p, now);
	while ((child = living_ask(&p->children, now)) != NULL)
		children_held_up(&p->children, child);
	children_check(&p->children, now);
	once_check(&p->once, now);
	do_exchanges(p, now);
	serving_tend(p);
	give_sensors(p, now);
	tell_servers(p);
	if (collect_run(&p->collect, p->children.servers,
	    p->children.nservers, now))
		control_answer_collected(p);
}

static void
wait_and_receive(struct parent *p)
{
	struct pollset	 set;
	int		 timer;

	pollset_clear(&set);
	children_poll(&p->children, &set);
	timer = pollset_add(&set, p->timerfd, POLLIN);
	operator_poll(&p->operator, &set);

	pollset_wait(&set, next_deadline(p), &p->waiting);
	children_transfer(&p->children, &set);
	drain(p);
	/* Last: a step asked for before the clock was set finds that out. */
	if (pollset_ready(&set, timer, POLLIN))
		command_check_clock(p);
	operator_receive(p, &set, instant_now());
}

/* ---- start and end ---- */

static void
set_signals(struct parent *p)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM, SIGABRT };
	struct sigaction sa = { .sa_handler = on_signal };
	sigset_t	 block;
	size_t		 i;

	sigemptyset(&block);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		sigaddset(&block, signals[i]);
		if (sigaction(signals[i], &sa, NULL) == -1)
			fatal("sigaction");
	}
	if (sigprocmask(SIG_BLOCK, &block, &p->waiting) == -1)
		fatal("sigprocmask");
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigdelset(&p->waiting, signals[i]);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);	/* its channel tells of the launcher */
}

static int
stop(struct parent *p)
{
	notify_send(&p->notify, "STOPPING=1");
	clock_close(&p->clock);
	publish_close(&p->publish);
	save_frequency(p, SAVE_NOW);
	limits_save(p, p->children.fatal || got_abort ? END_LOST : END_ASKED,
	    instant_now());
	if (p->children.fatal) {
		children_await_report(&p->children);
		children_log(&p->children);	/* last words */
	}
	children_stop(&p->children);
	children_log(&p->children);
	control_close(&p->control);
	operator_close(&p->operator);
	if (p->once.done)
		return p->once.status;
	if (got_abort)
		log_warnx("ending, as the watchdog says: the engine does not "
		    "answer");
	else if (!p->children.fatal)
		log_info("ending");
	else if (!p->ready)
		log_warnx("the %s did not start: ending, see above for the "
		    "reason", process_name(p->children.lost));
	else
		log_warnx("the %s is gone: ending, the clock runs on with a "
		    "frequency correction of %+.3f ppm",
		    process_name(p->children.lost),
		    p->clock.frequency * 1e6);
	return p->children.fatal || got_abort ? 1 : 0;
}

int
parent_main(const struct parent_options *options)
{
	static struct parent p;

	p.options = options;
	p.timerfd = -1;
	p.drift_error = -1;
	if (!configure_load(&p))
		return EX_CONFIG;
	set_signals(&p);
	start(&p);
	if (options->once == ONCE_NOT)
		log_info("ntpd started%s", options->read_only ?
		    ", the clock is read-only" : "");
	while (!got_term && !got_abort && !p.children.fatal && !p.once.done) {
		wait_and_receive(&p);
		if (got_hup) {
			got_hup = 0;
			configure_reload(&p);
		}
		do_timers(&p, instant_now());
	}
	return stop(&p);
}
