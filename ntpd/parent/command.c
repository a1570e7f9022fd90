/*
 * The engine's wishes about the clock: judged by the policy, carried out, and
 * answered with what the clock really does.
 */
#include <sys/timerfd.h>

#include <bsd/string.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/format.h"
#include "common/log.h"
#include "common/rfc5905.h"
#include "ntpd/parent/state.h"

/* A program that sets the clock each second is not to fill the log. */
static void
log_jump(double by, double slept)
{
	static struct log_limit limit = { .burst = 5, .interval = 600 };
	char		 more[LOG_MORE_LEN], step[FORMAT_LEN];

	if ((slept < 1 && fabs(by) < CLOCK_JUMP_LEAST) ||
	    !log_allowed_more(&limit, instant_now(), more))
		return;
	if (slept >= 1)
		log_info("the machine slept for %.0f s, starting anew%s", slept,
		    more);
	else
		log_warnx("another program has set the clock %s%s",
		    format_step(by, step), more);
}

/* How far it jumped is for the log and the engine; that it did is known. */
static bool
look_at_jump(struct parent *p)
{
	struct clock_jumped jumped = { .by = 0 };
	double		 slept;
	bool		 new_start;

	jumped.by = clock_jump(&p->clock, &slept);
	log_jump(jumped.by, slept);
	if (jumped.by != 0 || slept >= 1)
		publish_disrupted(&p->publish);
	new_start = fabs(jumped.by) >= STEPT || slept >= 1;
	if (new_start) {
		policy_jumped(&p->policy, jumped.by, slept);
		channel_send(p->children.engine, MSG_CLOCK_JUMPED, 0, -1,
		    &jumped);
	}
	/* It may have been a leap second, too: so the engine wakes to look. */
	command_send_state(p, STATE_NEWS, instant_now());
	return new_start;
}

bool
command_check_clock(struct parent *p)
{
	uint64_t	 expirations;

	if (p->timerfd == -1 || read(p->timerfd, &expirations,
	    sizeof(expirations)) != -1 || errno != ECANCELED)
		return false;
	command_watch_clock(p);
	return look_at_jump(p);
}

/* A timer that ends with ECANCELED when the clock is set. */
void
command_watch_clock(struct parent *p)
{
	struct itimerspec never = {
		.it_value = { .tv_sec = INT32_MAX * 64LL }
	};

	if (p->timerfd != -1)
		timerfd_settime(p->timerfd,
		    TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL);
}

static void
refuse_step(const char *what, double by, enum verdict why)
{
	char		 how[FORMAT_LEN];

	command_refuse(what, format_step(by, how), why);
}

static void
log_step(const struct parent *p, double by)
{
	static struct log_limit limit = { .burst = 5, .interval = 600 };
	char		 step[FORMAT_LEN], more[LOG_MORE_LEN];

	if (!log_allowed_more(&limit, instant_now(), more))
		return;
	log_info("%s %s%s", p->clock.read_only ?
	    "would set the clock" : "clock set", format_step(by, step), more);
}

/*
 * If the machine was paused without the kernel's notice, neither it nor we know
 * how much time has passed: the constraints do.
 */
static void
look_again(struct parent *p, enum verdict verdict, struct instant now)
{
	if (verdict == AGAINST_CONSTRAINTS)
		constraints_hurry(&p->constraints, CONSTRAINT_DOUBTED, now);
}

/* NULL if it was made, else why not. */
static const char *
do_step(struct parent *p, const struct clock_step *wanted, struct instant now)
{
	struct clock_slew none = { .rate = 0 };
	struct policy	 before;
	enum verdict	 verdict;
	const char	*why = NULL;

	/* Our own step must not hide another's, and after that is void. */
	if (command_check_clock(p))
		return "the clock was set by others, or the machine slept";
	constrain_policy(p);
	before = p->policy;
	verdict = policy_step(&p->policy, wanted, clock_unix_time(), now);
	if (verdict != PERMITTED) {
		refuse_step("to set the clock ", wanted->by, verdict);
		look_again(p, verdict, now);
		return policy_reason(verdict);
	}
	if (!p->clock.read_only && !clock_step(&p->clock, wanted->by)) {
		p->policy = before;	/* it was not used */
		why = "the kernel does not set the clock";
	} else {
		log_step(p, wanted->by);
		nts_forget(p, FORGET_SET);
	}
	budget_slew(&p->budget, &none, now);	/* a step ends a slew */
	p->unmade_step = p->clock.read_only ? wanted->by : 0;
	command_watch_clock(p);		/* our step is not somebody else's */
	return why;
}

static void
do_new_start(struct parent *p, const struct clock_new_start *wanted,
    struct instant now)
{
	enum policy_state before = p->policy.state;
	enum verdict	 verdict;

