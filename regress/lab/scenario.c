/*
 * Scenarios: lines "key = value", keys of the world, of "all." servers or of
 * one ("s2."); README.md lists them.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "regress/lab/truth.h"

/* 2027-01-01 00:00:00 UTC, in Unix time. */
#define END_OF_YEAR	1798761600LL

/*
 * How often the daemon is asked, s.  A prime, so that this does not fall in
 * step with what the daemon does at powers of two or each minute; asking more
 * often makes a run slower.
 */
#define ASK		127

enum type { REAL, INTEGER, WINDOW, EVENT };

struct key {
	const char	*name;
	enum type	 type;
	size_t		 where;
};

#define WORLD(name, type, member) \
	{ name, type, offsetof(struct world, member) }
#define SERVER(type, member) \
	{ #member, type, offsetof(struct server, member) }
#define PATH(type, member) \
	{ #member, type, offsetof(struct path, member) }

static const struct key world_keys[] = {
	WORLD("duration",	REAL,	 duration),
	WORLD("settle",		REAL,	 settle),
	WORLD("ask",		REAL,	 ask),
	WORLD("apart",		INTEGER, apart),
	WORLD("restart",	EVENT,	 restarts),
	WORLD("clock.offset",	REAL,	 offset),
	WORLD("clock.pll",	REAL,	 pll),
	WORLD("pulse.jitter",	REAL,	 pulse.jitter),
	WORLD("pulse.device",	INTEGER, pulse.device),
	WORLD("ptp",		INTEGER, pulse.ptp),
	WORLD("clock.stepat",	REAL,	 stepat),
	WORLD("clock.step",	REAL,	 step),
	WORLD("clock.steps",	EVENT,	 steps),
	WORLD("clock.pauses",	EVENT,	 pauses),
	WORLD("leapat",		REAL,	 leapat),
	WORLD("leap",		INTEGER, leap),
	WORLD("leapsecret",	INTEGER, leapsecret),
	WORLD("clock.freq",	REAL,	 oscillator.freq),
	WORLD("clock.wander",	REAL,	 oscillator.wander),
	WORLD("clock.day",	REAL,	 oscillator.day),
	WORLD("clock.hour",	REAL,	 oscillator.hour),
	WORLD("clock.fstepat",	REAL,	 oscillator.fstepat),
	WORLD("clock.fstep",	REAL,	 oscillator.fstep),
	WORLD("clock.ftau",	REAL,	 oscillator.ftau),
	WORLD("clock.fsteps",	EVENT,	 oscillator.fsteps),
	{ NULL, REAL, 0 }
};

static const struct key server_keys[] = {
	SERVER(REAL,	loss),
	SERVER(WINDOW,	detour),
	SERVER(REAL,	burst_on),
	SERVER(REAL,	burst_off),
	SERVER(REAL,	offset),
	SERVER(REAL,	stepat),
	SERVER(REAL,	step),
	SERVER(EVENT,	steps),
	SERVER(EVENT,	fsteps),
	SERVER(REAL,	start),
	SERVER(REAL,	freq),
	SERVER(REAL,	wander),
	SERVER(REAL,	jump),
	SERVER(REAL,	jump_every),
	SERVER(INTEGER,	stratum),
	SERVER(INTEGER,	leap),
	SERVER(INTEGER,	smears),
	SERVER(INTEGER,	kod),
	SERVER(REAL,	rootdelay),
	SERVER(REAL,	rootdisp),
	{ NULL, REAL, 0 }
};

static const struct key path_keys[] = {
	PATH(REAL,	delay),
	PATH(REAL,	jitter),
	PATH(REAL,	burst),
	PATH(REAL,	shift),
	PATH(EVENT,	shifts),
	{ NULL, REAL, 0 }
};

static double
real(const char *text)
{
	char		*end;
	double		 value = strtod(text, &end);

	if (end == text || *end != '\0')
		errx(1, "not a number: %s", text);
	return value;
}

static struct window
window(const char *text)
{
	struct window	 w;
	char		 rest;

	if (sscanf(text, "%lf-%lf%c", &w.from, &w.to, &rest) != 2)
		errx(1, "not two times, from-to: %s", text);
	return w;
}

static void
add_event(struct events *events, double at, double by, double tau)
{
	if (events->n == MAX_EVENTS)
		errx(1, "more than %d events of a kind", MAX_EVENTS);
	events->event[events->n++] = (struct event){ .at = at, .by = by,
	    .tau = tau };
}

/* One more of EVENTS: at:by or at:by:tau. */
static void
event(struct events *events, const char *text)
{
	double		 at, by, tau = 0;
	char		 rest;
	int		 n = sscanf(text, "%lf:%lf:%lf%c", &at, &by, &tau,
			    &rest);

	if (n != 3 && (n != 2 || strchr(strchr(text, ':') + 1, ':') != NULL))
		errx(1, "not at:by or at:by:tau: %s", text);
	add_event(events, at, by, tau);
}

/* Set the member of BASE that is called NAME; false if there is none. */
static bool
set(void *base, const struct key *keys, const char *name, const char *value)
{
	for (; keys->name != NULL; keys++) {
		char	*member = (char *)base + keys->where;

		if (strcmp(keys->name, name) != 0)
			continue;
		switch (keys->type) {
		case REAL:
			*(double *)(void *)member = real(value);
			break;
		case INTEGER:
			*(int *)(void *)member = (int)real(value);
			break;
		case WINDOW:
			*(struct window *)(void *)member = window(value);
			break;
		case EVENT:
			event((struct events *)(void *)member, value);
			break;
		}
		return true;
	}
	return false;
}

static enum distribution
distribution(const char *text)
{
	static const char *names[] = { "constant", "exponential", "gaussian",
	    "gamma", "pareto" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], text) == 0)
			return (enum distribution)i;
	errx(1, "unknown distribution: %s", text);
}

