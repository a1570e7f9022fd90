/*
 * ntpctl: ask the running ntpd how the clock is, and show it.  That needs no
 * privilege and changes nothing; what root may tell ntpd is in operator.c.
 */
#include <ctype.h>
#include <err.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "common/instant.h"
#include "common/ns.h"
#include "common/version.h"
#include "ntpctl/ask.h"
#include "ntpctl/check.h"
#include "ntpctl/convert.h"
#include "ntpctl/ntpq.h"
#include "ntpctl/operator.h"
#include "ntpctl/plot.h"
#include "ntpctl/show.h"
#include "ntpctl/terminal.h"

/* The exit codes are promises: ntpctl(8) lists them. */
#define EXIT_UNSYNCHRONIZED	1
#define EXIT_USAGE		2
#define EXIT_NO_ANSWER		3
#define EXIT_OUTPUT		4

#define WAIT_DEFAULT	300	/* s */
#define WAIT_MOST	86400	/* s */
#define WAIT_INTERVAL	1.0	/* s between questions */

enum form { TEXT, JSON, OPENNTPD, PROMETHEUS };

struct options {
	const char	*socket;
	unsigned	 parts;		/* of enum show_part; 0: only wait */
	enum form	 form;
	bool		 wait;
	double		 wait_for;	/* s */
};

static void
usage(FILE *out)
{
	fprintf(out, "usage: ntpctl [-hjV] [-o text | json | openntpd | "
	    "prometheus] [-S socket]\n"
	    "\t[[-s] all | auth | clients | history | peers | processes |\n"
	    "\tsamples | selection | sensors | server | status]\n"
	    "\t[-w [seconds]]\n"
	    "       ntpctl check [-S socket] [-w ms] [-c ms]\n"
	    "       ntpctl convert [file]\n"
	    "       ntpctl plot [-S socket] [-o svg | text]\n"
	    "       ntpctl ask [-S socket] [server]\n"
	    "       ntpctl off | on [-S socket] server\n"
	    "       ntpctl reload [-S socket]\n"
	    "       ntpctl step [-y] [-S socket]\n");
	exit(out == stdout ? 0 : EXIT_USAGE);
}

static enum form
parse_form(const char *word)
{
	static const char *const words[] = {
		[TEXT] = "text", [JSON] = "json", [OPENNTPD] = "openntpd",
		[PROMETHEUS] = "prometheus"
	};
	size_t		 i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(word, words[i]) == 0)
			return (enum form)i;
	warnx("-o %s: not one of text, json, openntpd, prometheus", word);
	exit(EXIT_USAGE);
}

/* Find what WORD, behind OPTION, is the beginning of. */
static unsigned
parse_parts(const char *option, const char *word)
{
	static const struct {
		const char	*name;
		unsigned	 parts;
		size_t		 least;	/* letters: OpenNTPD's "a" is all */
	} words[] = {
		{ "all",	SHOW_ALL,	1 },
		{ "auth",	SHOW_AUTH,	2 },
		{ "clients",	SHOW_CLIENTS,	1 },
		{ "history",	SHOW_HISTORY,	1 },
		{ "peers",	SHOW_PEERS,	1 },
		{ "processes",	SHOW_PROCESSES,	1 },
		{ "samples",	SHOW_SAMPLES,	2 },
		{ "selection",	SHOW_SELECTION,	2 },
		{ "sensors",	SHOW_SENSORS,	1 },
		{ "server",	SHOW_SERVER,	1 },
		{ "status",	SHOW_STATUS,	1 },
	};
	const char	*name = NULL;
	unsigned	 parts = 0;
	size_t		 i, len = strlen(word);	/* NOLINT: -s has a word */

	for (i = 0; len > 0 && i < sizeof(words) / sizeof(words[0]); i++) {
		if (len < words[i].least ||
		    strncasecmp(word, words[i].name, len) != 0)
			continue;
		if (parts != 0) {
			warnx("%s%s: ambiguous, %s or %s", option, word, name,
			    words[i].name);
			exit(EXIT_USAGE);
		}
		parts = words[i].parts;
		name = words[i].name;
	}
	if (parts != 0)
		return parts;
	warnx("%s%s: not one of all, auth, clients, history, peers, "
	    "processes, samples, selection, sensors, server, status%s", option,
	    word, option[0] != '\0' ? "" :
	    "; a command, see \"ntpctl -h\", comes first");
	exit(EXIT_USAGE);
}

