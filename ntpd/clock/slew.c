/*
 * A slew as the kernel's loop carries it out (second_overflow() and
 * ntp_update_offset() in Linux's kernel/time/ntp.c).
 */
#include <math.h>

#include "common/ns.h"
#include "ntpd/clock/policy.h"
#include "ntpd/clock/slew.h"

/* Of the kernel: K = 4 with a constant of 0; offsets are within MAXPHASE. */
#define SHIFT_PLL		2
#define CONSTANT_MOST		10
#define LOOP_MOST		0.5	/* s */

/* A faster one, s/s, is to be over as soon as it may: it is steady. */
#define GENTLE_FASTEST		(POLICY_MAX_SLEW_SMALL / 2)

/* A gentle slew takes that long at least, s: twice the shortest K. */
#define GENTLE_SHORTEST		8.0

/*
 * When a steady slew is looked after, s from the end of this second.  An idle
 * kernel finds out by that that the second is over: until then the clock goes
 * on at its rate.  Tuned: clock_test, slews_on_an_idle_machine; lab/starts.
 */
#define STEADY_PHASE		0.02

/* When a gentle one is, K: 1/e^4 is left then. */
#define GENTLE_PHASE		4.0

/* It is over when no more than this is left, s: the loop removes that, too. */
#define GENTLE_REST		1e-6

/* What the loop has is told in ns, and rounded, s. */
#define LOOP_ROUNDING		2e-9

/* A steady one then: the kernel counts ns. */
#define STEADY_REST		1e-8

static double
k(const struct slew *slew)
{
	return (double)(1 << (slew->constant + SHIFT_PLL));
}

/* The part of this second that is left. */
static double
rest_of_second(int64_t real)
{
	int64_t		 ns = real % NS_PER_S;

	return 1 - (double)(ns < 0 ? ns + NS_PER_S : ns) / NS_PER_S;
}

/*
 * How far the clock is moved by what the loop corrects in PART of a second, at
 * CHUNK in a second.  This is a second of the clock, which is shorter than one
 * of the oscillator if the clock runs fast.
 */
static double
moved(const struct slew *slew, double part, double chunk)
{
	return part / (1 + slew->frequency + chunk);
}

/* The reverse: what the loop is to correct in a second to move it BY s. */
static double
chunk_for(const struct slew *slew, double by)
{
	return by * (1 + slew->frequency) / (1 - by);
}

/* What the loop goes on to do until the end of this second, s. */
static double
in_progress(const struct slew *slew)
{
	return moved(slew, slew->chunk * rest_of_second(slew->real),
	    slew->chunk);
}

/*
 * Choose K, s, for a slew of DURATION s.  A gentle slew is not often over when
 * another one takes its place: then both correct offset / K in a second, or
 * offset / DURATION.
 */
static int
choose_constant(double duration)
{
	double		 c = round(log2(duration));

	return (int)fmax(0, fmin(CONSTANT_MOST, c - SHIFT_PLL));
}

/*
 * How fast a steady slew is that was asked for at RATE.  If the one before was
 * faster and is still in progress, it has more to correct.
 */
static double
steady_rate(double rate, double left, double duration)
{
	double		 needed = fmin(POLICY_MAX_SLEW_SMALL,
	    fabs(left) / duration);

	return copysign(fmax(fabs(rate), needed), left);
}

void
slew_begin(struct slew *slew, double rate, double duration)
{
	slew->rate = rate;
	slew->left = rate == 0 ? 0 : rate * duration - in_progress(slew);
	slew->constant = choose_constant(duration);
	slew->steady = duration < GENTLE_SHORTEST ||
	    fabs(slew->left) > LOOP_MOST ||
	    fabs(slew->left) / duration > GENTLE_FASTEST;
	if (!slew->steady)
		return;
	slew->constant = 0;
	if (rate != 0)
		slew->rate = steady_rate(rate, slew->left, duration);
}

/* What a steady slew is to correct in the next second. */
static double
next_chunk(const struct slew *slew)
{
	double		 fastest = copysign(slew->rate, slew->left);

	if (fabs(slew->left) < STEADY_REST)
		return 0;
	if (fabs(slew->left) >= fabs(moved(slew, fastest, fastest)))
		return fastest;
	return chunk_for(slew, slew->left);
}

double
slew_portion(const struct slew *slew)
{
	double		 portion;

	if (slew->steady)
		portion = k(slew) * next_chunk(slew);
	else
		portion = slew->left * (1 + slew->frequency);
	return fmax(-LOOP_MOST, fmin(LOOP_MOST, portion));
}

double
slew_possible(double rate, double frequency)
{
	rate = fmax(-POLICY_MAX_SLEW_LARGE - frequency, rate);
	return fmin(POLICY_MAX_SLEW_LARGE - frequency, rate);
}

bool
slew_is_rest(const struct slew *slew, double rest)
{
	return rest * slew->in_loop >= 0 &&
	    fabs(rest) <= fabs(slew->in_loop) + LOOP_ROUNDING;
}

void
slew_given(struct slew *slew, double in_loop)
{
	slew->in_loop = in_loop;
}

double
slew_look(struct slew *slew, double in_loop, int64_t real)
{
	double		 corrected = slew->in_loop - in_loop, before, by;

	before = in_progress(slew);
	/*
	 * It was K / (K - 1) times as much before this second began.  What the
	 * rounding of the kernel makes of what it was given is no correction.
	 */
	if (fabs(corrected) > LOOP_ROUNDING)
		slew->chunk = in_loop / (k(slew) - 1);
	else if (real / NS_PER_S != slew->real / NS_PER_S)
		slew->chunk = 0;
	by = moved(slew, corrected, slew->chunk);
	slew->left -= by;
	slew->in_loop = in_loop;
	slew->real = real;
	return before + by - in_progress(slew);
}

void
slew_clear(struct slew *slew, int64_t real)
{
	*slew = (struct slew){ .frequency = slew->frequency, .real = real };
}

bool
slew_is_over(const struct slew *slew)
{
	if (slew->steady)
		return fabs(slew->left) < STEADY_REST && slew->chunk == 0;
	return fabs(slew->in_loop) < GENTLE_REST;
}

double
slew_rate(const struct slew *slew)
{
	if (slew->rate == 0 || slew->steady)
		return slew->rate;
	return slew->in_loop / k(slew);
}

double
slew_due(const struct slew *slew)
{
	double		 due = rest_of_second(slew->real) + STEADY_PHASE;

	if (!slew->steady)
		return k(slew) * GENTLE_PHASE;
	/* It may not have found out yet that the second before is over. */
	return due > 1 ? due - 1 : due;
}

double
slew_lasts(const struct slew *slew)
{
	if (slew->rate == 0)
		return 0;
	if (slew->steady)
		return fabs(slew->left / slew->rate);
	return k(slew) * fmax(0, log(fabs(slew->in_loop) / GENTLE_REST));
}
