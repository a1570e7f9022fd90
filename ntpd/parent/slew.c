/*
 * A slew as the kernel's loop carries it out (second_overflow() and
 * ntp_update_offset() in Linux's kernel/time/ntp.c).
 */
#include <math.h>
#include <string.h>

#include "ntpd/parent/policy.h"
#include "ntpd/parent/slew.h"

#define NS			1e9

/* Of the kernel: K = 4 with a constant of 0; offsets are within MAXPHASE. */
#define SHIFT_PLL		2
#define CONSTANT_MOST		10
#define LOOP_MOST		0.5	/* s */

/*
 * With this K, in s, a gentle slew has in the mean square the rate of one that
 * lasts DURATION at one rate: offset^2 / 2K = offset^2 / DURATION.
 */
#define K_OF_DURATION		0.5

/* A gentle slew takes that long at least, s: twice the shortest K. */
#define GENTLE_SHORTEST		8.0

/* What a steady slew corrects from one look to the next takes so long, s. */
#define STEADY_INTERVAL		1.0

/* When it is looked after, s from the end of this second. */
#define STEADY_PHASE		0.5

/* A gentle slew is over when 1/e^4, or 1 us, is left: the loop removes it. */
#define GENTLE_LENGTH		4.0	/* K */
#define GENTLE_REST		1e-6	/* s */

/* Less than the kernel can tell, s. */
#define NOTHING			1e-9

static double
k(const struct slew *slew)
{
	return (double)(1 << (slew->constant + SHIFT_PLL));
}

/* The part of this second that is left. */
static double
rest_of_second(int64_t real)
{
	int64_t		 ns = real % (int64_t)NS;

	return 1 - (double)(ns < 0 ? ns + (int64_t)NS : ns) / NS;
}

/* Choose K for a slew of DURATION s. */
static int
choose_constant(double duration)
{
	double		 c = round(log2(duration * K_OF_DURATION));

	return (int)fmax(0, fmin(CONSTANT_MOST, c - SHIFT_PLL));
}

void
slew_begin(struct slew *slew, double rate, double duration)
{
	double		 offset = rate * duration;

	slew->rate = rate;
	slew->left = offset - slew->chunk * rest_of_second(slew->real);
	slew->constant = choose_constant(duration);
	slew->steady = duration < GENTLE_SHORTEST ||
	    fabs(offset) > LOOP_MOST ||
	    fabs(offset) / k(slew) > POLICY_MAX_SLEW_SMALL;
	if (slew->steady)
		slew->constant = 0;
	if (rate == 0)
		slew->left = 0;
}

double
slew_portion(const struct slew *slew)
{
	double		 portion = slew->left, most;

	if (slew->steady) {
		most = fabs(slew->rate) * STEADY_INTERVAL;
		portion = k(slew) * fmax(-most, fmin(most, portion));
	}
	return fmax(-LOOP_MOST, fmin(LOOP_MOST, portion));
}

void
slew_given(struct slew *slew, double in_loop)
{
	slew->in_loop = in_loop;
}

double
slew_look(struct slew *slew, double in_loop, int64_t real)
{
	double		 corrected = slew->in_loop - in_loop, moved;

	moved = corrected + slew->chunk * rest_of_second(slew->real);
	/* It was K / (K - 1) times as much before this second began. */
	if (corrected != 0)
		slew->chunk = in_loop / (k(slew) - 1);
	else if (real / (int64_t)NS != slew->real / (int64_t)NS)
		slew->chunk = 0;
	slew->left -= corrected;
	slew->in_loop = in_loop;
	slew->real = real;
	return moved - slew->chunk * rest_of_second(real);
}

void
slew_clear(struct slew *slew)
{
	memset(slew, 0, sizeof(*slew));
}

bool
slew_is_over(const struct slew *slew)
{
	if (slew->steady)
		return fabs(slew->left) < NOTHING && slew->chunk == 0;
	return fabs(slew->left) < GENTLE_REST;
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
	return slew->steady ? rest_of_second(slew->real) + STEADY_PHASE :
	    k(slew) * GENTLE_LENGTH;
}

double
slew_lasts(const struct slew *slew)
{
	if (slew->rate == 0)
		return 0;
	if (slew->steady)
		return fabs(slew->left / slew->rate);
	return k(slew) * fmax(0, log(fabs(slew->left) / GENTLE_REST));
}
