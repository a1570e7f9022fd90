/*
 * ntpctl -o prometheus: the text format of Prometheus.  Names and units follow
 * its conventions: seconds, ratios, "_total" for what only grows.  What is not
 * known is left out.
 */
#include <inttypes.h>
#include <math.h>

#include "common/ntp.h"
#include "common/version.h"
#include "ntpctl/record.h"
#include "ntpctl/show.h"

enum metric_kind { FROM_REAL, FROM_COUNT };

struct metric {
	const char	*name;
	const char	*type;
	const char	*help;
	enum metric_kind kind;		/* of the member */
	size_t		 offset;	/* of it, in the record */
	double		 unit;		/* of the member, in the metric's */
};

#define PPM		1e-6

#define STATUS(member)	offsetof(struct control_status, member)
#define PEER(member)	offsetof(struct control_peer, member)

static const struct metric status_metrics[] = {
	{ "synchronized", "gauge", "1 if the clock is synchronized.",
	    FROM_COUNT, STATUS(synchronized), 1 },
	{ "offset_seconds", "gauge", "True time minus the clock's.",
	    FROM_REAL, STATUS(offset), 1 },
	{ "offset_error_seconds", "gauge", "Standard error of the offset.",
	    FROM_REAL, STATUS(error), 1 },
	{ "likely_bound_seconds", "gauge",
	    "The clock is right within this in 99 % of the time.",
	    FROM_REAL, STATUS(likely_bound), 1 },
	{ "certain_bound_seconds", "gauge",
	    "The clock is right within this if most servers are right.",
	    FROM_REAL, STATUS(certain_bound), 1 },
	{ "frequency_correction_ratio", "gauge",
	    "By how much the clock is made to run faster.",
	    FROM_REAL, STATUS(frequency), PPM },
	{ "frequency_error_ratio", "gauge", "Standard error of that.",
	    FROM_REAL, STATUS(frequency_error), PPM },
	{ "slew_ratio", "gauge", "The present slew, 0 if there is none.",
	    FROM_REAL, STATUS(slewing), PPM },
	{ "stratum", "gauge", "As served; 16 is unsynchronized.",
	    FROM_COUNT, STATUS(stratum), 1 },
	{ "root_delay_seconds", "gauge", "Round trip to the reference clock.",
	    FROM_REAL, STATUS(root_delay), 1 },
	{ "root_dispersion_seconds", "gauge",
	    "Error at most, but for half the root delay.",
	    FROM_REAL, STATUS(root_dispersion), 1 },
	{ "updated_seconds_ago", "gauge",
	    "Since the clock was last corrected from measurements.",
	    FROM_REAL, STATUS(updated_ago), 1 },
	{ "peers_configured", "gauge", "Servers and addresses of pools.",
	    FROM_COUNT, STATUS(peers), 1 },
	{ "peers_reachable", "gauge", "Of these, answered lately.",
	    FROM_COUNT, STATUS(reachable), 1 },
	{ "peers_usable", "gauge", "Of these, in such a way that they count.",
	    FROM_COUNT, STATUS(usable), 1 },
	{ "peers_truechimers", "gauge", "Of these, they agree.",
	    FROM_COUNT, STATUS(truechimers), 1 },
	{ "refused_adjustments_total", "counter",
	    "Adjustments that were against the policy.",
	    FROM_COUNT, STATUS(refused), 1 },
};

static const struct metric peer_metrics[] = {
	{ "peer_selected", "gauge", "0 unusable, 1 falseticker, 2 outlier, "
	    "3 combined, 4 system peer.", FROM_COUNT, PEER(tally), 1 },
	{ "peer_offset_seconds", "gauge", "The server's clock minus ours.",
	    FROM_REAL, PEER(offset), 1 },
	{ "peer_delay_seconds", "gauge", "Round trip.",
	    FROM_REAL, PEER(delay), 1 },
	{ "peer_jitter_seconds", "gauge", "Scatter of the offsets.",
	    FROM_REAL, PEER(jitter), 1 },
	{ "peer_stratum", "gauge", "As the server says; 16 is unsynchronized.",
	    FROM_COUNT, PEER(stratum), 1 },
	{ "peer_reach", "gauge", "Of the last eight requests, as bits.",
	    FROM_COUNT, PEER(reach), 1 },
	{ "peer_answered_seconds_ago", "gauge", "Since the last answer.",
	    FROM_REAL, PEER(when), 1 },
	{ "peer_requests_total", "counter", "Requests to the server.",
	    FROM_COUNT, PEER(sent), 1 },
	{ "peer_answers_total", "counter", "Good answers of it.",
	    FROM_COUNT, PEER(received), 1 },
	{ "peer_rejected_answers_total", "counter", "Other answers of it.",
	    FROM_COUNT, PEER(rejected), 1 },
};