	constrain_policy(p);
	verdict = policy_new_start(&p->policy, wanted, now);
	if (verdict != PERMITTED) {
		refuse_step("to set the clock, as after a pause, ",
		    wanted->by, verdict);
		look_again(p, verdict, now);
	} else if (p->policy.state != before)
		log_debug("the machine seems to have been paused: the clock "
		    "may be set forward once");
}

/* Whether the clock is synchronized is the engine's word. */
static void
report(struct parent *p, bool synchronized, struct instant now)
{
	bool		 is_first = synchronized &&
	    !p->policy.was_synchronized;

	if (synchronized && !p->policy.synchronized)
		nts_forget(p, FORGET_RIGHT);
	if (policy_report(&p->policy, synchronized))
		command_send_state(p, STATE_NEWS, now);
	if (!is_first)
		return;
	budget_settle(&p->budget, now);
	if (fabs(p->budget.home) > BUDGET_FREE_RATE)
		log_warnx("the oscillator is taken to be off by %.0f ppm: if "
		    "that cannot be, check the servers", p->budget.home * -1e6);
}

/*
 * Tell the service manager, when there is something new, but not as often as
 * an engine may say so.  What is left out now comes with the next report.
 */
static void
tell_status(struct parent *p, const char *text, struct instant now)
{
	static struct log_limit limit = { .burst = 10, .interval = 5 };

	if (strcmp(text, p->told_status) == 0 ||
	    !log_allowed(&limit, now, NULL))
		return;
	if (notify_send(&p->notify, text))
		strlcpy(p->told_status, text, sizeof(p->told_status));
}

/* What does the list of leap seconds say of this day, if the clock is RIGHT? */
static void
follow_leaps(struct parent *p, uint8_t right, struct instant now)
{
	const int64_t	 unix_time = clock_unix_time();
	int64_t		 tai;

	if (right && leaps_follow(&p->leaps, unix_time, now))
		command_send_leaps(p);
	tai = leaps_tai(&p->leaps, unix_time, p->clock.leaps);
	if (tai != p->clock.leaps)
		clock_set_tai(&p->clock, tai);
}

static void
do_quality(struct parent *p, const struct clock_quality *q, struct instant now)
{
	char		 text[STATUS_LEN], peer[CONTROL_NAME_LEN];
	char		 offset[FORMAT_LEN], *c;

	if (!isfinite(q->esterror) || !isfinite(q->maxerror) ||
	    !isfinite(q->offset) || !isfinite(q->drift) || q->esterror < 0 ||
	    q->maxerror < 0 || q->drift < 0)
		return;
	report(p, q->synchronized != 0, now);
	clock_watch(&p->clock);
	follow_leaps(p, q->synchronized, now);
	clock_set_quality(&p->clock, q->synchronized != 0, q->esterror,
	    q->synchronized ? q->maxerror : PUBLISH_MOST,
	    policy_leap(q, &p->leaps.plan, clock_unix_time(), p->clock.leap));
	once_take(&p->once, q);
	publish_quality(&p->publish, q, &(struct publish_clock){
	    .frequency = p->clock.frequency, .leap = p->clock.leap,
	    .tai = p->clock.leaps });
	strlcpy(peer, q->system_peer, sizeof(peer));
	peer[sizeof(peer) - 1] = '\0';
	/* A newline would begin another assignment, the rest is for people. */
	for (c = peer; *c >= ' ' && *c <= '~'; c++)
		;
	*c = '\0';
	if (q->synchronized)
		snprintf(text, sizeof(text), "STATUS=synchronized to %s, "
		    "stratum %u, %s", peer, q->stratum,
		    format_offset(q->offset, offset));
	else if (q->stratum >= 1 && q->stratum <= LOCAL_MOST)
		snprintf(text, sizeof(text), "STATUS=not synchronized, local "
		    "time is served as stratum %u", q->stratum);
	else
		snprintf(text, sizeof(text), "STATUS=not synchronized");
	tell_status(p, text, now);
}

void
command_run(struct parent *p, const struct message *msg)
{
	const struct instant now = msg->at;

	switch (msg->type) {
	case MSG_CLOCK_FREQUENCY:
		command_frequency(p, msg->data, now);
		command_send_state(p, STATE_NEWS, now);
		break;
	case MSG_CLOCK_SLEW:
		command_slew(p, msg->data, now);
		command_send_state(p, STATE_NEWS, now);
		break;
	case MSG_CLOCK_STEP:
		/* If root has ordered it, it is told. */
		p->operator.refusal = do_step(p, msg->data, now);
		p->operator.asked = true;
		command_send_state(p, STATE_AFTER_STEP, now);
		break;
	case MSG_CLOCK_QUALITY:
		do_quality(p, msg->data, now);
		break;
	case MSG_CLOCK_NEW_START:
		do_new_start(p, msg->data, now);
		command_send_state(p, STATE_NEWS, now);
		break;
	default:
		break;
	}
}
