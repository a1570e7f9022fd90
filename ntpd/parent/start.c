/*
 * From a command of root's to a daemon: what is done once, before the loop.
 */
#include <sys/stat.h>
#include <sys/timerfd.h>

#include <bsd/string.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/cards.h"
#include "ntpd/parent/state.h"
#include "ntpd/sandbox.h"

#define RUN_DIR			"/run/ntpd"
#define CHILD_ROOT		RUN_DIR "/empty"

static void
start_log(struct parent *p)
{
	enum log_target	 target = log_standard_error();

	p->background.fd = -1;
	if (!p->options->foreground) {
		background_enter(&p->background);
		target = LOG_TO_SYSLOG;
	}
	log_init(target, p->options->verbose);
	tzset();	/* syslog(3) looks for the zone's file only now */
}

/* The user of the children.  One that will not do is a configuration error. */
static const struct passwd *
find_user(const char *name)
{
	const struct passwd *pw = getpwnam(name);

	if (pw != NULL && pw->pw_uid != 0)
		return pw;
	if (pw == NULL)
		log_at(LOG_CRIT, "there is no user %s: make one (useradd "
		    "--system %s)", name, name);
	else
		log_at(LOG_CRIT, "user %s is root: the children must not be",
		    name);
	exit(EX_CONFIG);
}

static void
prepare_setup(struct parent *p, struct child_setup *setup)
{
	const struct passwd *pw;

	setup->verbose = p->options->verbose;
	if (geteuid() == 0) {	/* else all are this user */
		pw = find_user(p->conf.user);
		setup->uid = pw->pw_uid;
		setup->gid = pw->pw_gid;
	}
	if (!sandbox_may_chroot())
		return;
	if (mkdir(RUN_DIR, 0755) == -1 && errno != EEXIST)
		fatal("cannot make %s", RUN_DIR);
	if (!sandbox_prepare_root(CHILD_ROOT))
		exit(1);	/* why is logged */
	strlcpy(setup->root, CHILD_ROOT, sizeof(setup->root));
}

static void
start_sensors(struct parent *p, uid_t uid)
{
	devices_find(&p->devices, "/dev", "/sys/class/ptp");
	devices_apply(&p->devices, &p->conf);
	p->sensors.tai = leaps_last(&p->leaps);
	sensors_make(&p->sensors, &p->conf, uid);
	cards_make(&p->sensors, &p->conf);
	if (p->sensors.has_opener)
		children_fork(&p->children, OPENER);
	if (p->sensors.ncards > 0)
		children_fork(&p->children, STAMPER);
	configure_sensors(p);
}

/*
 * The folders of the drift file and the control socket, two each of the five
 * files that are read again, and what is included.
 */
_Static_assert(2 + 5 * 2 + CONFIG_MAX_INCLUDES <= SANDBOX_MAX_FOLDERS,
    "folders are missing");

enum folder_use { FOLDER_READ, FOLDER_WRITE };

/* Where PATH is, a file of the configuration. */
static void
add_folder(struct sandbox_target *target, enum folder_use use, const char *path)
{
	struct sandbox_folder *f = target->folders;
	char		 copy[PATH_MAX];

	if (path[0] == '\0')
		return;
	while (f->path[0] != '\0')
		f++;
	strlcpy(copy, path, sizeof(copy));
	strlcpy(f->path, dirname(copy), sizeof(f->path));
	f->write = use == FOLDER_WRITE;
}

/* PATH is read again at reload; if it is a symbolic link, what it names now. */
static void
add_file(struct sandbox_target *target, const char *path)
{
	char		 real[PATH_MAX];

	add_folder(target, FOLDER_READ, path);
	if (realpath(path, real) != NULL)
		add_folder(target, FOLDER_READ, real);
}

/* With -x it has no more right to set the clock than it makes use of. */
static void
confine(struct parent *p)
{
	struct sandbox_target target = { .root = "/" };
	struct sandbox	 sandbox = parent_sandbox;
	char		 path[PATH_MAX];
	size_t		 i;

	add_folder(&target, FOLDER_WRITE, p->conf.driftfile);
	add_folder(&target, FOLDER_WRITE, p->conf.socket);
	add_file(&target, p->config_file);
	add_file(&target, p->conf.keyfile);
	add_file(&target, p->conf.nts_certificate);
	add_file(&target, p->conf.nts_key);
	add_file(&target, p->conf.leapfile);
	for (i = 0; i < p->conf.nincludes; i++) {
		/* What is in a folder, for dirname(3). */
		snprintf(path, sizeof(path), "%s.", p->conf.includes[i]);
		add_folder(&target, FOLDER_READ, path);
	}
	if (p->options->read_only)
		sandbox.capabilities = NULL;
	sandbox_enter(&sandbox, &target);
}

void
start(struct parent *p)
{
	struct child_setup setup;
	const struct drift *learned;

	memset(&setup, 0, sizeof(setup));
	p->has_landlock = sandbox_has_landlock();
	prepare_setup(p, &setup);
	start_log(p);
	notify_open(&p->notify);
	if (!control_open(&p->control, p->conf.socket))
		exit(1);	/* why is logged */
	operator_open(&p->operator, p->conf.socket);
	children_init(&p->children, &setup, p->control.fd);
	p->children.watchdog = p->notify.watchdog;
	clock_open(&p->clock, p->options->read_only);
	once_begin(&p->once, p->options->once, instant_now());
	publish_open(&p->publish, &(struct publish_paths){ p->conf.bound,
	    { p->conf.clockbound1, p->conf.clockbound } });
	p->timerfd = timerfd_create(CLOCK_REALTIME,
	    TFD_NONBLOCK | TFD_CLOEXEC);
	command_watch_clock(p);
	policy_start(&p->policy);
	learned = load_frequency(p);
	budget_begin(&p->budget, p->clock.frequency, instant_now());
	limits_load(p);
	children_start(&p->children);
	start_sensors(p, setup.uid);
	configure_children(p, learned);
	confine(p);
}
