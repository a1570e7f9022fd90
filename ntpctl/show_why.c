/*
 * Why the clock is not synchronized, and what would help.
 */
#include <bsd/string.h>

#include "common/format.h"
#include "ntpctl/show.h"

#define WORDS_LEN	256

/* "the clock is 2.000 s behind", into TEXT of LEN bytes. */
static void
format_clock(const struct control_status *st, char *text, size_t len)
{
	char		 offset[FORMAT_LEN];

	snprintf(text, len, "the clock is %s", format_offset(st->offset,
	    offset));
}

/* The reasons that lie in what the clock is off by. */
static void
explain_offset(const struct control_status *st, char *text, size_t len)
{
	char		 clock[WORDS_LEN], span[FORMAT_LEN];

	format_clock(st, clock, sizeof(clock));
	if (st->why == WHY_STEPPING)
		snprintf(text, len, "%s and is being set", clock);
	else if (st->why == WHY_READ_ONLY)
		snprintf(text, len, "%s, and ntpd -x leaves it so", clock);
	else if (st->why == WHY_LIMIT)
		snprintf(text, len, "%s, more than the step limit of %.0f s: "
		    "check the servers; if they are right, restart ntpd or "
		    "raise \"step limit\"", clock, st->step_limit);
	else if (st->why == WHY_OFFSET)
		snprintf(text, len, "%s, which is being corrected", clock);
	else
		snprintf(text, len, "%s: %scorrected if most servers stay "
		    "with it for another %s", clock,
		    st->read_only ? "would be " : "",
		    format_span(st->why_in, span));
}

/* "server" or "servers", with the right form of a verb. */
static const char *
servers(uint32_t n, const char *one, const char *more, char text[WORDS_LEN])
{
	snprintf(text, WORDS_LEN, "%u server%s", n, n == 1 ? one : more);
	return text;
}

static void
explain_majority(const struct control_status *st, char *text, size_t len)
{
	char		 agree[WORDS_LEN] = "no two of them agree";
	char		 spread[FORMAT_LEN];

	if (st->cluster > 1)
		snprintf(agree, sizeof(agree), "no more than %u of them agree",
		    st->cluster);
	snprintf(text, len, "no majority: %u servers answer, %s, they are up "
	    "to %s apart%s", st->voters, agree,
	    format_size(st->spread, spread), st->voters == 2 ?
	    "; a third one would decide" : "");
}

/* The reasons that lie in the servers and their answers. */
static void
explain_servers(const struct control_status *st, char *text, size_t len)
{
	char		 who[WORDS_LEN], span[FORMAT_LEN];

	if (st->why == WHY_BOUND)
		snprintf(text, len, "the clock may be off by %s, 3 s is the "
		    "most", format_size(st->certain_bound, span));
	else if (st->why == WHY_UNUSABLE)
		snprintf(text, len, "%s and cannot be used, \"ntpctl -s "
		    "peers\" says why", servers(st->reachable, " answers",
		    "s answer", who));
	else if (st->why == WHY_WAITING)
		snprintf(text, len, "%s, others are waited for up to %s more",
		    servers(st->truechimers, " answers", "s agree", who),
		    format_span(st->why_in, span));
	else if (st->why == WHY_NO_MAJORITY)
		explain_majority(st, text, len);
	else
		snprintf(text, len, "%s, three answers of each are needed",
		    servers(st->usable, " answers", "s answer", who));
}

void
show_why(const struct control_status *st, char *text, size_t len)
{
	switch ((enum control_why)st->why) {
	case WHY_SYNCHRONIZED:
		strlcpy(text, "it is synchronized", len);
		break;
	case WHY_NO_SERVERS:
		strlcpy(text, "no server is configured, or all are off", len);
		break;
	case WHY_NO_ADDRESS:
		strlcpy(text, "no server's name has an address yet", len);
		break;
	case WHY_ORPHANS:
		strlcpy(text, "no server but orphans, of which one is "
		    "followed", len);
		break;
	case WHY_NO_ANSWER:
		strlcpy(text, "no server answers, see \"ntpctl -s peers\"",
		    len);
		break;
	case WHY_STEPPING:
	case WHY_READ_ONLY:
	case WHY_LIMIT:
	case WHY_CONFIRM:
	case WHY_OFFSET:
		explain_offset(st, text, len);
		break;
	case WHY_BOUND:
	case WHY_UNUSABLE:
	case WHY_WAITING:
	case WHY_NO_MAJORITY:
	case WHY_FEW_ANSWERS:
		explain_servers(st, text, len);
		break;
	}
}
