/*
 * The configuration: read at the start and at SIGHUP, and handed to those
 * whom it concerns.
 */
#include <bsd/string.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/state.h"

static void
report(void *arg, bool is_error, const char *line)
{
	(void)arg;
	log_at(is_error ? LOG_ERR : LOG_WARNING, "%s", line);
}

/*
 * The file's path, to be found again when daemon(3) has changed directory.
 * Not by realpath(3): what a symbolic link names may change.
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

bool
configure_load(struct parent *p)
{
	/* What is wrong is said with the name that was given. */
	if (!config_load(&p->conf, p->options->config_file, report, NULL))
		return false;
	set_path(p, p->options->config_file);
	p->policy.step = p->conf.step;
	p->policy.threshold = p->conf.step_threshold;
	return true;
}

void
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

void
configure_servers(struct parent *p)
{
	size_t		 n = p->conf.nlisteners > 0 ? p->conf.workers : 0;
	size_t		 i;

	for (i = n; i < p->children.nservers; i++)
		listeners_forget(&p->listeners, i);
	children_set_servers(&p->children, n);
	listeners_configure(&p->listeners, &p->conf, p->children.servers, n);
	listeners_update(&p->listeners, p->children.servers, n,
	    instant_now());
}

void
configure_reload(struct parent *p)
{
	static struct config new;

	if (!config_load(&new, p->config_file, report, NULL)) {
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
	p->conf = new;
	p->policy.step = new.step;
	p->policy.threshold = new.step_threshold;
	configure_engine(p, false, 0);
	configure_servers(p);
	if (p->ready)
		notify_send(&p->notify, "READY=1");
	log_info("configuration reloaded");
}
