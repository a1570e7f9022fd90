/*
 * ntpctl plot: the command, and which picture it is.
 */
#include <err.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "common/ns.h"
#include "ntpctl/ask.h"
#include "ntpctl/plot.h"
#include "ntpctl/terminal.h"

#define WIDTH_DEFAULT	80	/* columns */
#define WIDTH_LEAST	40

enum form { BY_OUTPUT, SVG, TEXT };

static void
usage(void)
{
	fprintf(stderr, "usage: ntpctl plot [-S socket] [-o svg | text]\n");
	exit(2);
}

/* Show it in FORM: on a terminal as text, if nothing else is said. */
static void
show(const struct report *report, enum form form)
{
	const double	 now = (double)ns_read(CLOCK_REALTIME) / NS_PER_S;
	int		 width = (int)terminal_width();

	if (form == SVG || (form == BY_OUTPUT && !isatty(STDOUT_FILENO))) {
		plot_svg(stdout, report, now);
		return;
	}
	if (width == 0)
		width = WIDTH_DEFAULT;
	else if (width < WIDTH_LEAST)
		width = WIDTH_LEAST;
	setlocale(LC_CTYPE, "");
	plot_text(stdout, report, now, width,
	    strcmp(nl_langinfo(CODESET), "UTF-8") == 0);
}

int
plot_main(int argc, char **argv)
{
	const char	*path = CONTROL_SOCKET;
	struct report	 report = { 0 };
	char		 why[ASK_WHY_LEN];
	enum form	 form = BY_OUTPUT;
	int		 ch;

	while ((ch = getopt(argc, argv, "o:S:")) != -1)
		if (ch == 'S')
			path = optarg;
		else if (ch == 'o' && strcasecmp(optarg, "svg") == 0)
			form = SVG;
		else if (ch == 'o' && strcasecmp(optarg, "text") == 0)
			form = TEXT;
		else
			usage();
	if (optind < argc)
		usage();
	if (ask(path, SHOW_HISTORY | SHOW_SAMPLES, ASK_TIMEOUT, &report,
	    why) != ASK_OK) {
		report_clear(&report);
		warnx("%s", why);
		return 3;
	}
	show(&report, form);
	report_clear(&report);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		warn("standard output");
		return 4;
	}
	return 0;
}
