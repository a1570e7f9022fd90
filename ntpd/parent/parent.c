/*
 * The parent's loop: what it waits for, and what it does about it.
 */
#include <sys/stat.h>
#include <sys/timerfd.h>

#include <bsd/string.h>
#include <bsd/unistd.h>
#include <errno.h>
#include <math.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/parent_sandbox.h"
#include "ntpd/parent/state.h"
#include "ntpd/sandbox.h"

#define RUN_DIR			"/run/ntpd"
#define CHILD_ROOT		RUN_DIR "/empty"

/* The engine shows that it lives that often, s. */
#define ENGINE_INTERVAL		20.0

static volatile sig_atomic_t	 got_hup, got_term;

static void
on_signal(int sig)
{
	if (sig == SIGHUP)
		got_hup = 1;
	else
		got_term = 1;
}

static void
report(void *arg, bool is_error, const char *line)
{
	(void)arg;
	log_at(is_error ? LOG_ERR : LOG_WARNING, "%s", line);
}

/* ---- configuration ---- */

static void
configure_engine(struct parent *p, bool has_drift, double drift_error)
{
	struct engine_setup setup = {
		.read_only = p->options->read_only,
		.listening = p->conf.nlisteners > 0,
		.step = (uint8_t)p->conf.step,
		.has_drift = has_drift,
		.nservers = (uint32_t)p->conf.nservers,
		.step_threshold = p->conf.step_threshold,
		.frequency = p->clock.frequency,
		.frequency_error = drift_error
	};
	size_t		 i;

	for (i = 0; i < p->conf.nservers; i++)
		channel_send(&p->children.engine, MSG_ENGINE_HOST,
		    (uint32_t)i, -1, &p->conf.servers[i]);
	channel_send(&p->children.engine, MSG_ENGINE_SETUP, 0, -1, &setup);
}

static void
configure_servers(struct parent *p)
{
	size_t		 n = p->conf.nlisteners > 0 ? p->conf.workers : 0;

	children_set_servers(&p->children, n);
	listeners_configure(&p->listeners, &p->conf, p->children.servers, n);
	listeners_update(&p->listeners, p->children.servers, n,
	    instant_now());
}

static void
reload(struct parent *p)
{
	static struct config new;

	got_hup = 0;
	if (!config_load(&new, p->options->config_file, report, NULL)) {
		log_warnx("%s has errors: keeping the old configuration",
		    p->options->config_file);
		return;
	}
	if (strcmp(new.socket, p->conf.socket) != 0 ||
	    strcmp(new.user, p->conf.user) != 0 ||
	    strcmp(new.driftfile, p->conf.driftfile) != 0) {
		log_warnx("socket, user and driftfile take effect after a "
		    "restart only");
		strlcpy(new.socket, p->conf.socket, sizeof(new.socket));
		strlcpy(new.user, p->conf.user, sizeof(new.user));
		strlcpy(new.driftfile, p->conf.driftfile,
		    sizeof(new.driftfile));
	}
	notify_send(&p->notify, "RELOADING=1");
	p->conf = new;
	p->policy.step = new.step;
	p->policy.threshold = new.step_threshold;
	configure_engine(p, false, 0);
	configure_servers(p);
	notify_send(&p->notify, "READY=1");
	log_info("configuration reloaded");
}

/* ---- messages ---- */

static void
engine_alive(struct parent *p, struct instant now)
{
	if (!p->ready) {
		notify_send(&p->notify, "READY=1\nSTATUS=starting");
		p->ready = true;
	}
	if (p->notify.watchdog > 0)
		notify_send(&p->notify, "WATCHDOG=1");
	p->ask_engine = instant_add(now, p->notify.watchdog > 0 ?
	    fmin(ENGINE_INTERVAL, p->notify.watchdog / 3) : ENGINE_INTERVAL);
}