static double
parse_wait(const char *word)
{
	const char	*wrong;
	long long	 seconds;

	seconds = strtonum(word, 0, WAIT_MOST, &wrong);
	if (wrong != NULL) {
		warnx("-w %s: %s, seconds are 0 to %d", word, wrong,
		    WAIT_MOST);
		exit(EXIT_USAGE);
	}
	return (double)seconds;
}

/* The argument of -w may be a word of its own, or none. */
static void
take_wait(struct options *o, int argc, char **argv)
{
	o->wait = true;
	if (optarg == NULL && optind < argc &&
	    isdigit((unsigned char)argv[optind][0]))
		optarg = argv[optind++];
	if (optarg != NULL)
		o->wait_for = parse_wait(optarg);
}

static void
parse_options(struct options *o, int argc, char **argv)
{
	static const struct option names[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 }
	};
	int		 ch;

	while ((ch = getopt_long(argc, argv, "hjo:S:s:Vw::", names,
	    NULL)) != -1) {
		switch (ch) {
		case 'h':
			usage(stdout);
			break;
		case 'V':
			printf("ntpctl %s\n", NTPD_VERSION);
			exit(0);
		case 'j':
			o->form = JSON;
			break;
		case 'o':
			o->form = parse_form(optarg);
			break;
		case 'S':
			o->socket = optarg;
			break;
		case 's':
			o->parts = parse_parts("-s ", optarg);
			break;
		case 'w':
			take_wait(o, argc, argv);
			break;
		default:
			usage(stderr);
		}
	}
}

/* What follows the options: what to show, if -s has not said it. */
static void
take_words(struct options *o, int n, char **words)
{
	if (n > 1 || (n == 1 && o->parts != 0))
		usage(stderr);
	if (n == 1)
		o->parts = parse_parts("", words[0]);
	if (o->parts == 0 && (!o->wait || o->form != TEXT))
		o->parts = SHOW_ALL;
}

/* Now, s since 1970. */
static double
time_of_day(void)
{
	return (double)ns_read(CLOCK_REALTIME) / NS_PER_S;
}

static void
show_part(const struct report *report, enum show_part part)
{
	if (part == SHOW_STATUS) {
		show_openntpd_line(stdout, &report->status);
		show_status(stdout, &report->status);
	} else if (part == SHOW_PEERS)
		show_peers(stdout, report->peers, report->npeers,
		    terminal_width());
	else if (part == SHOW_SENSORS)
		show_sensors(stdout, report->peers, report->npeers,
		    terminal_width());
	else if (part == SHOW_SERVER)
		show_server(stdout, &report->server);
	else if (part == SHOW_CLIENTS)
		show_clients(stdout, &report->clients);
	else if (part == SHOW_AUTH) {
		show_auth(stdout, report->peers, report->npeers);
		show_constraint(stdout, &report->status);
	} else if (part == SHOW_PROCESSES)
		show_processes(stdout, report->processes,
		    report->nprocesses);
	else if (part == SHOW_SELECTION)
		show_selection(stdout, report->peers, report->npeers);
	else if (part == SHOW_HISTORY)
		show_history(stdout, report->points, report->npoints,
		    time_of_day());
	else if (part == SHOW_SAMPLES)
		show_samples(stdout, report, time_of_day());
}

/* The parts in their order, with blank lines between them. */
static void
show_text(const struct report *report)
{
	unsigned	 part;
	bool		 first = true;

	for (part = 1; part <= report->parts; part <<= 1) {
		if (!(report->parts & part))
			continue;
		if (!first)
			putchar('\n');
		show_part(report, (enum show_part)part);
		first = false;
	}
}

