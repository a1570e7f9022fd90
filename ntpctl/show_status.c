/*
 * ntpctl -s status: how the clock is, for a person who was woken up to find
 * out.  The most important line comes first, a line that has nothing to say
 * is left out, and every figure has its unit.
 */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include <bsd/string.h>

#include "common/ntp.h"
#include "ntpctl/record.h"
#include "ntpctl/show.h"

#define NUMBER_LEN	32
#define WORDS_LEN	160

static void
line(FILE *out, const char *label, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void
line(FILE *out, const char *label, const char *fmt, ...)
{
	va_list		 ap;

	fprintf(out, "%11s  ", label);
	va_start(ap, fmt);
	vfprintf(out, fmt, ap);
	va_end(ap);
	fputc('\n', out);
}

/* The size of a time difference, with three to six significant digits. */
static const char *
format_size(double s, char *text)
{
	double		 size = fabs(s);

	if (isnan(s))
		strlcpy(text, "unknown", NUMBER_LEN);
	else if (size < 999.95e-9)
		snprintf(text, NUMBER_LEN, "%.0f ns", size * 1e9);
	else if (size < 999.95e-6)
		snprintf(text, NUMBER_LEN, "%.1f us", size * 1e6);
	else if (size < 999.9995e-3)
		snprintf(text, NUMBER_LEN, "%.3f ms", size * 1e3);
	else
		snprintf(text, NUMBER_LEN, "%.3f s", size);
	return text;
}

/* A time to wait, or since something: two digits of it are of use. */
static const char *
format_span(double s, char *text)
{
	if (s < 120)
		snprintf(text, NUMBER_LEN, "%.0f s", floor(s));
	else if (s < 120 * 60)
		snprintf(text, NUMBER_LEN, "%.0f min", floor(s / 60));
	else if (s < 48 * 3600)
		snprintf(text, NUMBER_LEN, "%.0f h", floor(s / 3600));
	else
		snprintf(text, NUMBER_LEN, "%.0f days", floor(s / 86400));
	return text;
}

/* Is S a span at all?  Negative means never. */
static bool
is_span(double s)
{
	return !isnan(s) && s >= 0;
}

static void
show_clock(FILE *out, const struct control_status *st)
{
	char		 peer[CONTROL_NAME_LEN + ADDR_STRLEN + 8] = "";
	char		 addr[ADDR_STRLEN], span[NUMBER_LEN];
	char		 ago[WORDS_LEN] = "";

	if (st->system_address.family != ADDR_NONE)
		addr_format(&st->system_address, addr);
	else
		addr[0] = '\0';
	if (st->system_peer[0] == '\0')
		strlcpy(peer, addr, sizeof(peer));
	else if (addr[0] == '\0' || strcmp(st->system_peer, addr) == 0)
		strlcpy(peer, st->system_peer, sizeof(peer));
	else
		snprintf(peer, sizeof(peer), "%s (%s)", st->system_peer, addr);

	if (is_span(st->updated_ago))
		snprintf(ago, sizeof(ago), ", last update %s ago",
		    format_span(st->updated_ago, span));
	if (st->local == CONTROL_LOCAL_SERVED)
		line(out, "clock:", "NOT synchronized, the local clock is "
		    "served as stratum %u", st->stratum);
	else if (st->local == CONTROL_LOCAL_FOLLOWS)
		line(out, "clock:", "NOT synchronized, follows the local clock "
		    "of %s%s", peer, ago);
	else if (!st->synchronized)
		line(out, "clock:", "NOT synchronized%s", ago);
	else if (peer[0] == '\0')
		line(out, "clock:", "synchronized%s", ago);
	else
		line(out, "clock:", "synchronized to %s%s", peer, ago);
}

/* Said only if there is something to worry about. */
static void
show_state(FILE *out, const struct control_status *st)
{
	if (st->state == CONTROL_IN_DOUBT)
		line(out, "state:", "in doubt, a server says something else");
	else if (st->state == CONTROL_COASTING)
		line(out, "state:", "coasting, no majority confirms the clock");
	else if (st->state == CONTROL_BEGINNING_AGAIN)
		line(out, "state:", "beginning again, the clock has changed");
}

/* Within which bound the clock is right, and WHEN. */
static void
show_bound(FILE *out, const char *name, const char *when, double bound)
{
	char		 size[NUMBER_LEN];

	if (is_span(bound))
		line(out, name, "within %s, %s", format_size(bound, size),
		    when);
	else
		line(out, name, "unknown");
}

static void
show_offset(FILE *out, const struct control_status *st)
{
	char		 size[NUMBER_LEN], error[NUMBER_LEN], how[WORDS_LEN];

	if (!is_span(st->updated_ago) || isnan(st->offset)) {
		line(out, "offset:", "unknown, no measurement yet");
		return;
	}
	snprintf(how, sizeof(how), "%s %s", format_size(st->offset, size),
	    st->offset < 0 ? "ahead of true time" : "behind true time");
	line(out, "offset:", "%s, standard error %s", how,
	    format_size(st->error, error));
	show_bound(out, "likely:", "in 99 % of the time", st->likely_bound);
	show_bound(out, "certain:", "if most servers are right",
	    st->certain_bound);
}

static void
show_frequency(FILE *out, const struct control_status *st)
{
	char		 error[NUMBER_LEN];

	if (isnan(st->frequency)) {
		line(out, "frequency:", "unknown");
		return;
	}
	if (is_span(st->frequency_error))
		snprintf(error, sizeof(error), "%.3f ppm",
		    st->frequency_error);
	else
		strlcpy(error, "unknown", sizeof(error));
	line(out, "frequency:", "corrected by %+.3f ppm, standard error %s",
	    st->frequency, error);
	if (!isnan(st->slewing) && st->slewing != 0)
		line(out, "slewing:",
		    "runs %.3f ppm %s to remove the offset",
		    fabs(st->slewing), st->slewing > 0 ? "faster" : "slower");
}

static void
show_served(FILE *out, const struct control_status *st)
{
	static const char *const leaps[] = {
		[LEAP_NONE] = "no leap second announced",
		[LEAP_INSERT] = "the month ends with a leap second inserted",
		[LEAP_DELETE] = "the month ends with a second left out",
		[LEAP_UNKNOWN] = "unknown, clients are told not to believe us"
	};
	char		 refid[RECORD_REFID_LEN];
	char		 delay[NUMBER_LEN], dispersion[NUMBER_LEN];

	line(out, "leap:", "%s", leaps[st->leap]);
	if (st->stratum >= NTP_MAX_STRATUM) {
		line(out, "stratum:", "%u, that is not synchronized",
		    st->stratum);
		return;
	}
	line(out, "stratum:", "%u, reference id %s", st->stratum,
	    record_refid(st->refid, st->stratum, refid));
	line(out, "root:", "delay %s, dispersion %s",
	    format_size(st->root_delay, delay),
	    format_size(st->root_dispersion, dispersion));
}

void
show_next(const struct control_status *st, char *text, size_t len)
{
	char		 size[NUMBER_LEN], span[NUMBER_LEN];
	char		 in[WORDS_LEN] = "", more[WORDS_LEN] = "";

	if (is_span(st->next_in)) {
		format_span(st->next_in, span);
		snprintf(in, sizeof(in), " in %s", span);
		snprintf(more, sizeof(more), " for %s more", span);
	}
	switch ((enum control_next)st->next) {
	case NEXT_NO_SERVERS:
		strlcpy(text, "nothing, no server is configured", len);
		break;
	case NEXT_RESOLVE:
		snprintf(text, len, "looks up the servers' names again%s; "
		    "none has an address yet", in);
		break;
	case NEXT_FIRST_ANSWERS:
		snprintf(text, len, "asks the next server%s; "
		    "too few have answered yet", in);
		break;
	case NEXT_MAJORITY:
		snprintf(text, len, "asks the next server%s; "
		    "the servers disagree, a majority is needed", in);
		break;
	case NEXT_CONFIRM:
		snprintf(text, len, "corrects the offset%s, if the servers "
		    "stay with it", in);
		break;
	case NEXT_STEP:
		if (isnan(st->offset))
			strlcpy(text, "sets the clock", len);
		else
			snprintf(text, len, "sets the clock %s by %s",
			    st->offset < 0 ? "back" : "forward",
			    format_size(st->offset, size));
		break;
	case NEXT_SLEW:
		snprintf(text, len, "slews the clock%s", more);
		break;
	case NEXT_POLL:
		snprintf(text, len, "asks the next server%s", in);
		break;
	case NEXT_UNUSABLE:
		snprintf(text, len, "asks the next server%s; those that "
		    "answer cannot be used, \"ntpctl -s peers\" says why", in);
		break;
	}
}

void
show_status(FILE *out, const struct control_status *st)
{
	char		 next[WORDS_LEN];

	show_clock(out, st);
	show_state(out, st);
	show_offset(out, st);
	show_frequency(out, st);
	show_served(out, st);
	line(out, "servers:", "%u known, %u answer, %u agree", st->peers,
	    st->reachable, st->truechimers);
	line(out, "clients:", "%s", st->listening ?
	    "are given the time" : "none, ntpd does not listen");
	show_next(st, next, sizeof(next));
	line(out, "next:", "%s", next);
	if (st->refused > 0)
		line(out, "refused:", "%u adjustment%s against the policy, "
		    "the log says why", st->refused,
		    st->refused == 1 ? "" : "s");
	if (st->read_only)
		line(out, "read-only:", "ntpd -x never touches the clock");
}
