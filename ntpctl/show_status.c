/*
 * ntpctl -s status: how the clock is, for a person who was woken up to find
 * out.  The most important line comes first, a line that has nothing to say
 * is left out, and every figure has its unit.
 */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include <bsd/string.h>

#include "common/format.h"
#include "common/ntp.h"
#include "ntpctl/record.h"
#include "ntpctl/show.h"

#define WORDS_LEN	256

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
	char		 addr[ADDR_STRLEN], span[FORMAT_LEN];
	const char	*coasting = st->state == CONTROL_COASTING ?
	    "coasting, last " : "";
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
		line(out, "clock:", "%ssynchronized to %s%s", coasting, peer,
		    ago);
}

/* Said only if there is something to worry about. */
static void
show_state(FILE *out, const struct control_status *st)
{
	uint32_t	 others = st->usable - st->truechimers;
	char		 who[WORDS_LEN] = "a server says";

	if (others > 0)
		snprintf(who, sizeof(who), "%u of %u server%s", others,
		    st->usable, st->usable == 1 ? " says" : "s say");
	if (st->state == CONTROL_IN_DOUBT)
		line(out, "state:", "in doubt, %s something else than was "
		    "expected", who);
	else if (st->state == CONTROL_COASTING)
		line(out, "state:", "coasting, %s", st->usable == 0 ?
		    "no server can be used" :
		    "no majority of the servers confirms the clock");
	else if (st->state == CONTROL_BEGINNING_AGAIN)
		line(out, "state:", "beginning again, the clock has changed");
}

/* Within which bound the clock is right, and WHEN. */
static void
show_bound(FILE *out, const char *name, const char *when, double bound)
{
	char		 size[FORMAT_LEN];

	if (is_span(bound))
		line(out, name, "within %s, %s", format_size(bound, size),
		    when);
	else
		line(out, name, "unknown");
}

static void
show_offset(FILE *out, const struct control_status *st)
{
	char		 size[FORMAT_LEN], error[FORMAT_LEN], how[WORDS_LEN];

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
	char		 error[FORMAT_LEN];

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
		[LEAP_UNKNOWN] = "unknown"
	};
	char		 refid[RECORD_REFID_LEN];
	char		 delay[FORMAT_LEN], dispersion[FORMAT_LEN];

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

/* What the daemon does next, as a sentence in TEXT of LEN bytes. */
static void
format_next(const struct control_status *st, char *text, size_t len)
{
	char		 step[FORMAT_LEN], span[FORMAT_LEN];
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
		snprintf(text, len, "looks up the servers' names%s", in);
		break;
	case NEXT_CONFIRM:
		snprintf(text, len, "%s the offset%s, if the servers stay "
		    "with it", st->read_only ? "would correct" : "corrects",
		    in);
		break;
	case NEXT_STEP:
		snprintf(text, len, "sets the clock%s%s",
		    isnan(st->offset) ? "" : " ", isnan(st->offset) ? "" :
		    format_step(st->offset, step));
		break;
	case NEXT_SLEW:
		snprintf(text, len, "slews the clock%s", more);
		break;
	case NEXT_FIRST_ANSWERS:
	case NEXT_MAJORITY:
	case NEXT_POLL:
	case NEXT_UNUSABLE:
		snprintf(text, len, "asks the next server%s", in);
		break;
	}
}

/* What clients get, if there can be any. */
static const char *
what_clients_get(const struct control_status *st)
{
	if (!st->listening)
		return "none, ntpd does not listen";
	if (!st->serving)
		return "none, no socket could be opened, the log says why";
	if (st->local != CONTROL_LOCAL_OFF)
		return "are given the local clock's time";
	return st->synchronized ? "are given the time" :
	    "are told that the clock is not synchronized";
}

/* Each number is of those that are in the one before. */
static void
show_counts(FILE *out, const struct control_status *st)
{
	char		 usable[WORDS_LEN] = "";

	if (st->usable != st->reachable)
		snprintf(usable, sizeof(usable), ", %u can be used",
		    st->usable);
	line(out, "servers:", "%u configured, %u answer%s, %u agree",
	    st->peers, st->reachable, usable, st->truechimers);
}

/* What may still be moved at more than 500 ppm; of no interest if all of it. */
/* What the constraints say, in words; NULL if there is none. */
static const char *
constraint_text(const struct control_status *st, char text[WORDS_LEN])
{
	char		 offset[FORMAT_LEN];

	switch (st->constraint) {
	case CONSTRAINTS_ASKING:
		return "waiting for their answers: the clock is not set before";
	case CONSTRAINTS_FAILED:
		return "none can be reached: the clock is not set before one "
		    "is";
	case CONSTRAINTS_SPLIT:
		return "they contradict one another: the clock is not set "
		    "before most agree";
	case CONSTRAINTS_PAST:
		return "by the only one it is earlier than this machine has "
		    "known: the clock is not set";
	case CONSTRAINTS_KNOWN:
		snprintf(text, WORDS_LEN, "the clock %s",
		    format_constraint(st->constraint_offset, offset));
		return text;
	default:
		return NULL;
	}
}

void
show_constraint(FILE *out, const struct control_status *st)
{
	char		 words[WORDS_LEN];
	const char	*text = constraint_text(st, words);

	if (text != NULL)
		fprintf(out, "# constraint: %s\n", text);
}

static void
show_budget(FILE *out, const struct control_status *st)
{
	char		 span[FORMAT_LEN];

	if (!is_span(st->budget_renewed_in) || st->budget_renewed_in == 0 ||
	    !is_span(st->budget_left))
		return;
	format_span(st->budget_renewed_in, span);
	if (st->budget_left > 0)
		line(out, "budget:", "%.0f s left for fast slews, all of it "
		    "again in %s", st->budget_left, span);
	else
		line(out, "budget:", "spent, no slew is faster than 500 ppm "
		    "for %s; the log says why", span);
}

void
show_status(FILE *out, const struct control_status *st)
{
	char		 text[WORDS_LEN], words[WORDS_LEN];
	const char	*constraint = constraint_text(st, words);

	show_clock(out, st);
	if (st->why != WHY_SYNCHRONIZED) {
		show_why(st, text, sizeof(text));
		line(out, "why:", "%s", text);
	}
	show_state(out, st);
	show_offset(out, st);
	show_frequency(out, st);
	show_served(out, st);
	show_counts(out, st);
	line(out, "clients:", "%s", what_clients_get(st));
	format_next(st, text, sizeof(text));
	line(out, "next:", "%s", text);
	if (constraint != NULL)
		line(out, "constraint:", "%s", constraint);
	show_budget(out, st);
	if (st->refused > 0)
		line(out, "refused:", "%u adjustment%s against the policy, "
		    "the log says why", st->refused,
		    st->refused == 1 ? "" : "s");
	if (st->read_only)
		line(out, "read-only:", "ntpd -x never touches the clock");
}
