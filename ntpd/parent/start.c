/*
 * From a command of root's to a daemon: what is done once, before the loop.
 */
#include <sys/stat.h>
#include <sys/timerfd.h>

#include <bsd/string.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/state.h"
#include "ntpd/sandbox.h"

#define RUN_DIR			"/run/ntpd"
#define CHILD_ROOT		RUN_DIR "/empty"

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

	p->logpipe.fd = p->background.fd = -1;
	if (!p->options->foreground) {
		background_enter(&p->background);
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
		exit(1);	/* why is logged */
	setup->uid = pw->pw_uid;
	setup->gid = pw->pw_gid;
	setup->verbose = p->options->verbose;
	strlcpy(setup->root, CHILD_ROOT, sizeof(setup->root));
}

/* With -x it has no more right to set the clock than it makes use of. */
static void
confine(bool read_only)
{
	struct sandbox_target target = { .root = "/" };
	struct sandbox	 sandbox = parent_sandbox;

	if (read_only)
		sandbox.capabilities = parent_read_only_capabilities;
	sandbox_enter(&sandbox, &target);
}

void
start(struct parent *p)
{
	struct child_setup setup;
	const struct drift *learned;

	memset(&setup, 0, sizeof(setup));
	prepare_setup(p, &setup);
	setup.log_target = start_log(p);
	notify_open(&p->notify);
	if (!control_open(&p->control, p->conf.socket))
		exit(1);	/* why is logged */
	children_init(&p->children, &setup);
	clock_open(&p->clock, p->options->read_only);
	p->timerfd = timerfd_create(CLOCK_REALTIME,
	    TFD_NONBLOCK | TFD_CLOEXEC);
	command_watch_clock(p);
	policy_start(&p->policy);
	learned = load_frequency(p);
	links_open(&p->links);
	listeners_init(&p->listeners);
	children_start(&p->children);
	configure_engine(p, learned);
	configure_servers(p);
	confine(p->options->read_only);
}