static void
from_engine(struct parent *p, const struct message *msg, struct instant now)
{
	switch (msg->type) {
	case MSG_ENGINE_ALIVE:
		engine_alive(p, now);
		break;
	case MSG_CLOCK_FREQUENCY:
	case MSG_CLOCK_SLEW:
	case MSG_CLOCK_STEP:
	case MSG_CLOCK_QUALITY:
		command_run(p, msg, now);
		break;
	case MSG_STATUS_RECORD:
	case MSG_PEER_RECORD:
	case MSG_END_RECORD:
		control_answer(&p->control, msg);
		break;
	default:
		break;
	}
}

static void
drain(struct parent *p, struct instant now)
{
	struct message	 msg;
	size_t		 i;

	while (channel_receive(&p->children.launcher, &msg)) {
		if (msg.type == MSG_CHILD_ENDED)
			children_log_end(&p->children, msg.data);
		if (msg.fd != -1)
			close(msg.fd);
	}
	while (channel_receive(&p->children.engine, &msg)) {
		from_engine(p, &msg, now);
		if (msg.fd != -1)
			close(msg.fd);
	}
	/* These have nothing to say; what they say all the same is dropped. */
	while (channel_receive(&p->children.resolver, &msg))
		if (msg.fd != -1)
			close(msg.fd);
	for (i = 0; i < p->children.nservers; i++)
		while (channel_receive(&p->children.servers[i], &msg))
			if (msg.fd != -1)
				close(msg.fd);
}

/* ---- loop ---- */

static struct instant
next_deadline(struct parent *p)
{
	struct instant	 t = p->clock.slew_end;

	t = instant_min(t, p->listeners.retry);
	t = instant_min(t, children_deadline(&p->children));
	t = instant_min(t, control_deadline(&p->control));
	return instant_min(t, p->ask_engine);
}

static void
do_timers(struct parent *p, struct instant now)
{
	size_t		 i;

	if (clock_end_slew(&p->clock, now))
		command_send_state(p, false, now);
	if (!instant_before(now, p->ask_engine)) {
		p->ask_engine = INSTANT_NEVER;	/* until it answers */
		channel_send(&p->children.engine, MSG_ENGINE_ASK, 0, -1, NULL);
		save_frequency(p, false);
	}
	while (children_restart(&p->children, now, &i))
		listeners_forget(&p->listeners, i);
	listeners_update(&p->listeners, p->children.servers,
	    p->children.nservers, now);
}

