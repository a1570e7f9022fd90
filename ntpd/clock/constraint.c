/*
 * When each constraint is asked, and what is kept of its answers.
 */
#include <bsd/string.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "common/ntptime.h"
#include "ntpd/clock/constraint.h"

/* A resolver that has not answered then never will, s. */
#define SEEK_SECONDS	60.0

static bool
same(const struct config_constraint *a, const struct config_constraint *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;	/* cleared when made */
}

void
constraints_configure(struct constraints *cs, const struct config *conf,
    struct instant now)
{
	static struct constraints old;
	struct constraint *c;
	size_t		 i, k;

	old = *cs;
	cs->n = conf->nconstraints;
	strlcpy(cs->ca, conf->ca, sizeof(cs->ca));
	for (i = 0; i < cs->n; i++) {
		c = &cs->list[i];
		for (k = 0; k < old.n; k++)
			if (same(&old.list[k].conf, &conf->constraints[i]))
				break;
		if (k < old.n) {
			*c = old.list[k];
			continue;
		}
		memset(c, 0, sizeof(*c));
		c->conf = conf->constraints[i];
		c->at = now;
	}
}

/* ADDR is to be asked, too. */
static void
add_address(struct constraint *c, const struct addr *addr)
{
	size_t		 i;

	for (i = 0; i < c->naddrs; i++)
		if (addr_equal(&c->addrs[i], addr))
			return;
	if (c->naddrs < CONSTRAINT_TRIES)
		c->addrs[c->naddrs++] = *addr;
}

/*
 * DELAY give or take 10 %, so that machines do not ask in step.  The last
 * digits of NOW are chance enough for that.
 */
static double
about(double delay, struct instant now)
{
	return delay * (0.9 + 0.2 * (double)(now.ns % 1000) / 1000);
}

/* Say what is to be said of a round, if that is news. */
static void
log_round(struct constraint *c, double delay)
{
	if (c->why[0] == '\0' || strcmp(c->why, c->told) == 0)
		log_debug("constraint %s: %s", c->conf.name,
		    c->answered ? "has answered" : c->why);
	else if (c->answered)
		log_info("constraint %s: %s; its date counts", c->conf.name,
		    c->why);
	else
		log_warnx("constraint %s: %s, trying again in %.0f s",
		    c->conf.name, c->why, delay);
	strlcpy(c->told, c->why, sizeof(c->told));
}

/* All was asked that was to be. */
static void
end_round(struct constraint *c, struct instant now)
{
	double		 delay = CONSTRAINT_INTERVAL;

	c->state = CONSTRAINT_WAITS;
	c->tried = true;
	if (c->answered)
		c->failures = 0;
	else {
		delay = fmin(ldexp(CONSTRAINT_RETRY_FIRST, (int)c->failures),
		    CONSTRAINT_RETRY_MOST);
		/* No more doubling than it takes to reach the most. */
		c->failures += delay < CONSTRAINT_RETRY_MOST;
	}
	log_round(c, delay);
	c->at = instant_add(now, about(delay, now));
}

/* The configured addresses come after those of the name. */
static void
begin_asking(struct constraint *c, struct instant now)
{
	size_t		 i;

	for (i = 0; i < c->conf.naddrs; i++)
		add_address(c, &c->conf.addrs[i]);
	c->state = CONSTRAINT_READY;
	c->at = now;
	c->next = 0;
	if (c->naddrs == 0)
		end_round(c, now);
}

/* True if the name is to be looked up first. */
static bool
begin_round(struct constraint *c, struct instant now)
{
	struct addr	 addr;

	c->begun = now;
	c->answered = false;
	c->naddrs = 0;
	strlcpy(c->why, "its name cannot be resolved", sizeof(c->why));
	if (!addr_parse(&addr, c->conf.name, HTTPS_PORT))
		return true;
	begin_asking(c, now);
	return false;
}

bool
constraints_question(struct constraints *cs, struct instant now,
    uint32_t *serial, struct resolve_request *request)
{
	struct constraint *c;

	for (c = cs->list; c < cs->list + cs->n; c++) {
		if (c->state == CONSTRAINT_SEEKS && !instant_before(now, c->at))
			begin_asking(c, now);
		if (c->state != CONSTRAINT_WAITS || instant_before(now, c->at))
			continue;
		if (!begin_round(c, now))
			continue;
		c->state = CONSTRAINT_SEEKS;
		c->at = instant_add(now, SEEK_SECONDS);
		*serial = c->serial = cs->next_serial++;
		memset(request, 0, sizeof(*request));
		strlcpy(request->name, c->conf.name, sizeof(request->name));
		request->brief = 1;
		return true;
	}
	return false;
}

