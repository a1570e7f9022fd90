/*
 * The configuration: read at the start and at SIGHUP, and handed to those
 * whom it concerns.
 */
#include <sys/param.h>

#include <bsd/string.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/state.h"

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
load(struct config *conf, const char *file)
{
	if (!config_load(conf, file, &(struct config_reports){ report, NULL }))
		return false;
	if (conf->workers_auto)
		conf->workers = count_cpus();
	return true;
}

bool
configure_load(struct parent *p)
{
	/* What is wrong is said with the name that was given. */
	if (!load(&p->conf, p->options->config_file))
		return false;
	set_path(p, p->options->config_file);
	policy_configure(&p->policy, &p->conf);
	return true;
}

/* Say which servers cannot be asked for want of an interface. */
static void
log_missing(const struct config *conf)
{
	static struct log_limit limit = { .burst = 64, .interval = 60 };
	const struct config_server *s;
	const char	*missing;

	for (s = conf->servers; s < conf->servers + conf->nservers; s++) {
		missing = NULL;
		if (s->interface[0] != '\0' && s->addr.scope == 0)
			missing = s->interface;
		if (s->source_interface[0] != '\0' && s->source6.scope == 0)
			missing = s->source_interface;
		if (missing != NULL && log_allowed(&limit, instant_now(),
		    NULL))
			log_info("interface %s is not there: will ask %s when "
			    "it is", missing, s->name);
	}
}

/*
 * Whoever says to be synchronized to one of these is synchronized to us, if
 * there is anybody whom we answer.
 */
static void
send_own_refids(struct parent *p)
{
	static struct log_limit limit = { .burst = 1, .interval = 3600 };
	static struct own_refids own;

	memset(&own, 0, sizeof(own));
	if (p->conf.nlisteners > 0 && !links_own_refids(&own)) {
		if (log_allowed(&limit, instant_now(), NULL))
			log_warn("cannot find out which addresses this "
			    "machine has");
		return;
	}
	channel_send(p->children.engine, MSG_ENGINE_OWN, 0, -1, &own);
}

void
configure_links(struct parent *p)
{
	if (links_number(&p->conf))
		configure_engine(p, NULL);
	else
		send_own_refids(p);
}

void
configure_engine(struct parent *p, const struct drift *learned)
{
	struct engine_setup setup = {
		.read_only = p->options->read_only,
		.listening = p->conf.nlisteners > 0,
		.has_drift = learned != NULL,
		.local_stratum = p->conf.local_stratum,
		.local_orphan = p->conf.local_orphan,
		.authentication = (uint8_t)p->conf.authentication,
		.nservers = (uint32_t)p->conf.nservers,
		.step_threshold = p->conf.step.threshold,
		.frequency = p->clock.frequency,
		.frequency_error = learned != NULL ? learned->error : 0
	};
	size_t		 i;

	(void)links_number(&p->conf);
	log_missing(&p->conf);
	send_own_refids(p);
	for (i = 0; i < p->conf.nservers; i++)
		channel_send(p->children.engine, MSG_ENGINE_SERVER,
		    (uint32_t)i, -1, &p->conf.servers[i]);
	channel_send(p->children.engine, MSG_ENGINE_SETUP, 0, -1, &setup);
	/* How far may it step now? */
	command_send_state(p, STATE_NEWS, instant_now());
}

void
configure_servers(struct parent *p)
{
	size_t		 n = p->conf.nlisteners > 0 ? p->conf.workers : 0;
	size_t		 i, running = p->children.nservers;

	children_set(&p->children, SERVER, n);
	for (i = MIN(n, running); i < MAX(n, running); i++)
		listeners_forget(&p->listeners, i);
	listeners_configure(&p->listeners, &p->conf);
}

void
configure_reload(struct parent *p)
{
	static struct config new;

	if (!load(&new, p->config_file)) {
		log_warnx("%s has errors: keeping the old configuration",
		    p->config_file);
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
	/* Before the first READY=1 this is a part of the start. */
	if (p->ready)
		notify_send(&p->notify, "RELOADING=1");
	config_free(&p->conf);
	p->conf = new;
	policy_configure(&p->policy, &p->conf);
	configure_engine(p, NULL);
	configure_servers(p);
	if (p->ready)
		p->ready = notify_send(&p->notify, "READY=1");
	log_info("configuration reloaded");
}