static void
wait_and_receive(struct parent *p)
{
	struct pollset	 set;
	struct instant	 now;
	uint64_t	 expirations;
	int		 netlink, timer, log;

	pollset_clear(&set);
	children_poll(&p->children, &set);
	control_poll(&p->control, &set);
	netlink = pollset_add(&set, p->listeners.netlink, POLLIN);
	timer = pollset_add(&set, p->timerfd, POLLIN);
	log = pollset_add(&set, p->logpipe.fd, POLLIN);

	pollset_wait(&set, next_deadline(p), &p->waiting);
	now = instant_now();

	if (pollset_ready(&set, log, POLLIN))
		logpipe_read(&p->logpipe);
	if (pollset_ready(&set, netlink, POLLIN))
		listeners_read_netlink(&p->listeners);
	if (pollset_ready(&set, timer, POLLIN)) {
		(void)!read(p->timerfd, &expirations, sizeof(expirations));
		command_watch_clock(p);
		command_check_clock(p);
	}
	children_transfer(&p->children, &set, now);
	drain(p, now);
	control_transfer(&p->control, &set, &p->children.engine, now);
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

/* Does the journal read standard error?  Then it understands priorities. */
static bool
stderr_is_journal(void)
{
	const char	*stream = getenv("JOURNAL_STREAM");
	struct stat	 st;
	char		 text[64];

	if (stream == NULL || fstat(STDERR_FILENO, &st) == -1)
		return false;
	snprintf(text, sizeof(text), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	return strcmp(stream, text) == 0;
}

static enum log_target
start_log(struct parent *p)
{
	enum log_target	 target = LOG_TO_STDERR;

	p->logpipe.fd = -1;
	if (!p->options->foreground) {
		if (daemon(0, 0) == -1)
			fatal("daemon");
		target = LOG_TO_SYSLOG;
		logpipe_open(&p->logpipe);
	} else if (stderr_is_journal())
		target = LOG_TO_JOURNAL;
	log_init(target, NULL, p->options->verbose);
	/* What the children write, the parent tags or the journal reads. */
	return target == LOG_TO_STDERR ? LOG_TO_STDERR : LOG_TO_JOURNAL;
}

static void
prepare_setup(struct parent *p, struct child_setup *setup)
{
	struct passwd	*pw;

	if (geteuid() != 0)
		fatalx("ntpd must be started by root; it gives up what it "
		    "does not need by itself");
	if ((pw = getpwnam(p->conf.user)) == NULL)
		fatalx("there is no user %s: make one (useradd --system %s)",
		    p->conf.user, p->conf.user);
	if (pw->pw_uid == 0)
		fatalx("user %s is root: the children must not be",
		    p->conf.user);
	if (mkdir(RUN_DIR, 0755) == -1 && errno != EEXIST)
		fatal("cannot make %s", RUN_DIR);
	if (!sandbox_prepare_root(CHILD_ROOT))
		fatalx("no root directory for the children");
	setup->uid = pw->pw_uid;
	setup->gid = pw->pw_gid;
	setup->verbose = p->options->verbose;
	strlcpy(setup->root, CHILD_ROOT, sizeof(setup->root));
}

static void
start(struct parent *p)
{
	struct sandbox_target target = { .root = "/" };
	struct child_setup setup;
	double		 drift_error = 0;
	bool		 has_drift;

	memset(&setup, 0, sizeof(setup));
	prepare_setup(p, &setup);
	setup.log_target = start_log(p);
	notify_open(&p->notify);
	set_signals(p);
	if (!control_open(&p->control, p->conf.socket))
		fatalx("no control socket");
	children_init(&p->children, &setup);
	setproctitle("parent");
	clock_open(&p->clock, p->options->read_only);
	p->timerfd = timerfd_create(CLOCK_REALTIME,
	    TFD_NONBLOCK | TFD_CLOEXEC);
	command_watch_clock(p);
	p->policy.step = p->conf.step;
	p->policy.threshold = p->conf.step_threshold;
	policy_arm(&p->policy);
	has_drift = save_load(p, &drift_error);
	listeners_init(&p->listeners);
	children_start(&p->children);
	configure_engine(p, has_drift, drift_error);
	configure_servers(p);
	sandbox_enter(&parent_sandbox, &target);
	channel_send(&p->children.engine, MSG_ENGINE_ASK, 0, -1, NULL);
	p->ask_engine = INSTANT_NEVER;
}

static int
stop(struct parent *p)
{
	notify_send(&p->notify, "STOPPING=1");
	clock_close(&p->clock);
	save_frequency(p, true);
	children_stop(&p->children);
	control_close(&p->control);
	if (p->children.fatal)
		log_warnx("ending; the clock runs on at %.3f ppm",
		    p->clock.frequency * 1e6);
	else
		log_info("ending");
	return p->children.fatal ? 1 : 0;
}

int
parent_main(const struct parent_options *options)
{
	static struct parent p;

	p.options = options;
	p.timerfd = -1;
	p.drift_error = -1;
	if (!config_load(&p.conf, options->config_file, report, NULL))
		return 1;
	start(&p);
	log_info("ntpd started%s", options->read_only ?
	    ", the clock is read-only" : "");
	while (!got_term && !p.children.fatal) {
		if (got_hup)
			reload(&p);
		do_timers(&p, instant_now());
		wait_and_receive(&p);
	}
	return stop(&p);
}
