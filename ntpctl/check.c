/*
 * ntpctl check: what is asked, and which exit code follows.
 */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/format.h"
#include "ntpctl/ask.h"
#include "ntpctl/check.h"
#include "ntpctl/show.h"

#define WARNING_DEFAULT		0.05	/* s; tuned by taste */
#define CRITICAL_DEFAULT	0.5	/* s; likewise */
#define WHY_LEN			256

/* The exit codes of a plugin. */
enum plugin_result {
	PLUGIN_OK,
	PLUGIN_WARNING,
	PLUGIN_CRITICAL,
	PLUGIN_UNKNOWN
};

struct limits {
	double		 warning;	/* s, from here on */
	double		 critical;	/* s, from here on */
};

static void
usage(void)
{
	fprintf(stderr, "usage: ntpctl check [-S socket] [-w ms] [-c ms]\n");
	exit(PLUGIN_UNKNOWN);
}

static double
parse_ms(const char *word, int option)
{
	char		*end;
	double		 ms = strtod(word, &end);

	if (end == word || *end != '\0' || !isfinite(ms) || ms <= 0) {
		printf("NTP UNKNOWN: -%c %s: not a number of milliseconds "
		    "above 0\n", option, word);
		exit(PLUGIN_UNKNOWN);
	}
	return ms / 1e3;
}

static enum plugin_result
judge(const struct control_status *st, struct limits limits)
{
	if (!st->synchronized || isnan(st->likely_bound) ||
	    st->likely_bound >= limits.critical)
		return PLUGIN_CRITICAL;
	return st->likely_bound >= limits.warning ? PLUGIN_WARNING : PLUGIN_OK;
}

/*
 * Write one line about ST to OUT and return what it means: critical if the
 * clock is not synchronized, else by its likely bound.
 */
static enum plugin_result
show(FILE *out, const struct control_status *st, struct limits limits)
{
	static const char *const words[] = { "OK", "WARNING", "CRITICAL" };
	const enum plugin_result result = judge(st, limits);
	char		 why[WHY_LEN], bound[FORMAT_LEN];

	fprintf(out, "NTP %s: ", words[result]);
	if (!st->synchronized) {
		show_why(st, why, sizeof(why));
		fprintf(out, "not synchronized, %s", why);
	} else
		fprintf(out, "synchronized to %s within %s",
		    st->system_peer[0] == '\0' ? "the servers" :
		    st->system_peer, format_size(st->likely_bound, bound));
	fputs(" |", out);
	if (!isnan(st->likely_bound))
		fprintf(out, " bound=%.9fs;%g;%g;0", st->likely_bound,
		    limits.warning, limits.critical);
	if (!isnan(st->offset))
		fprintf(out, " offset=%.9fs", st->offset);
	fprintf(out, " stratum=%u;;;0;16 peers=%u;;;0;%u\n", st->stratum,
	    st->usable, st->peers);
	return result;
}

int
check_main(int argc, char **argv)
{
	struct limits limits = { WARNING_DEFAULT, CRITICAL_DEFAULT };
	struct report	 report = { 0 };
	const char	*path = CONTROL_SOCKET;
	char		 why[ASK_WHY_LEN];
	enum plugin_result result;
	int		 ch;

	while ((ch = getopt(argc, argv, "c:S:w:")) != -1)
		switch (ch) {
		case 'c':
			limits.critical = parse_ms(optarg, ch);
			break;
		case 'S':
			path = optarg;
			break;
		case 'w':
			limits.warning = parse_ms(optarg, ch);
			break;
		default:
			usage();
		}
	if (optind < argc)
		usage();
	if (limits.warning > limits.critical) {
		printf("NTP UNKNOWN: -w %g is above -c %g, so that there would "
		    "be no warning\n", limits.warning * 1e3,
		    limits.critical * 1e3);
		return PLUGIN_UNKNOWN;
	}
	if (ask(path, SHOW_STATUS, ASK_TIMEOUT, &report, why) != ASK_OK) {
		printf("NTP UNKNOWN: %s\n", why);
		return PLUGIN_UNKNOWN;
	}
	result = show(stdout, &report.status, limits);
	/* Nobody has read the result that could not be written. */
	return (int)(fflush(stdout) == 0 ? result : PLUGIN_UNKNOWN);
}