/* A key of the paths, of both directions unless it says which. */
static void
set_path(struct server *s, const char *name, const char *value)
{
	int		 from = FORWARD, to = REVERSE;

	if (strncmp(name, "fwd_", 4) == 0)
		to = FORWARD;
	else if (strncmp(name, "rev_", 4) == 0)
		from = REVERSE;
	if (from == to)
		name += 4;
	for (int i = from; i <= to; i++) {
		if (strcmp(name, "dist") == 0)
			s->path[i].distribution = distribution(value);
		else if (!set(&s->path[i], path_keys, name, value))
			errx(1, "unknown key of a server: %s", name);
	}
}

static void
set_server(struct server *s, const char *name, const char *value)
{
	if (strcmp(name, "out") == 0) {
		if (s->nout == MAX_WINDOWS)
			errx(1, "more than %d outages", MAX_WINDOWS);
		s->out[s->nout++] = window(value);
	} else if (!set(s, server_keys, name, value))
		set_path(s, name, value);
}

static void
set_servers(struct world *w, const char *value)
{
	w->nservers = atoi(value);
	if (w->nservers < 1 || w->nservers > MAX_SERVERS)
		errx(1, "servers: 1 to %d", MAX_SERVERS);
	for (int i = 0; i < w->nservers; i++) {
		w->servers[i].stratum = 1;
		w->servers[i].path[FORWARD].distribution = EXPONENTIAL;
		w->servers[i].path[REVERSE].distribution = EXPONENTIAL;
	}
}

static void
set_key(struct world *w, const char *name, const char *value)
{
	const char	*dot = strchr(name, '.');
	int		 i;

	if (strcmp(name, "servers") == 0)
		set_servers(w, value);
	else if (strncmp(name, "all.", 4) == 0)
		for (i = 0; i < w->nservers; i++)
			set_server(&w->servers[i], name + 4, value);
	else if (sscanf(name, "s%d.", &i) == 1 && dot != NULL) {
		if (i < 1 || i > w->nservers)
			errx(1, "no such server: %s", name);
		set_server(&w->servers[i - 1], dot + 1, value);
	} else if (!set(w, world_keys, name, value))
		errx(1, "unknown key: %s", name);
}

/*
 * The oscillator and the servers' clocks have streams of their own: a server
 * that drifts changes nobody else's luck, and however many packets a daemon
 * sends, it gets the oscillator that others get with the same seed.
 */
static void
seed(struct world *w, uint64_t number)
{
	w->random = number * 1000003;
	w->oscillator.random = ~w->random + 7919;
	w->pulse.random = ~w->random + 104729;
	for (int i = 0; i < w->nservers; i++)
		w->servers[i].random = ~w->random - (uint64_t)i * 7919;
}

/* What came as two or three keys is an event as others are. */
static void
single_events(struct world *w)
{
	struct oscillator *o = &w->oscillator;

	if (w->stepat > 0)
		add_event(&w->steps, w->stepat, w->step, 0);
	if (o->fstepat > 0)
		add_event(&o->fsteps, o->fstepat, o->fstep, o->ftau);
	for (struct server *s = w->servers; s < w->servers + w->nservers; s++)
		if (s->stepat > 0)
			add_event(&s->steps, s->stepat, s->step, 0);
}

void
scenario_load(struct world *w, const char *file)
{
	char		 line[256], name[64], value[128];
	const char	*text = getenv("SEED");
	FILE		*f = fopen(file, "r");

	if (f == NULL)
		err(1, "%s", file);
	w->duration = 86400;
	w->settle = 7200;
	w->ask = ASK;
	w->epoch = 1795000000;
	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "#\n")] = '\0';
		if (sscanf(line, " %63[^ =] = %127s", name, value) == 2)
			set_key(w, name, value);
		else if (line[strspn(line, " \t")] != '\0')
			errx(1, "not \"key = value\": %s", line);
	}
	fclose(f);
	/* The second that is left out is the last one. */
	if (w->leapat > 0)
		w->epoch = END_OF_YEAR - (long long)w->leapat - (w->leap < 0);
	if (w->ask < 1)
		errx(1, "ask: 1 or more");
	if (w->settle >= w->duration)
		errx(1, "the duration must be longer than settle");
	single_events(w);
	seed(w, text == NULL ? 1 : strtoull(text, NULL, 10));
}
