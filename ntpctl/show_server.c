/*
 * ntpctl -s server: what the processes that answer clients have counted since
 * they were started, a line for each counter, zero or not: that there were no
 * bad requests is worth knowing, too.
 */
#include <inttypes.h>

#include "ntpctl/columns.h"
#include "ntpctl/show.h"

#define LABEL_WIDTH	16	/* "bad destination:" */
#define NUMBER_LEN	24

static void
label(FILE *out, const char *text)
{
	fprintf(out, "%*s:  ", LABEL_WIDTH - 1, text);
}

static void
show_workers(FILE *out, const struct control_server *sv)
{
	uint32_t	 silent = sv->workers - sv->counted;

	label(out, "workers");
	if (sv->workers == 0)
		fprintf(out, "none, ntpd does not listen\n");
	else if (silent == 0)
		fprintf(out, "%" PRIu32 "\n", sv->workers);
	else
		fprintf(out, "%" PRIu32 ", but %" PRIu32 " did not answer and "
		    "%s not counted here\n", sv->workers, silent,
		    silent == 1 ? "is" : "are");
}

static int
digits(uint64_t value)
{
	char		 text[NUMBER_LEN];

	return snprintf(text, sizeof(text), "%" PRIu64, value);
}

void
show_server(FILE *out, const struct control_server *sv)
{
	char		 date[COLUMN_LEN];
	int		 width = 1;

	show_workers(out, sv);
	if (sv->certificate_until != 0) {
		label(out, "certificate");
		fprintf(out, "of NTS, valid until %s\n",
		    column_time((double)sv->certificate_until, date));
	}
	if (sv->counted == 0)
		return;
	label(out, "sockets");
	fprintf(out, "%" PRIu64 "\n", sv->sockets);
#define COUNTER(name, title, text)					\
	if (digits(sv->counters.name) > width)				\
		width = digits(sv->counters.name);
	COUNTERS
#undef COUNTER
#define COUNTER(name, title, text)					\
	label(out, title);						\
	fprintf(out, "%*" PRIu64 "  %s\n", width, sv->counters.name, text);
	COUNTERS
#undef COUNTER
}
