/*
 * True time, and the clock of the machine against it.  True time is a
 * function of the raw monotonic clock, which nothing corrects: the machine's
 * oscillator is wrong by a constant, a random walk, a daily and an hourly
 * sine and perhaps changes of temperature.  When the machine is paused, true
 * time goes on alone.
 */
#include <sys/timex.h>

#include <err.h>
#include <math.h>
#include <time.h>

#include "regress/lab/truth.h"

double
raw_now(const struct world *w)
{
	struct timespec	 ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9 - w->raw0;
}

/* What a daemon that let the PLL correct S seconds leaves when it is killed. */
static void
leave_pll(double s)
{
	struct timex	 tx = { .modes = ADJ_STATUS | ADJ_NANO | ADJ_OFFSET |
			    ADJ_TIMECONST };

	tx.status = STA_PLL;
	tx.offset = (long)(s * 1e9);
	tx.constant = 10;
	if (adjtimex(&tx) == -1)
		err(1, "adjtimex");
}

void
clock_start(struct world *w)
{
	struct timespec	 ts;

	w->raw0 = 0;
	w->raw0 = raw_now(w);
	w->oscillator.now = w->oscillator.freq;
	ts.tv_sec = w->epoch + (long)floor(w->offset);
	ts.tv_nsec = (long)((w->offset - floor(w->offset)) * 1e9);
	if (clock_settime(CLOCK_REALTIME, &ts) == -1)
		err(1, "clock_settime");
	if (w->pll != 0)
		leave_pll(w->pll);
}

/* What has come through at R of the changes of frequency. */
static double
frequency_steps(const struct oscillator *o, double r)
{
	double		 sum = 0;

	for (int i = 0; i < o->fsteps.n; i++) {
		const struct event *e = &o->fsteps.event[i];

		if (r < e->at)
			continue;
		sum += e->tau <= 0 ? e->by :
		    e->by * (1 - exp((e->at - r) / e->tau));
	}
	return sum;
}

/* The error of the uncorrected oscillator at raw time R. */
static double
oscillator_error(struct oscillator *o, double r)
{
	while (r >= o->segment + 1) {
		o->error += o->now;
		o->segment += 1;
		o->walk += o->wander * normal(&o->random);
		o->now = o->freq + o->walk +
		    o->day * sin(2 * M_PI * o->segment / 86400) +
		    o->hour * sin(2 * M_PI * o->segment / 3600) +
		    frequency_steps(o, o->segment);
	}
	return o->error + o->now * (r - o->segment);
}

double
events_sum(const struct events *events, double r)
{
	double		 sum = 0;

	for (int i = 0; i < events->n; i++)
		if (r >= events->event[i].at)
			sum += events->event[i].by;
	return sum;
}

double
true_time(struct world *w, double r)
{
	return r - oscillator_error(&w->oscillator, r) +
	    events_sum(&w->pauses, r);
}

double
utc(const struct world *w, double t)
{
	return w->leapat > 0 && t >= w->leapat ? t - w->leap : t;
}

double
clock_error(struct world *w)
{
	struct timespec	 ts;
	double		 t, before, after;

	/* Even here, each reading of a clock takes a quarter of a us. */
	before = raw_now(w);
	clock_gettime(CLOCK_REALTIME, &ts);
	after = raw_now(w);
	t = utc(w, true_time(w, (before + after) / 2));
	return (double)((long long)ts.tv_sec - w->epoch) +
	    (double)ts.tv_nsec * 1e-9 - t;
}

double
clock_maxerror(void)
{
	struct timex	 tx = { .modes = 0 };

	if (adjtimex(&tx) == TIME_ERROR || (tx.status & STA_UNSYNC) != 0)
		return INFINITY;
	return 1e-6 * (double)tx.maxerror;
}

void
clock_shift(double by)
{
	struct timex	 tx = { .modes = ADJ_SETOFFSET | ADJ_NANO };
	double		 whole = floor(by);

	tx.time.tv_sec = (time_t)whole;
	tx.time.tv_usec = (suseconds_t)((by - whole) * 1e9);
	if (adjtimex(&tx) == -1)
		err(1, "adjtimex");
}
