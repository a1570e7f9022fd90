/*
 * The parent's loop: what it waits for, and what it does about it.
 */
#include <math.h>
#include <signal.h>
#include <sysexits.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/state.h"

/* The engine is asked that often whether it lives, s. */
#define ENGINE_INTERVAL		20.0

/* After so many questions without an answer it is held up; tuned. */
#define ENGINE_QUESTIONS	4

/*
 * So often we look whether another program steers the clock, s: what it does in
 * between takes long to correct.  Tuned: lab/leavepll.t, left meanwhile.
 */
#define WATCH_INTERVAL		4.0

static volatile sig_atomic_t	 got_hup, got_term;

static void
on_signal(int sig)
{
	if (sig == SIGHUP)
		got_hup = 1;
	else
		got_term = 1;
}

/* ---- messages ---- */

static void
child_ended(struct parent *p, const struct message *msg)
{
	children_log_end(&p->children, msg->data);
}

static void
engine_alive(struct parent *p, const struct message *msg)
{
	(void)msg;
	p->unanswered = 0;
	if (!p->ready) {
		background_ready(&p->background);
		/* If this fails: again, in a while. */
		p->ready = notify_send(&p->notify,
		    "READY=1\nSTATUS=not synchronized yet");
	}
	if (p->notify.watchdog > 0)
		notify_send(&p->notify, "WATCHDOG=1");
}

static void
take_date(struct parent *p, const struct message *msg)
{
	const struct tls_date *date = msg->data;

	if (exchange_take(&p->exchanges, msg) != NULL)
		log_debug("a server says %lld", (long long)date->unix_time);
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
socket_taken(struct parent *p, const struct message *msg)
{
	size_t		 i;

	for (i = 0; i < p->children.nservers; i++)
		if (msg->from == &p->children.servers[i].channel)
			listeners_taken(&p->listeners, i, msg->id);
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
	t = instant_min(t, p->listeners.retry);
	t = instant_min(t, p->links.look);
	t = instant_min(t, children_deadline(&p->children));
	t = instant_min(t, p->control.ask);
	t = instant_min(t, collect_deadline(&p->collect));
	t = instant_min(t, p->watch_clock);
	t = instant_min(t, exchange_deadline(&p->exchanges));
	return instant_min(t, p->ask_engine);
}

/*
 * Whether it answered or not: a question that got lost is asked again.  Questions
 * are counted, not seconds: a machine that was paused has asked none meanwhile.
 */
static void
ask_engine(struct parent *p, struct instant now)
{
	double		 interval = ENGINE_INTERVAL;

	if (p->unanswered++ == ENGINE_QUESTIONS)
		children_engine_held_up(&p->children);
	if (p->notify.watchdog > 0)
		interval = fmin(interval, p->notify.watchdog / 3);
	p->ask_engine = instant_add(now, interval);
	channel_send(p->children.engine, MSG_ENGINE_ASK, 0, -1, NULL);
}

static void
do_exchanges(struct parent *p, struct instant now)
{
	struct exchange	 lost;

	exchange_tend(&p->exchanges, &p->children, now);
	while (exchange_unsaid(&p->exchanges, &lost))
		log_debug("exchange %u has ended without a result", lost.id);
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
		p->watch_clock = instant_add(now, WATCH_INTERVAL);
	}
	if (!instant_before(now, p->ask_engine)) {
		ask_engine(p, now);
		save_frequency(p, SAVE_IF_WORTH_IT);
	}
	while ((child = children_restart(&p->children, now)) != NULL)
		if (child->process == SERVER)
			listeners_forget(&p->listeners, child->instance);
	control_watch(p, now);
	children_check(&p->children, now);
	do_exchanges(p, now);
	if (links_due(&p->links, now)) {
		configure_links(p);
		listeners_follow(&p->listeners);
	}
	listeners_tell(&p->listeners, &p->conf, p->children.servers,
	    p->children.nservers, now);
	listeners_update(&p->listeners, p->children.servers,
	    p->children.nservers, now);
	if (collect_run(&p->collect, p->children.servers,
	    p->children.nservers, now))
		control_answer_collected(p);
}

static void
wait_and_receive(struct parent *p)
{
	struct pollset	 set;
	struct instant	 now;
	int		 netlink, timer;

	pollset_clear(&set);
	children_poll(&p->children, &set);
	netlink = pollset_add(&set, p->links.netlink, POLLIN);
	timer = pollset_add(&set, p->timerfd, POLLIN);

	pollset_wait(&set, next_deadline(p), &p->waiting);
	now = instant_now();

	if (pollset_ready(&set, netlink, POLLIN)) {
		links_read(&p->links, now);
		listeners_follow(&p->listeners);
	}
	children_transfer(&p->children, &set);
	drain(p);
	/* Last: a step asked for before the clock was set finds that out. */
	if (pollset_ready(&set, timer, POLLIN))
		command_check_clock(p);
}

/* ---- start and end ---- */

static void
set_signals(struct parent *p)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM };
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
	save_frequency(p, SAVE_NOW);
	if (p->children.fatal) {
		children_await_report(&p->children);
		children_log(&p->children);	/* last words */
	}
	children_stop(&p->children);
	control_close(&p->control);
	if (!p->children.fatal)
		log_info("ending");
	else if (!p->ready)
		log_warnx("the %s did not start: ending, see above for the "
		    "reason", process_name(p->children.lost));
	else
		log_warnx("the %s is gone: ending, the clock runs on with a "
		    "frequency correction of %+.3f ppm",
		    process_name(p->children.lost),
		    p->clock.frequency * 1e6);
	return p->children.fatal ? 1 : 0;
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
	log_info("ntpd started%s", options->read_only ?
	    ", the clock is read-only" : "");
	while (!got_term && !p.children.fatal) {
		wait_and_receive(&p);
		if (got_hup) {
			got_hup = 0;
			configure_reload(&p);
		}
		do_timers(&p, instant_now());
	}
	return stop(&p);
}