/* Which one is in STATE with SERIAL?  NULL: none, any more. */
static struct constraint *
find(struct constraints *cs, enum constraint_state state, uint32_t serial)
{
	struct constraint *c;

	for (c = cs->list; c < cs->list + cs->n; c++)
		if (c->state == state && c->serial == serial)
			return c;
	return NULL;
}

void
constraints_resolved(struct constraints *cs, uint32_t serial,
    const struct resolve_reply *reply, struct instant now)
{
	struct constraint *c = find(cs, CONSTRAINT_SEEKS, serial);
	struct addr	 addr;
	uint32_t	 i;

	if (c == NULL)
		return;
	for (i = 0; i < reply->count && i < CONSTRAINT_MAX_ADDRS; i++) {
		addr = reply->addrs[i];
		addr.port = HTTPS_PORT;
		if (addr_is_unicast(&addr))
			add_address(c, &addr);
	}
	begin_asking(c, now);
}

bool
constraints_task(struct constraints *cs, struct instant now,
    uint32_t *serial, struct tls_task *task)
{
	struct constraint *c = cs->list;

	while (c < cs->list + cs->n && (c->state != CONSTRAINT_READY ||
	    instant_before(now, c->at)))
		c++;
	if (c == cs->list + cs->n)
		return false;
	c->state = CONSTRAINT_ASKS;
	*serial = c->serial = cs->next_serial++;
	memset(task, 0, sizeof(*task));
	strlcpy(task->name, c->conf.name, sizeof(task->name));
	strlcpy(task->path, c->conf.path, sizeof(task->path));
	strlcpy(task->ca, cs->ca, sizeof(task->ca));
	task->addr = c->addrs[c->next];
	task->seconds = CONSTRAINT_SECONDS;
	return true;
}

void
constraints_postpone(struct constraints *cs, uint32_t serial,
    struct instant now)
{
	struct constraint *c = find(cs, CONSTRAINT_ASKS, serial);

	if (c == NULL)
		return;
	c->state = CONSTRAINT_READY;
	c->at = instant_add(now, 1);
}

static bool
is_of_this_age(int64_t unix_time)
{
	return unix_time >= NTPTIME_LEAST && unix_time <= POLICY_LAST_TIME;
}

/* Keep what C's next address has said. */
static void
keep_answer(struct constraint *c, int64_t unix_time, double osc)
{
	struct constraint_answer *a = &c->answers[c->conf.each ? c->next : 0];

	/* The date has no fraction: half a second more is likelier. */
	a->ahead = (double)unix_time + 0.5 - osc;
	a->at = osc;
	a->known = true;
	c->answered = true;
}

/*
 * What is to be said of an answer, or why there is none: the text of a process
 * that talks with strangers.
 */
static void
keep_text(struct constraint *c, const struct tls_date *date)
{
	const char	*text = date != NULL ? date->why :
			    "its process has ended without a result";
	char		 addr[ADDR_STRLEN];

	if (*text == '\0' && !is_of_this_age(date->unix_time))
		text = "its date is before 2025 or after 2200";
	c->why[0] = '\0';
	if (*text != '\0')
		snprintf(c->why, sizeof(c->why), "%s: %.*s",
		    addr_format(&c->addrs[c->next], addr), TLS_WHY_LEN - 1,
		    text);
}

void
constraints_take(struct constraints *cs, uint32_t serial,
    const struct tls_date *date, double osc, struct instant now)
{
	struct constraint *c = find(cs, CONSTRAINT_ASKS, serial);
	bool		 good, first;

	if (c == NULL)
		return;
	first = !c->answered;
	good = date != NULL && is_of_this_age(date->unix_time);
	if (good)
		keep_answer(c, date->unix_time, osc);
	if (first || (good && date->why[0] != '\0'))
		keep_text(c, date);
	c->next++;
	if (c->next == c->naddrs || (c->answered && !c->conf.each))
		end_round(c, now);
	else
		c->state = CONSTRAINT_READY;
}

void
constraints_hurry(struct constraints *cs, double least, struct instant now)
{
	struct constraint *c;
	struct instant	 soonest;

	for (c = cs->list; c < cs->list + cs->n; c++) {
		if (c->state != CONSTRAINT_WAITS)
			continue;
		soonest = instant_add(c->begun, least);
		if (instant_before(soonest, now))
			soonest = now;
		c->at = instant_min(c->at, soonest);
	}
}

struct instant
constraints_deadline(const struct constraints *cs)
{
	struct instant	 first = INSTANT_NEVER;
	const struct constraint *c;

	for (c = cs->list; c < cs->list + cs->n; c++)
		if (c->state != CONSTRAINT_ASKS)
			first = instant_min(first, c->at);
	return first;
}
