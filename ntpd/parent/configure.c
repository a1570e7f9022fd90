/*
 * The configuration: read at the start and at SIGHUP, and handed to the other
 * processes.
 */
#include <bsd/string.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/config/statement.h"
#include "ntpd/parent/state.h"

#define SERVERS_LEN	8192	/* servers of the command line as text */

static void
report(void *arg, int priority, const char *line)
{
	(void)arg;
	log_at(priority, "%s%s", priority == LOG_ERR ? "" : "warning: ", line);
}

/*
 * The file's path, to be found again from the directory of a daemon.  Not by
 * realpath(3): what a symbolic link names may change.
 */
static void
set_path(struct parent *p, const char *path)
{
	char		 dir[PATH_MAX];
	int		 len;

	if (path[0] == '/') {
		strlcpy(p->config_file, path, sizeof(p->config_file));
		return;
	}
	if (getcwd(dir, sizeof(dir)) == NULL)
		fatal("cannot find out the directory of %s", path);
	len = snprintf(p->config_file, sizeof(p->config_file), "%s/%s", dir,
	    path);
	if (len < 0 || (size_t)len >= sizeof(p->config_file))
		fatalx("the path of %s is too long", path);
}

/*
 * The CPUs that the children may run on, which are ours: affinity is
 * inherited.  The kernel refuses to answer into a set that has fewer than it
 * may have CPUs; no machine has 8192.
 */
static unsigned
count_cpus(void)
{
	static cpu_set_t set[8192 / CPU_SETSIZE];
	int		 n;

	memset(set, 0, sizeof(set));
	if (sched_getaffinity(0, sizeof(set), set) == -1) {
		log_warn("cannot count the CPUs, starting one server process");
		return 1;
	}
	n = CPU_COUNT_S(sizeof(set), set);
	return n < SERVERS_MOST ? (unsigned)n : SERVERS_MOST;
}

/* Read FILE into *CONF, and settle what depends on the machine. */
static bool
load(struct parent *p, struct config *conf, const char *file)
{
	if (!config_load(conf, file, &(struct config_reports){ report, NULL }))
		return false;
	if (conf->workers_auto)
		conf->workers = p->cpus;
	return true;
}

/* The servers of the command line, as if they were all there is in a file. */
static bool
load_servers(struct parent *p)
{
	char		 text[SERVERS_LEN] = "";
	size_t		 i;

	for (i = 0; i < p->options->nservers; i++) {
		strlcat(text, "server '", sizeof(text));
		strlcat(text, p->options->servers[i], sizeof(text));
		if (strlcat(text, "'\n", sizeof(text)) >= sizeof(text)) {
			log_warnx("too many servers");
			return false;
		}
	}
	return config_parse(&p->conf, "command line", text, strlen(text),
	    &(struct config_reports){ report, NULL });
}

/* The parent goes by p->conf from now on. */
static void
follow(struct parent *p)
{
	policy_configure(&p->policy, &p->conf);
	constraints_configure(&p->constraints, &p->conf, instant_now());
	leaps_configure(&p->leaps, &p->conf, instant_now());
}

bool
configure_load(struct parent *p)
{
	/* What is wrong is said with the name that was given. */
	p->cpus = count_cpus();
	if (!(p->options->nservers > 0 ? load_servers(p) :
	    load(p, &p->conf, p->options->config_file)))
		return false;
	once_configure(p->options->once, &p->conf);
	set_path(p, p->options->config_file);
	follow(p);
	constraints_raise(&p->constraints, BUILT);
	return true;
}

/* Send the engine its configuration. */
static void
configure_engine(struct parent *p, const struct drift *learned)
{
	struct engine_setup setup = {
		.read_only = p->options->read_only,
		.listening = p->conf.nlisteners > 0,
		.has_drift = learned != NULL,
		.local_stratum = p->conf.local_stratum,
		.local_orphan = p->conf.local_orphan,
		.authentication = (uint8_t)p->conf.authentication,
		.ncards = (uint32_t)p->sensors.ncards,
		.nservers = (uint32_t)p->conf.nservers,
		.step_threshold = p->conf.step.threshold,
		.max_drift = p->conf.max_drift,
		.frequency = p->clock.frequency,
		.frequency_error = learned != NULL ? learned->error : 0
	};
	size_t		 i;

	memcpy(setup.cards, p->sensors.cards, sizeof(setup.cards));
	for (i = 0; i < p->conf.nservers; i++)
		channel_send(p->children.engine, MSG_ENGINE_SERVER,
		    (uint32_t)i, -1, &p->conf.servers[i]);
	channel_send(p->children.engine, MSG_ENGINE_SETUP, 0, -1, &setup);
	command_send_leaps(p);
	/* How far may it step now? */
	command_send_state(p, STATE_NEWS, instant_now());
}