static void
show_openntpd(const struct report *report)
{
	if (report->parts & SHOW_STATUS)
		show_openntpd_line(stdout, &report->status);
	if ((report->parts & SHOW_STATUS) && (report->parts & SHOW_PEERS))
		putchar('\n');
	if (report->parts & SHOW_PEERS)
		show_openntpd_peers(stdout, report->peers, report->npeers);
}

/* False if there is no memory for it. */
static bool
show_form(const struct report *report, enum form form)
{
	switch (form) {
	case TEXT:
		show_text(report);
		break;
	case JSON:
		return show_json(stdout, report);
	case OPENNTPD:
		show_openntpd(report);
		break;
	case PROMETHEUS:
		show_prometheus(stdout, report);
		break;
	}
	return true;
}

static int
show(const struct options *o)
{
	struct report	 report = { 0 };
	char		 why[ASK_WHY_LEN];
	int		 code = 0;

	if (ask(o->socket, o->parts, ASK_TIMEOUT, &report, why) != ASK_OK) {
		warnx("%s", why);
		code = EXIT_NO_ANSWER;
	} else if (!show_form(&report, o->form)) {
		warnx("out of memory");
		code = EXIT_OUTPUT;
	}
	/* Ask for errors now: at exit nobody would hear of them. */
	if (code == 0 && (fflush(stdout) != 0 || ferror(stdout))) {
		warn("standard output");
		code = EXIT_OUTPUT;
	}
	report_clear(&report);
	return code;
}

static void
pause_for(double s)
{
	struct timespec	 ts;

	ts.tv_sec = (time_t)s;
	ts.tv_nsec = (long)((s - floor(s)) * NS_PER_S);
	/* A signal that does not end ntpctl only shortens the pause. */
	nanosleep(&ts, NULL);
}

/*
 * Ask until the clock is synchronized or the time is over.  A daemon that is
 * not there may still be starting; that is what machines at boot are like.
 * *REPORT is the last answer.
 */
static int
wait_synchronized(const struct options *o, struct report *report)
{
	struct instant	 deadline;
	char		 why[ASK_WHY_LEN];
	enum ask_result	 result;
	double		 left = o->wait_for;

	deadline = instant_add(instant_now(), o->wait_for);
	for (;;) {
		result = ask(o->socket, SHOW_STATUS, left < 1 ? 1 :
		    fmin(left, ASK_TIMEOUT), report, why);
		if (result == ASK_NEVER) {
			warnx("%s", why);
			return EXIT_NO_ANSWER;
		}
		if (result == ASK_OK && report->status.synchronized)
			return 0;
		left = instant_diff(deadline, instant_now());
		if (left <= 0)
			break;
		pause_for(fmin(left, WAIT_INTERVAL));
	}
	if (result == ASK_OK)
		show_why(&report->status, why, sizeof(why));
	warnx("not synchronized after %.0f s: %s", o->wait_for, why);
	return EXIT_UNSYNCHRONIZED;
}

int
main(int argc, char **argv)
{
	struct options	 o = {
		.socket = CONTROL_SOCKET, .wait_for = WAIT_DEFAULT
	};
	enum operator_command command;
	struct report	 last = { 0 };
	int		 waited = 0, shown = 0;

	if (strcmp(getprogname(), "ntpq") == 0)
		return ntpq_main(argc, argv);
	if (argc > 1 && strcmp(argv[1], "check") == 0)
		return check_main(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "convert") == 0)
		return convert_main(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "plot") == 0)
		return plot_main(argc - 1, argv + 1);
	if (argc > 1 && operator_find(argv[1], &command))
		return operator_main(command, argc - 1, argv + 1);
	parse_options(&o, argc, argv);
	take_words(&o, argc - optind, argv + optind);
	if (o.wait)
		waited = wait_synchronized(&o, &last);
	report_clear(&last);
	if (waited == EXIT_NO_ANSWER)
		return waited;
	if (o.parts != 0)
		shown = show(&o);
	return shown != 0 ? shown : waited;
}
