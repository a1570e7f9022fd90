/*
 * Serving NTS: the cookie keys are kept, and ke is told what it needs.
 */
#include <sys/stat.h>

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/state.h"

#define FILE_NAME	"nts-cookies"	/* beside the drift file */

static bool
is_wanted(const struct parent *p)
{
	return p->conf.nts_certificate[0] != '\0' && p->conf.nlisteners > 0;
}

static uint32_t
today(void)
{
	struct timespec	 now;

	/* time(2) is another system call, where the vDSO has none. */
	if (clock_gettime(CLOCK_REALTIME, &now) == -1 || now.tv_sec < 0)
		return 0;
	return (uint32_t)(now.tv_sec / COOKIES_PERIOD);
}

static void
find_file(const struct parent *p, char path[PATH_MAX])
{
	char		 copy[CONFIG_PATH_LEN];

	strlcpy(copy, p->conf.driftfile, sizeof(copy));
	snprintf(path, PATH_MAX, "%s/%s", dirname(copy), FILE_NAME);
}

/* Everybody is to be told the keys that S has. */
static void
publish_keys(struct parent *p, uint32_t day)
{
	struct serving	*s = &p->serving;
	size_t		 i;

	memset(&s->keys, 0, sizeof(s->keys));
	if (s->known && is_wanted(p))
		cookies_keys(&s->cookies, day, &s->keys);
	s->day = day;
	s->told.cookies = false;
	for (i = 0; i < SERVERS_MOST; i++)
		p->told[i].cookies = false;
}

static void
save(struct parent *p)
{
	struct serving	*s = &p->serving;
	char		 path[PATH_MAX];
	bool		 saved;

	find_file(p, path);
	saved = cookies_write(path, &s->cookies);
	if (!saved && !s->unsaved)
		log_warn("cannot write %s: clients will have to agree on keys "
		    "again after a restart", path);
	s->unsaved = !saved;
}

/* Read the cookie keys, or make some if there are none. */
static void
load(struct parent *p)
{
	struct serving	*s = &p->serving;
	char		 path[PATH_MAX];

	find_file(p, path);
	s->known = true;
	switch (cookies_read(path, &s->cookies)) {
	case COOKIES_OK:
		return;
	case COOKIES_UNSAFE:
		log_warnx("%s can be read by others: \"chmod 600\" it and "
		    "reload; NTS is not served until then", path);
		s->known = false;
		return;
	case COOKIES_UNREADABLE:
		log_warn("cannot read %s: NTS is not served", path);
		s->known = false;
		return;
	case COOKIES_CORRUPT:
		log_warnx("%s has no cookie keys: making new ones, clients "
		    "will have to agree on keys again", path);
		/* FALLTHROUGH */
	case COOKIES_MISSING:
		cookies_new(&s->cookies, today());
		save(p);
		return;
	}
}

/*
 * Bring the keys to DAY.  A clock that may be wrong moves none, they would be
 * gone; the local clock, if it is served, moves them forward only.  True if
 * they are others now.
 */
static bool
catch_up(struct parent *p, uint32_t day)
{
	struct serving	*s = &p->serving;

	s->sure = p->policy.synchronized;
	if ((!s->sure && p->conf.local_stratum == 0) ||
	    !cookies_follow(&s->cookies, day, s->sure))
		return false;
	save(p);
	return true;
}

/* With the day the keys change. */
static void
follow_day(struct parent *p)
{
	struct serving	*s = &p->serving;
	const uint32_t	 day = today();

	if (!s->known || (day == s->day && p->policy.synchronized == s->sure &&
	    s->keys.n > 0))
		return;
	if (catch_up(p, day) || day != s->day)
		publish_keys(p, day);
}

/* Open FILE for ke, if it is one to be given away; -1 and a message if not. */
static int
open_file(const char *file, mode_t forbidden)
{
	const int	 fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat	 st;

	if (fd == -1) {
		log_warn("cannot open %s%s", file, errno == EACCES ?
		    " (is its owner right, and was its folder named when ntpd "
		    "was started?)" : "");
		return -1;
	}
	if (fstat(fd, &st) == -1)
		st.st_mode = 0;
	if (S_ISREG(st.st_mode) && (st.st_mode & forbidden) == 0)
		return fd;
	log_warnx("%s is not used: %s", file, !S_ISREG(st.st_mode) ?
	    "it is no file" : forbidden == NTS_CERTIFICATE_UNSAFE ?
	    "everybody may write it" : "its group may write it or everybody "
	    "may read it, \"chmod 640\" it");
	close(fd);
	return -1;
}

static void
give_files(struct parent *p, struct channel *ke)
{
	const int	 certificate = open_file(p->conf.nts_certificate,
	    NTS_CERTIFICATE_UNSAFE);
	const int	 key = open_file(p->conf.nts_key, NTS_KEY_UNSAFE);

	if (certificate != -1 && key != -1) {
		channel_send(ke, MSG_KE_CERTIFICATE, 0, certificate, NULL);
		channel_send(ke, MSG_KE_PRIVATE_KEY, 0, key, NULL);
		return;
	}
	if (certificate != -1)
		close(certificate);
	if (key != -1)
		close(key);
}

void
serving_begin(struct parent *p)
{
	struct serving	*s = &p->serving;

	counters_add(&s->earlier, &s->counters);
	memset(&s->counters, 0, sizeof(s->counters));
	s->valid_until = 0;
	tell_anew(&s->told);
	s->files = false;
}

void
serving_configure(struct parent *p)
{
	struct serving	*s = &p->serving;

	s->known = false;
	if (is_wanted(p))
		load(p);
	if (s->known)
		catch_up(p, today());
	publish_keys(p, today());
	if (!p->children.ke->wanted)
		serving_begin(p);
	children_set(&p->children, KE, is_wanted(p) ? 1 : 0);
	tell_configuration(&s->told);
	s->files = false;
}

void
serving_tend(struct parent *p)
{
	struct serving	*s = &p->serving;
	struct channel	*ke = &p->children.ke->channel;

	if (!is_wanted(p))
		return;
	follow_day(p);
	if (!ke->open || !tell_run(&s->told, ke, &p->conf, &s->keys) ||
	    s->files)
		return;
	s->files = true;
	give_files(p, ke);
}

void
serving_learn(struct parent *p, const struct message *msg)
{
	const struct ke_report *report = msg->data;

	p->serving.counters = report->counters;
	p->serving.valid_until = report->valid_until;
}

void
serving_add(const struct parent *p, struct control_server *sum)
{
	counters_add(&sum->counters, &p->serving.earlier);
	counters_add(&sum->counters, &p->serving.counters);
	sum->certificate_until = p->serving.valid_until;
}
