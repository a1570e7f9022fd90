/*
 * The engine's wishes about the clock's rate, and what the budget makes of
 * them.
 */
#include <math.h>
#include <stdio.h>

#include "common/format.h"
#include "common/log.h"
#include "common/rfc5905.h"
#include "ntpd/parent/state.h"

/* -x: an offset that differs by less than this part is the same. */
#define SAME_OFFSET		0.1

/* Less, moved at more than 500 ppm in a day, is not said, s. */
#define SAY_MOVED		1.0

/* -x: changes that are less are no news, s/s and s. */
#define SAY_FREQUENCY		1e-6
#define SAY_OFFSET		1e-3

void
command_refuse(const char *what, const char *how, enum verdict why)
{
	static struct log_limit limit = { .burst = 5, .interval = 600 };

	if (log_allowed(&limit, instant_now(), NULL))
		log_warnx("the engine asked %s%s: refused, %s", what, how,
		    policy_reason(why));
}

static void
refuse_rate(const char *what, double rate, enum verdict why)
{
	char		 how[FORMAT_LEN];

	snprintf(how, sizeof(how), " of %+.3f ppm", rate * 1e6);
	command_refuse(what, how, why);
}

/* Said, too: it cannot be corrected. */
static bool
is_at_its_limit(double frequency)
{
	static struct log_limit limit = { .burst = 1, .interval = 3600 };

	if (fabs(frequency) < POLICY_MAX_FREQUENCY)
		return false;
	if (log_allowed(&limit, instant_now(), NULL))
		log_warnx("the oscillator is off by 10 %% or more, which the "
		    "kernel cannot correct: the clock will not be right");
	return true;
}

void
command_frequency(struct parent *p, const struct clock_frequency *wanted,
    struct instant now)
{
	enum verdict	 verdict = policy_frequency(&p->policy, wanted);
	double		 frequency = wanted->frequency;

	if (verdict != PERMITTED) {
		refuse_rate("for a frequency correction", wanted->frequency,
		    verdict);
		return;
	}
	p->wanted_frequency = wanted->frequency;
	if (!p->clock.read_only) {
		constrain_policy(p);
		frequency = policy_bound_frequency(&p->policy, frequency,
		    p->budget.home);
		frequency = budget_frequency(&p->budget, frequency, now);
	}
	if (!clock_set_frequency(&p->clock, frequency))
		return;
	p->drift_error = wanted->error;
	/* What is clamped is not what the oscillator has. */
	if (is_at_its_limit(wanted->frequency) || wanted->provisional ||
	    frequency != wanted->frequency)
		p->drift_error = -1;
}

/*
 * -x: what would be done, if it is something else than what was said last, and
 * at a bounded rate.
 */
static void
say_slew(const struct parent *p, const struct clock_slew *wanted,
    struct instant now)
{
	static struct log_limit limit = { .burst = 4, .interval = 3600 };
	static double	 said = NAN, said_frequency;
	double		 by = wanted->rate * wanted->duration;
	double		 frequency = p->wanted_frequency;
	char		 offset[FORMAT_LEN];

	/* The step that was not made, and was said, would have removed it. */
	if (fabs(by - p->unmade_step) < SAME_OFFSET * fabs(by))
		return;
	if (fabs(frequency - said_frequency) < SAY_FREQUENCY &&
	    fabs(by - said) < SAY_OFFSET + SAME_OFFSET * fabs(said))
		return;
	if (!log_allowed(&limit, now, NULL))
		return;
	said = by;
	said_frequency = frequency;
	if (by == 0)
		log_info("would leave the offset and correct the frequency by "
		    "%+.3f ppm", frequency * 1e6);
	else
		log_info("the clock is %s: would remove that in %.0f s, and "
		    "correct the frequency by %+.3f ppm",
		    format_offset(by, offset), wanted->duration,
		    frequency * 1e6);
}

/* A large slew is said when it begins or turns, at a bounded rate. */
static void
log_slew(const struct clock_slew *slew, double rate_before)
{
	static struct log_limit limit = { .burst = 5, .interval = 600 };
	double		 by = slew->rate * slew->duration;
	char		 step[FORMAT_LEN], more[LOG_MORE_LEN];

	if (fabs(slew->rate) <= BUDGET_FREE_RATE ||
	    fabs(by) < STEPT ||
	    (fabs(rate_before) > BUDGET_FREE_RATE &&
	    slew->rate * rate_before > 0) ||
	    !log_allowed_more(&limit, instant_now(), more))
		return;
	log_info("slewing the clock %s in %.0f s%s", format_step(by, step),
	    slew->duration, more);
}

/* The constraints cut a slew. */
static void
log_bound(const struct parent *p, const struct clock_slew *wanted)
{
	static struct log_limit limit = { .burst = 2, .interval = 3600 };
	char		 step[FORMAT_LEN];

	if (log_allowed(&limit, instant_now(), NULL))
		log_warnx("the engine asked to slew the clock %s: cut short, "
		    "%s", format_step(wanted->rate * wanted->duration, step),
		    policy_reason(p->policy.bounds.state == CONSTRAINTS_KNOWN ?
		    AGAINST_CONSTRAINTS : UNCONSTRAINED));
}

/* Carry out as much of WANTED as is left of the budget. */
static void
slew(struct parent *p, const struct clock_slew *wanted, struct instant now)
{
	struct clock_slew cut = *wanted;
	struct clock_slew none = { .rate = 0 };
	double		 before = p->budget.slew;

	budget_slew(&p->budget, &cut, now);
	if (clock_set_slew(&p->clock, cut.rate, cut.duration, now))
		log_slew(&cut, before);
	else
		budget_slew(&p->budget, &none, now);
}

void
command_slew(struct parent *p, const struct clock_slew *wanted,
    struct instant now)
{
	enum verdict	 verdict = policy_slew(&p->policy, wanted);
	struct clock_slew cut = *wanted;

	if (verdict != PERMITTED) {
		refuse_rate("for a slew", wanted->rate, verdict);
		return;
	}
	constrain_policy(p);
	if (policy_bound_slew(&p->policy, &cut))
		log_bound(p, wanted);
	if (p->clock.read_only)
		say_slew(p, &cut, now);
	else
		slew(p, &cut, now);
}

static void
log_spent(const struct budget *b, double spent, struct instant now)
{
	char		 span[FORMAT_LEN];

	log_warnx("the clock was moved by %.0f s at more than 500 ppm, which "
	    "is the most for 24 hours: by no more than 500 ppm for %s; check "
	    "the servers, and if they are right restart ntpd", spent,
	    format_span(budget_renewed_in(b, now), span));
}

void
command_tend_budget(struct parent *p, struct instant now)
{
	double		 spent;

	switch (budget_tend(&p->budget, &spent, now)) {
	case BUDGET_IS_SPENT:
		log_spent(&p->budget, spent, now);
		if (p->budget.slew == 0)
			clock_set_slew(&p->clock, 0, 0, now);
		clock_set_frequency(&p->clock, p->budget.frequency);
		p->drift_error = -1;
		command_send_state(p, STATE_NEWS, now);
		break;
	case BUDGET_IS_WHOLE:
		if (spent >= SAY_MOVED)
			log_info("24 hours are over in which the clock was "
			    "moved by %.0f s at more than 500 ppm", spent);
		break;
	case BUDGET_AS_BEFORE:
		break;
	}
}
