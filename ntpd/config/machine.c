/*
 * What in a configuration does not fit this machine, as it is now: for "ntpd
 * -n".  The daemon waits for most of it.
 */
#include <sys/stat.h>

#include <bsd/string.h>
#include <libgen.h>
#include <limits.h>
#include <net/if.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "common/boundpage.h"
#include "common/control.h"
#include "common/here.h"
#include "ntpd/config.h"
#include "ntpd/config/defaults.h"

#define LINE_LEN	512

static void
warn_of(const struct config_reports *reports, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
warn_of(const struct config_reports *reports, const char *fmt, ...)
{
	char		 line[LINE_LEN];
	va_list		 ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	reports->take(reports->arg, LOG_WARNING, line);
}

static void
check_address(const struct addr *addr, const char *statement,
    const struct config_reports *reports)
{
	char		 text[ADDR_STRLEN];

	if (addr->family != ADDR_NONE && !addr_is_any(addr) &&
	    !here_has_address(addr))
		warn_of(reports, "%s %s: this machine does not have that "
		    "address now", statement, addr_format(addr, text));
}

static void
check_listener(const struct config_listener *l,
    const struct config_reports *reports)
{
	if (l->interface[0] != '\0' && if_nametoindex(l->interface) == 0)
		warn_of(reports, "listen on %s: there is no such interface "
		    "now; for an address write it in numbers", l->interface);
	else if (l->kind == LISTEN_ADDRESS)
		check_address(&l->addr, "listen on", reports);
}

static void
check_folder(const char *path, const char *statement,
    const struct config_reports *reports)
{
	char		 copy[PATH_MAX];
	const char	*folder;

	if (path[0] == '\0')
		return;
	strlcpy(copy, path, sizeof(copy));
	folder = dirname(copy);
	if (access(folder, F_OK) == -1)
		warn_of(reports, "%s: %s is not there now", statement, folder);
}

/* What is a file that is read at the start. */
static void
check_file(const char *path, const char *statement,
    const struct config_reports *reports)
{
	if (path[0] != '\0' && access(path, F_OK) == -1)
		warn_of(reports, "%s: %s is not there now", statement, path);
}

/* Certificate and key are handed on only if their modes are right. */
static void
check_mode(const char *path, mode_t forbidden, const char *what,
    const struct config_reports *reports)
{
	struct stat	 st;

	if (path[0] != '\0' && stat(path, &st) == 0 &&
	    (st.st_mode & forbidden) != 0)
		warn_of(reports, "nts certificate: %s is not used while its "
		    "mode is %03o: %s", path, st.st_mode & 07777U, what);
}

static void
check_nts(const struct config *conf, const struct config_reports *reports)
{
	size_t		 i;

	check_file(conf->nts_certificate, "nts certificate", reports);
	check_file(conf->nts_key, "nts certificate", reports);
	check_mode(conf->nts_certificate, NTS_CERTIFICATE_UNSAFE,
	    "everybody may write it", reports);
	check_mode(conf->nts_key, NTS_KEY_UNSAFE, "its group may write it or "
	    "everybody may read it", reports);
	for (i = 0; i < conf->nservers; i++)
		check_file(conf->servers[i].ca, "ca", reports);
}

void
config_check_machine(const struct config *conf,
    const struct config_reports *reports)
{
	const struct config_server *s;
	size_t		 i;

	for (i = 0; i < conf->nlisteners; i++)
		check_listener(&conf->listeners[i], reports);
	for (i = 0; i < conf->nservers; i++) {
		s = &conf->servers[i];
		if (i > 0 && addr_equal(&s->source4, &s[-1].source4) &&
		    addr_equal(&s->source6, &s[-1].source6))
			continue;
		check_address(&s->source4, "query from", reports);
		check_address(&s->source6, "query from", reports);
	}
	if (strcmp(conf->driftfile, CONFIG_DRIFTFILE) != 0)
		check_folder(conf->driftfile, "driftfile", reports);
	if (strcmp(conf->socket, CONTROL_SOCKET) != 0)
		check_folder(conf->socket, "socket", reports);
	if (strcmp(conf->bound, BOUND_PATH) != 0)
		check_folder(conf->bound, "bound", reports);
	check_folder(conf->clockbound1, "clockbound version 1", reports);
	check_folder(conf->clockbound, "clockbound", reports);
	check_file(conf->ca, "ca", reports);
	check_file(conf->leapfile, "leapfile", reports);
	check_nts(conf, reports);
	if (strcmp(conf->user, CONFIG_USER) != 0 &&
	    getpwnam(conf->user) == NULL)
		warn_of(reports, "user: there is no user %s now", conf->user);
}