/* Have as many servers as the configuration says. */
static void
configure_servers(struct parent *p)
{
	size_t		 n = p->conf.nlisteners > 0 ? p->conf.workers : 0;
	size_t		 i, running = p->children.nservers;

	children_set(&p->children, SERVER, n);
	for (i = 0; i < n; i++)
		if (i < running)
			tell_configuration(&p->told[i]);
		else
			tell_anew(&p->told[i]);
}

void
configure_binder(struct parent *p)
{
	const struct config *conf = &p->conf;
	struct binder_setup setup;
	size_t		 i;

	memset(&setup, 0, sizeof(setup));
	setup.servers = conf->workers;
	setup.prefix4 = conf->ratelimit.prefix4;
	setup.prefix6 = conf->ratelimit.prefix6;
	setup.xleave = conf->xleave;
	setup.overlaps = config_has_overlap(conf);
	setup.nts = conf->nts_certificate[0] != '\0';
	for (i = 0; i < conf->nlisteners; i++)
		if (!config_is_covered(conf, &conf->listeners[i]))
			setup.listeners[setup.nlisteners++] =
			    conf->listeners[i];
	channel_send(p->children.binder, MSG_BINDER_SETUP, 0, -1, &setup);
}

void
configure_sensors(struct parent *p)
{
	const struct parent_sensor *s = p->sensors.list;
	uint32_t	 i;

	for (i = 0; i < SENSORS_MOST; i++, s++) {
		if (!s->used)
			children_end(&p->children, SENSOR, i);
		else if (s->is_new) {
			children_begin(&p->children, SENSOR, i);
			sensors_need(&p->sensors, i, SENSORS_BEGIN,
			    instant_now());
		}
	}
}

void
configure_children(struct parent *p, const struct drift *learned)
{
	configure_engine(p, learned);
	configure_servers(p);
	configure_binder(p);
	serving_configure(p);
}

/* What takes effect after a restart only stays as it is in OLD. */
static void
keep_for_restart(struct config *new, const struct config *old)
{
	const struct statement *s;
	const char	*was;
	char		*text;

	for (s = statements; s->words != NULL; s++) {
		text = (char *)new + s->offset;
		was = (const char *)old + s->offset;
		if (!s->restart || strcmp(text, was) == 0)
			continue;
		log_warnx("%s takes effect after a restart only", s->words);
		strlcpy(text, was, s->size);
	}
	if (new->ncards != old->ncards ||
	    memcmp(new->cards, old->cards, sizeof(new->cards)) != 0)
		log_warnx("hwtimestamp takes effect after a restart only");
	new->ncards = old->ncards;
	memcpy(new->cards, old->cards, sizeof(new->cards));
}

bool
configure_reload(struct parent *p)
{
	static struct config new;

	if (!load(p, &new, p->config_file)) {
		log_warnx("%s has errors: keeping the old configuration",
		    p->config_file);
		return false;
	}
	keep_for_restart(&new, &p->conf);
	devices_apply(&p->devices, &new);
	p->sensors.tai = leaps_last(&p->leaps);
	sensors_configure(&p->sensors, &new, instant_now());
	/* Before the first READY=1 this is a part of the start. */
	if (p->ready)
		notify_send(&p->notify, "RELOADING=1");
	config_free(&p->conf);
	p->conf = new;
	explicit_bzero(&new, sizeof(new));
	follow(p);
	nts_forget(p, FORGET_RELOAD);
	configure_sensors(p);	/* the engine hears from no old one after */
	configure_children(p, NULL);
	if (p->ready)
		p->ready = notify_send(&p->notify, "READY=1");
	log_info("configuration reloaded");
	return true;
}