#define COUNT_OF(array)	(sizeof(array) / sizeof((array)[0]))

static double
metric_value(const struct metric *m, const void *record)
{
	const void	*at = (const char *)record + m->offset;

	return m->kind == FROM_REAL ? *(const double *)at * m->unit :
	    (double)*(const uint32_t *)at;
}

static void
show_head(FILE *out, const char *name, const char *type, const char *help)
{
	fprintf(out, "# HELP ntpd_%s %s\n# TYPE ntpd_%s %s\n", name, help,
	    name, type);
}

static void
show_status_metrics(FILE *out, const struct control_status *st)
{
	const struct metric *m;
	double		 value;

	for (m = status_metrics; m < status_metrics + COUNT_OF(status_metrics);
	    m++) {
		value = metric_value(m, st);
		if (isnan(value))
			continue;
		show_head(out, m->name, m->type, m->help);
		fprintf(out, "ntpd_%s %.12g\n", m->name, value);
	}
}

/* Names have neither quotes nor backslashes: they are hosts' names. */
static void
show_labels(FILE *out, const struct control_peer *peer)
{
	char		 text[ADDR_STRLEN] = "";
	const char	*c;

	if (peer->address.family != ADDR_NONE)
		addr_format(&peer->address, text);
	fputs("{name=\"", out);
	for (c = peer->name; *c != '\0'; c++)
		fputc(*c == '"' || *c == '\\' ? '?' : *c, out);
	fprintf(out, "\",address=\"%s\"}", text);
}

static void
show_peer_metric(FILE *out, const struct metric *m, const struct report *r)
{
	struct control_peer peer;
	double		 value;
	size_t		 i;

	show_head(out, m->name, m->type, m->help);
	for (i = 0; i < r->npeers; i++) {
		peer = r->peers[i];
		if (!record_peer_answered(&peer))
			peer.stratum = NTP_MAX_STRATUM;
		value = metric_value(m, &peer);
		if (isnan(value))
			continue;
		fprintf(out, "ntpd_%s", m->name);
		show_labels(out, &peer);
		fprintf(out, " %.12g\n", value);
	}
}

static void
show_counters(FILE *out, const struct control_server *sv)
{
	show_head(out, "server_workers", "gauge", "Server processes.");
	fprintf(out, "ntpd_server_workers %" PRIu32 "\n", sv->workers);
	if (sv->certificate_until != 0) {
		show_head(out, "server_certificate_until_seconds", "gauge",
		    "When the certificate of NTS expires, in Unix time.");
		fprintf(out, "ntpd_server_certificate_until_seconds %" PRId64
		    "\n", sv->certificate_until);
	}
	if (sv->counted == 0)
		return;
#define COUNTER(name, label, text)					\
	show_head(out, "server_" #name "_total", "counter",		\
	    "Datagrams: " text ".");					\
	fprintf(out, "ntpd_server_" #name "_total %" PRIu64 "\n",	\
	    sv->counters.name);
	COUNTERS
#undef COUNTER
}

void
show_prometheus(FILE *out, const struct report *report)
{
	const struct metric *m;

	show_head(out, "build_info", "gauge", "The version, as a label.");
	fprintf(out, "ntpd_build_info{version=\"%s\"} 1\n", NTPD_VERSION);
	if (report->parts & SHOW_STATUS)
		show_status_metrics(out, &report->status);
	if (report->parts & SHOW_PEERS)
		for (m = peer_metrics; m < peer_metrics +
		    COUNT_OF(peer_metrics); m++)
			show_peer_metric(out, m, report);
	if (report->parts & SHOW_SERVER)
		show_counters(out, &report->server);
}
