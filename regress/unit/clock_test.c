/*
 * The parent's books on the clock, against a kernel that is played here: what
 * our rates and steps explain is no jump, and what they do not explain is.
 * Nothing here reaches the real clock: both calls are defined below.
 */
#include <sys/param.h>
#include <sys/timex.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ntpd/clock/clock.h"
#include "regress/unit/unit.h"

#define S		1000000000.0L	/* ns */
#define FREQ_MOST	(INT64_C(65536) * 500)	/* the kernel takes no more */

/* Its loop is on, and never changes the frequency. */
#define LOOP		(STA_PLL | STA_FREQHOLD | STA_NANO)

/* The kernel. */
static struct {
	long double	 raw, mono, real, slept;	/* ns */
	long double	 tai;			/* ns more than real */
	int64_t		 freq, tick;
	int		 status;
	double		 offset;	/* ns, the loop has to correct */
	double		 chunk;			/* ns, in this second */
	int		 constant;
	int64_t		 adjtime;		/* us, adjtime(3) has */
	bool		 leap_armed;		/* its bit was seen; and the */
	bool		 leap_due;	/* end of the day is looked for */
	double		 stingy;		/* part of a rate not given */
	bool		 refuses;		/* changes, ... */
	bool		 secret;		/* and being read */
} kernel;

static struct clock	 clk;

static double
kernel_rate(void)
{
	return ((double)(kernel.tick - 10000) / 10000 +
	    (double)kernel.freq / 65536e6) * (1 - kernel.stingy);
}

/* second_overflow() in Linux's kernel/time/ntp.c */
static void
second_overflow(void)
{
	kernel.chunk = kernel.offset / (double)(4 << kernel.constant);
	kernel.offset -= kernel.chunk;
	kernel.real += 1000.0 * (double)kernel.adjtime;
	kernel.adjtime = 0;
	if (!kernel.leap_armed)
		kernel.leap_due = (kernel.status & (STA_INS | STA_DEL)) != 0;
	kernel.leap_armed = (kernel.status & (STA_INS | STA_DEL)) != 0;
}

static void
pass(double seconds)
{
	long double	 left = seconds, rate, second, part;

	while (left > 0) {
		rate = 1 + kernel_rate() + kernel.chunk / S;
		second = S - fmodl(kernel.real, S);
		part = fminl(left, second / S / rate);
		kernel.raw += part * S;
		kernel.mono += part * rate * S;
		if (part < left) {
			kernel.real = roundl((kernel.real + second) / S) * S;
			second_overflow();
		} else
			kernel.real += part * rate * S;
		left -= part;
	}
}

/* The parent lives meanwhile.  Is the slew over? */
static bool
tend(double seconds)
{
	const long double end = kernel.raw + seconds * S;
	double		 part;
	bool		 over = false;

	while (kernel.raw < end - 1) {
		part = fmin((double)((end - kernel.raw) / S), fmax(0.001,
		    instant_diff(clk.slew_due, instant_now()) / 2));
		pass(part);
		over |= clock_tend_slew(&clk, instant_now());
	}
	return over;
}

/* Whoever sets the clock, the kernel does not look any more: ntp_clear(). */
static void
set_by(double by)
{
	kernel.real += by * S;
	kernel.leap_due = false;
	kernel.offset = kernel.chunk = 0;
	kernel.adjtime = 0;
}

/* process_adj_status(): the end of a PLL is a new beginning. */
static void
set_status(int status)
{
	if ((kernel.status & STA_PLL) && !(status & STA_PLL))
		kernel.leap_armed = kernel.leap_due = false;
	if ((kernel.status & STA_PLL) && !(status & STA_PLL))
		kernel.status &= ~STA_NANO;
	kernel.status &= STA_NANO;
	kernel.status |= status & ~STA_NANO;
}

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	long double	 ns = kernel.mono;

	if (id == CLOCK_MONOTONIC_RAW)
		ns = kernel.raw;
	else if (id == CLOCK_REALTIME)
		ns = kernel.real;
	else if (id == CLOCK_TAI)
		ns = kernel.real + kernel.tai;
	else if (id == CLOCK_BOOTTIME)
		ns += kernel.slept;
	ts->tv_sec = (time_t)(ns / S);
	ts->tv_nsec = (long)(ns - (long double)ts->tv_sec * S);
	return 0;
}

/* adjtime(3), by its own two modes. */
static void
adjust_singleshot(struct timex *tx)
{
	int64_t		 left = kernel.adjtime;

	if (tx->modes == ADJ_OFFSET_SINGLESHOT)
		kernel.adjtime = tx->offset;
	tx->offset = left;
}

static void
adjust(struct timex *tx)
{
	if (tx->modes & ADJ_FREQUENCY)
		kernel.freq = MAX(-FREQ_MOST, MIN(FREQ_MOST, tx->freq));
	if (tx->modes & ADJ_TICK)
		kernel.tick = tx->tick;
	if (tx->modes & ADJ_STATUS)
		set_status(tx->status);
	if (tx->modes & ADJ_NANO)
		kernel.status |= STA_NANO;
	if (tx->modes & ADJ_MICRO)
		kernel.status &= ~STA_NANO;
	if (tx->modes & ADJ_TIMECONST)
		kernel.constant = (int)tx->constant;
	/* ntp_update_offset() in kernel/time/ntp.c */
	if ((tx->modes & ADJ_OFFSET) && (kernel.status & STA_PLL)) {
		kernel.offset = (double)MAX(-500000000,
		    MIN(500000000, tx->offset));
		if ((kernel.status & STA_FREQHOLD) == 0)
			kernel.freq += tx->offset;
	}
	if (tx->modes & ADJ_SETOFFSET)
		set_by((double)(tx->time.tv_sec +
		    (long double)tx->time.tv_usec / S));
	tx->offset = (long)kernel.offset;
	if ((kernel.status & STA_NANO) == 0)
		tx->offset /= 1000;
}

int
clock_adjtime(clockid_t id, struct timex *tx)
{
	bool		 read = tx->modes == 0 ||
			    tx->modes == ADJ_OFFSET_SS_READ;

	assert_int_equal(id, CLOCK_REALTIME);
	if (kernel.secret || (!read && kernel.refuses)) {
		errno = EPERM;
		return -1;
	}
	if (!read && (tx->modes & ADJ_TICK) &&
	    (tx->tick < 9000 || tx->tick > 11000)) {
		errno = EINVAL;
		return -1;
	}
	if (tx->modes == ADJ_OFFSET_SS_READ ||
	    tx->modes == ADJ_OFFSET_SINGLESHOT)
		adjust_singleshot(tx);
	else
		adjust(tx);
	tx->freq = kernel.freq;
	tx->tick = kernel.tick;
	tx->status = kernel.status;
	return 0;
}

static struct instant
now(void)
{
	return instant_now();
}

static int
setup(void **arg)
{
	(void)arg;
	memset(&kernel, 0, sizeof(kernel));
	kernel.raw = kernel.mono = 1000 * S;
	kernel.real = 1.8e9 * S;
	kernel.tick = 10000;
	kernel.freq = 65536 * 20;	/* 20 ppm */
	kernel.status = STA_PLL;
	clock_open(&clk, false);
	return 0;
}

static void
assert_jump(double wanted, double wanted_slept)
{
	double		 slept, jump = clock_jump(&clk, &slept);

	if (fabs(jump - wanted) > 1e-5 || fabs(slept - wanted_slept) > 1e-5)
		fail_msg("jump of %f s, slept %f s, not %f, %f", jump, slept,
		    wanted, wanted_slept);
}

static void
opened_as_it_was(void **arg)
{
	(void)arg;
	assert_true(fabs(clk.frequency - 20e-6) < 1e-12);
	assert_int_equal(kernel.freq, 65536 * 20);
	assert_int_equal(kernel.status, LOOP | STA_UNSYNC);
	pass(86400);
	assert_jump(0, 0);
}

/* How far the clock is from where its frequency alone would have it, s. */
static long double	 moved_raw, moved_real;

static void
begin_moving(void)
{
	moved_raw = kernel.raw;
	moved_real = kernel.real;
}

static double
moved(void)
{
	return (double)((kernel.real - moved_real -
	    (kernel.raw - moved_raw) * (1 + clk.frequency)) / S);
}

static void
assert_moved(double wanted, double error, const char *what)
{
	if (fabs(moved() - wanted) > error)
		fail_msg("%s: moved by %.9f s, not %.9f", what, moved(),
		    wanted);
}

/* 10 % for 10 s, ended: one second that is nobody else's. */
static void
own_slew_is_no_jump(void **arg)
{
	int		 i;

	(void)arg;
	for (i = 0; i < 10; i++) {
		assert_true(clock_set_slew(&clk, 0.1, 10, now()));
		pass(3.7);
		assert_true(clock_set_slew(&clk, 0, 0, now()));
		assert_jump(0, 0);
		assert_true(clock_set_slew(&clk, -0.1, 10, now()));
		assert_true(tend(13));
		pass(1000);
		assert_jump(0, 0);
	}
}

/* What a slew corrects, whatever its shape, and when it is over. */
static const struct {
	const char	*name;
	double		 rate, duration, over;	/* s/s, s, s */
	bool		 steady;
} shapes[] = {
	{ "10 %",		0.1,	100,	103,	true },
	{ "-10 %",		-0.1,	100,	103,	true },
	{ "10 % of a moment",	0.1,	0.5,	3,	true },
	{ "500 ppm",		500e-6,	100,	103,	true },
	{ "-500 ppm",		-500e-6, 3.3,	7,	true },
	{ "1 ppm for a second",	1e-6,	1,	3,	true },
	{ "5 %, not in a whole second", 0.05, 1.234, 4,	true },
	{ "100 ppm",		100e-6,	100,	2000,	false },
	{ "-1 ppm",		-1e-6,	2400,	20000,	false },
	{ "0.1 ppm for a minute", 0.1e-6, 60,	400,	false },
};

static void
slews_are_exact(void **arg)
{
	static const double frequencies[] = { 0, 20e-6, 0.02, -0.02 };
	size_t		 i, j;

	(void)arg;
	for (i = 0; i < COUNT(shapes); i++)
		for (j = 0; j < COUNT(frequencies); j++) {
			assert_true(clock_set_frequency(&clk, frequencies[j]));
			begin_moving();
			assert_true(clock_set_slew(&clk, shapes[i].rate,
			    shapes[i].duration, now()));
			assert_true(clk.slewing.steady == shapes[i].steady);
			/* Beside 2 %, there is room for 8 % only. */
			assert_true(tend(shapes[i].over * 1.3));
			assert_true(clk.slew == 0);
			assert_moved(shapes[i].rate * shapes[i].duration,
			    5e-6, shapes[i].name);
			pass(1000);
			assert_moved(shapes[i].rate * shapes[i].duration,
			    5e-6, shapes[i].name);
			assert_jump(0, 0);
		}
}

/*
 * Nobody looks after it any more: it goes on by 5 s at its rate at most, which
 * are 5.56 s if the clock runs 10 % slow, and not farther than it was to go if
 * it is gentle.
 */
static void
slews_end_without_us(void **arg)
{
	double		 rate, before;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(shapes); i++) {
		rate = shapes[i].rate;
		begin_moving();
		assert_true(clock_set_slew(&clk, rate, shapes[i].duration,
		    now()));
		(void)tend(shapes[i].duration / 3);
		before = moved();
		pass(shapes[i].steady ? 60 : 40000);
		if (!shapes[i].steady)
			assert_moved(rate * shapes[i].duration, 5e-6,
			    shapes[i].name);
		else
			assert_moved(before + 2.78 * rate,
			    2.78 * fabs(rate) + 1e-6, shapes[i].name);
		before = moved();
		pass(86400);
		assert_moved(before, 1e-4 * fabs(rate) + 1e-6, "a day later");
		/* We come back, and go on, exact to some tenths of a second. */
		(void)clock_tend_slew(&clk, now());
		(void)tend(shapes[i].over);
		assert_moved(rate * shapes[i].duration,
		    0.3 * fabs(rate) + 5e-6, shapes[i].name);
		assert_jump(0, 0);
	}
}

/* The kernel takes no part of what is in progress back: it counts. */
static void
a_new_slew_takes_over(void **arg)
{
	size_t		 i, j;
	double		 wanted;

	(void)arg;
	for (i = 0; i < COUNT(shapes); i++)
		for (j = 0; j < COUNT(shapes); j++) {
			begin_moving();
			assert_true(clock_set_slew(&clk, shapes[i].rate,
			    shapes[i].duration, now()));
			(void)tend(shapes[i].duration / 2 + 0.3);
			wanted = moved() + shapes[j].rate * shapes[j].duration;
			assert_true(clock_set_slew(&clk, shapes[j].rate,
			    shapes[j].duration, now()));
			/* What 10 % leave takes 500 ppm some time. */
			assert_true(tend(1.7 * shapes[j].over +
			    (fabs(shapes[i].rate) > 0.01 ? 2000 : 3)));
			assert_moved(wanted, 2e-5, shapes[j].name);
			assert_jump(0, 0);
		}
}

/* One that is not over 500 ppm is not made so. */
static void
gentle_slews_are_gentle(void **arg)
{
	double		 rate, before;
	int		 i;

	(void)arg;
	for (rate = 1e-6; rate < 500e-6; rate *= 1.3) {
		assert_true(clock_set_slew(&clk, rate, 100, now()));
		for (i = 0; i < 20; i++) {
			begin_moving();
			before = moved();
			(void)tend(1);
			if (moved() - before > 501e-6)
				fail_msg("%g: %g", rate, moved() - before);
		}
		assert_true(clock_set_slew(&clk, 0, 0, now()));
		pass(2);
	}
}

static bool	 unnoticed;	/* a second is over */

/*
 * Nobody else wakes the kernel up, which finds out then that a second is over:
 * until then the clock goes on at its rate.
 */
static void
sleep_idle(double seconds)
{
	long double	 rate = 1 + kernel_rate() + kernel.chunk / S;
	long double	 second = floorl(kernel.real / S);

	kernel.raw += seconds * S / rate;
	kernel.mono += seconds * S;
	kernel.real += seconds * S;
	if (floorl(kernel.real / S) > second || unnoticed)
		second_overflow();
	unnoticed = false;
}

/* Somebody woke it up for less than a tick: it does not find out. */
static void
doze(double seconds)
{
	long double	 rate = 1 + kernel_rate() + kernel.chunk / S;
	long double	 second = floorl(kernel.real / S);

	kernel.raw += seconds * S / rate;
	kernel.mono += seconds * S;
	kernel.real += seconds * S;
	unnoticed |= floorl(kernel.real / S) > second;
}

static void
slew_by(double by)
{
	assert_true(clock_set_slew(&clk, copysign(0.1, by), fabs(by) / 0.1,
	    now()));
}

/*
 * On a machine that is idle a slew is as exact, but for the first moments, and
 * so is one that takes its place.
 */
static void
slews_on_an_idle_machine(void **arg)
{
	static const double by[] = { 0.12, -0.12, 0.1, 0.02, -0.3 };
	size_t		 i;
	int		 n;

	(void)arg;
	for (i = 0; i < COUNT(by); i++) {
		begin_moving();
		slew_by(by[i]);
		for (n = 0; n < 20 && clk.slew != 0; n++) {
			sleep_idle(instant_diff(clk.slew_due, now()));
			(void)clock_tend_slew(&clk, now());
			if (n != 1)
				continue;
			sleep_idle(0.3);
			slew_by(by[i] - moved());
		}
		assert_true(clk.slew == 0);
		assert_moved(by[i], 0.005, "idle");
		pass(7.3);
	}
}

/* Others take its place just after a second has ended unnoticed, too. */
static void
slews_between_ticks(void **arg)
{
	static const double by[] = { 0.12, -0.12, 0.1, -0.3 };
	size_t		 i;
	int		 n;

	(void)arg;
	for (i = 0; i < COUNT(by); i++) {
		begin_moving();
		slew_by(by[i]);
		sleep_idle(instant_diff(clk.slew_due, now()));
		(void)clock_tend_slew(&clk, now());
		sleep_idle((double)(1 - fmodl(kernel.real / S, 1)) - 0.05);
		slew_by(by[i] - moved());
		doze(0.056);
		slew_by(by[i] - moved());
		doze(0.002);
		slew_by(by[i] - moved());
		for (n = 0; n < 20 && clk.slew != 0; n++) {
			sleep_idle(instant_diff(clk.slew_due, now()));
			(void)clock_tend_slew(&clk, now());
		}
		assert_true(clk.slew == 0);
		assert_moved(by[i], 0.005, "between ticks");
		pass(7.3);
	}
}

static void
own_frequency_is_no_jump(void **arg)
{
	static const double rates[] = { 500e-6, -500e-6, 1e-6, 0 };
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(rates); i++) {
		assert_true(clock_set_frequency(&clk, rates[i]));
		pass(3600);
	}
	assert_true(clock_set_slew(&clk, 0.05, 100, now()));
	assert_false(tend(50));
	assert_true(clock_set_frequency(&clk, 100e-6));
	assert_true(tend(53));
	assert_jump(0, 0);
}

static const double oscillators[] = { 500.5e-6, -500.5e-6, 800e-6, 9000e-6,
    -9000e-6, 0.0123456, -0.05, 0.1, -0.1 };

/* What timex.freq cannot hold, the tick does; the sum is what we count with. */
static void
a_large_frequency(void **arg)
{
	size_t		 i;
	double		 f;

	(void)arg;
	for (i = 0; i < COUNT(oscillators); i++) {
		f = oscillators[i];
		assert_true(clock_set_frequency(&clk, f));
		assert_true(fabs(clk.frequency - f) < 1e-11);
		assert_true(fabs(kernel_rate() - clk.frequency) < 1e-12);
		pass(3600);
		assert_true(clock_set_slew(&clk, f > 0 ? -0.01 : 0.01, 100,
		    now()));
		pass(100);
		assert_true(clock_set_frequency(&clk, f * 0.999));
		pass(100);
		assert_true(clock_set_slew(&clk, f > 0 ? 0.1 : -0.1, 100,
		    now()));
		assert_true(fabs(kernel_rate()) <= 0.1 + 1e-9);
		pass(10);
		assert_true(clock_set_slew(&clk, 0, 0, now()));
		pass(2);
		assert_jump(0, 0);
	}
}

/* That of a former run is taken over, if it can be an oscillator's. */
static void
a_large_frequency_is_taken_over(void **arg)
{
	double		 f;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(oscillators); i++) {
		f = oscillators[i];
		assert_true(clock_set_frequency(&clk, f));
		clock_close(&clk);
		clock_open(&clk, false);
		if (fabs(f) > 0.01)
			f = 0;
		if (fabs(clk.frequency - f) > 1e-11)
			fail_msg("%g: %g", f, clk.frequency);
		assert_true(fabs(kernel_rate() - clk.frequency) < 1e-12);
	}
}

/* The longest tick is 10 % more than usual, whatever is asked first. */
static void
a_frequency_beside_the_fastest_slew(void **arg)
{
	static const double signs[] = { 1, -1 };
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(signs); i++) {
		assert_true(clock_set_frequency(&clk, 0));
		assert_true(clock_set_slew(&clk, 0.1 * signs[i], 100, now()));
		pass(10);
		assert_true(clock_set_frequency(&clk, 60e-6 * signs[i]));
		assert_true(fabs(clk.frequency - 60e-6 * signs[i]) < 1e-11);
		pass(10);
		assert_jump(0, 0);
		assert_true(clock_set_frequency(&clk, -400e-6 * signs[i]));
		assert_true(clock_set_slew(&clk, 0, 0, now()));
		assert_jump(0, 0);
	}
}

/*
 * The lab's kernel gives 12.8 of a million less than it is asked for: at 9000
 * ppm, 0.115 ppm.  It makes up for that when some time has told.
 */
static void
what_the_kernel_keeps_back_is_asked_for(void **arg)
{
	static const double rates[] = { 9000e-6, -9000e-6, 5000e-6, 800e-6 };
	size_t		 i;

	(void)arg;
	kernel.stingy = 12.8e-6;
	for (i = 0; i < COUNT(rates); i++) {
		/* What was learned stays; a step and a slew are none of it. */
		assert_true(clock_set_frequency(&clk, rates[i]));
		assert_true(clock_set_slew(&clk, 0.02, 100, now()));
		assert_true(tend(20000));
		assert_true(clock_step(&clk, 0.5));
		set_by(-1);
		assert_jump(-1, 0);
		assert_true(clock_set_frequency(&clk, rates[i]));
		assert_true(fabs(clk.frequency - rates[i]) < 1e-11);
		assert_true(fabs(kernel_rate() - rates[i]) < 1e-10);
	}
	/* Where it is next to nothing, the kernel has what it is asked for. */
	assert_true(clock_set_frequency(&clk, 100e-6));
	assert_int_equal(kernel.freq, 65536 * 100);
}

/* A kernel that seems to keep back more is one that somebody else steers. */
static void
a_kernel_that_gives_much_less_is_not_believed(void **arg)
{
	int		 i;

	(void)arg;
	kernel.stingy = 1e-3;
	assert_true(clock_set_frequency(&clk, 0.01));
	for (i = 0; i < 200; i++) {
		pass(64);
		assert_jump(0, 0);
	}
	assert_true(clock_set_frequency(&clk, 0.01));
	kernel.stingy = 0;
	assert_true(fabs(kernel_rate() - 0.01) < 1.01e-6);
}

static void
own_step_is_no_jump(void **arg)
{
	static const double steps[] = { 1, -1, 0.2, -0.75, 1e8, -1e8 };
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(steps); i++) {
		pass(100);
		assert_true(clock_step(&clk, steps[i]));
		pass(100);
		assert_jump(0, 0);
	}
}

/* What another daemon, or a killed one of ours, has left. */
static void
leftovers_are_cleared(void **arg)
{
	(void)arg;
	clock_close(&clk);
	kernel.tick = 10900;		/* a slew of 9 % */
	kernel.freq = 65536 * 300;
	kernel.status = STA_PLL | STA_INS | STA_UNSYNC;
	clock_open(&clk, false);
	assert_int_equal(kernel.status, LOOP | STA_UNSYNC);
	assert_int_equal(kernel.tick, 10000);
	assert_int_equal(kernel.freq, 0);
	kernel.status |= STA_DEL;
	clock_watch(&clk);
	assert_int_equal(kernel.status, LOOP | STA_UNSYNC);
}

/*
 * A kernel's PLL goes on with what it has to correct when it is switched off:
 * a former daemon's, and one that another program leaves meanwhile, on or off.
 */
static void
the_plls_offset_is_cleared(void **arg)
{
	static const int statuses[] = { STA_PLL | STA_UNSYNC, STA_UNSYNC };
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(statuses); i++) {
		clock_close(&clk);
		kernel.offset = 400000000;
		kernel.status = statuses[i];
		clock_open(&clk, false);
		assert_int_equal((long)kernel.offset, 0);
		assert_int_equal(kernel.status, LOOP | STA_UNSYNC);
		assert_int_equal(kernel.freq, 65536 * 20);

		kernel.offset = -400000000;
		kernel.status = statuses[i];
		clock_watch(&clk);
		assert_int_equal((long)kernel.offset, 0);
		assert_int_equal(kernel.status, LOOP | STA_UNSYNC);
		assert_true(clk.reported_other);
		clock_watch(&clk);
		assert_false(clk.reported_other);
		pass(100);
		assert_jump(0, 0);
	}
	/* With -x it is another's business. */
	kernel.offset = 1000;
	kernel.status = STA_PLL;
	clock_open(&clk, true);
	clock_watch(&clk);
	assert_int_equal((long)kernel.offset, 1000);
}

/* adjtime(3) likewise: OpenNTPD steers by it. */
static void
adjtime_is_ended(void **arg)
{
	(void)arg;
	clock_close(&clk);
	kernel.adjtime = -30000;
	clock_open(&clk, false);
	assert_int_equal(kernel.adjtime, 0);
	clock_watch(&clk);
	assert_false(clk.reported_other);
	kernel.adjtime = 500;
	clock_watch(&clk);
	assert_int_equal(kernel.adjtime, 0);
	assert_true(clk.reported_other);
	clock_watch(&clk);
	assert_false(clk.reported_other);
	pass(100);
	assert_jump(0, 0);
}

/* One that comes and goes does not fill the log. */
static void
another_program_is_reported(void **arg)
{
	int		 i;

	(void)arg;
	assert_int_equal(capture_begin(NULL), 0);
	for (i = 0; i < 1000; i++) {
		kernel.freq = 65536 * 100;
		clock_watch(&clk);
		clock_watch(&clk);
	}
	assert_in_range(capture_count("\n"), 1, 5);
	assert_int_equal(capture_end(NULL), 0);
}

/* It would correct once more what the step has corrected. */
static void
a_step_ends_the_slew(void **arg)
{
	(void)arg;
	assert_true(clock_set_slew(&clk, 0.1, 100, now()));
	pass(1);
	assert_true(clock_step(&clk, 10));
	assert_true(clk.slew == 0);
	assert_false(clock_tend_slew(&clk, now()));
	pass(100);
	assert_jump(0, 0);
	assert_true(fabs(clk.frequency - 20e-6) < 1e-12);
}

/* The kernel's day is over, and had BY s more than others. */
static void
leap(double by)
{
	kernel.tai += by * S;
	kernel.real -= by * S;
}

/* From now it is 100 s until the year is over. */
static void
end_of_the_year(void)
{
	kernel.real = (1830297600 - 100) * S;
	clock_open(&clk, false);
}

/* Books know of it, whatever else happens; another's step is still one. */
static void
a_leap_second_is_no_jump(void **arg)
{
	static const double leaps[] = { 1, -1 };
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(leaps); i++) {
		end_of_the_year();
		pass(100);
		leap(leaps[i]);
		pass(100);
		assert_jump(0, 0);
		end_of_the_year();
		pass(91);
		assert_true(clock_set_slew(&clk, 0.1, 10, now()));
		(void)tend(8.2);
		leap(leaps[i]);
		(void)tend(6);
		assert_jump(0, 0);
		end_of_the_year();
		pass(100);
		leap(leaps[i]);
		kernel.real += 20 * S;
		assert_jump(20, 0);
	}
}

/* That somebody sets TAI does not change the clock, whatever the hour. */
static void
a_count_that_was_set_is_no_jump(void **arg)
{
	static const double counts[] = { 1, -1, 37, -37, 10 };
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(counts); i++) {
		kernel.tai += counts[i] * S;
		assert_jump(0, 0);
		end_of_the_year();
		pass(100);
		kernel.tai += counts[i] * S;
		pass(1);
		assert_jump(0, 0);
		pass(86400);
		assert_jump(0, 0);
		leap(1);	/* in the first night of the year: a step */
		assert_jump(-1, 0);
	}
}

/* As long as it is announced, and whoever else has another opinion. */
static void
a_leap_second_is_announced(void **arg)
{
	(void)arg;
	clock_set_quality(&clk, true, 0, 0, LEAP_INSERT);
	assert_int_equal(kernel.status, LOOP | STA_INS);
	assert_true(clock_set_frequency(&clk, 30e-6));
	clock_watch(&clk);
	assert_int_equal(kernel.status, LOOP | STA_INS);
	kernel.status = STA_DEL;
	clock_watch(&clk);
	assert_int_equal(kernel.status, LOOP | STA_INS);
	clock_set_quality(&clk, true, 0, 0, LEAP_DELETE);
	assert_int_equal(kernel.status, LOOP | STA_DEL);
	clock_set_quality(&clk, true, 0, 0, LEAP_NONE);
	assert_int_equal(kernel.status, LOOP);
	clock_set_quality(&clk, false, 0, 0, LEAP_UNKNOWN);
	assert_int_equal(kernel.status, LOOP | STA_UNSYNC);
}

/*
 * A day in which the clock is set, by us or by others, has its leap second,
 * even if only a second of it is left, and nobody announces it anew.
 */
static void
a_leap_second_survives_steps(void **arg)
{
	double		 slept;

	(void)arg;
	clock_set_quality(&clk, true, 0, 0, LEAP_INSERT);
	pass(64);
	assert_true(kernel.leap_due);
	assert_true(clock_step(&clk, 1));
	pass(1);
	assert_true(kernel.leap_due);
	set_by(0.001);
	(void)clock_jump(&clk, &slept);
	pass(1);
	assert_true(kernel.leap_due);
	assert_int_equal(kernel.status & LOOP, LOOP);
}

/* Whatever we do meanwhile, another's jump is seen, once and in full. */
static void
another_sets_the_clock(void **arg)
{
	static const double jumps[] = { 3600, -3600, 0.2, -0.2, 0.006 };
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(jumps); i++) {
		pass(100);
		kernel.real += jumps[i] * S;
		pass(100);
		assert_jump(jumps[i], 0);
		assert_jump(0, 0);

		kernel.real += jumps[i] * S;
		assert_true(clock_set_slew(&clk, 0.1, 10, now()));
		assert_true(tend(13));
		assert_true(clock_step(&clk, 5));
		clock_watch(&clk);
		assert_jump(jumps[i], 0);
		assert_jump(0, 0);
	}
}

static void
trifles_do_not_add_up(void **arg)
{
	int		 i;

	(void)arg;
	for (i = 0; i < 1000; i++) {
		kernel.real += 0.001 * S;
		assert_true(clock_set_slew(&clk, 0.0001, 10, now()));
	}
	assert_jump(0, 0);
}

static void
machine_sleeps(void **arg)
{
	(void)arg;
	pass(10);
	kernel.slept += 3600 * S;
	kernel.real += 3600 * S;
	pass(10);
	assert_true(clock_set_slew(&clk, 0, 0, now()));
	assert_jump(3600, 3600);
	assert_jump(0, 0);
}

/* Books stay what the kernel has, not what was wished. */
static void
kernel_refuses(void **arg)
{
	(void)arg;
	kernel.refuses = true;
	assert_false(clock_set_frequency(&clk, 100e-6));
	assert_false(clock_set_slew(&clk, 0.1, 10, now()));
	assert_false(clock_step(&clk, 1));
	pass(1000);
	assert_jump(0, 0);
	assert_true(clk.slew == 0);
	assert_true(fabs(clk.frequency - 20e-6) < 1e-12);
}

static void
read_only_changes_nothing(void **arg)
{
	(void)arg;
	kernel.refuses = true;
	kernel.status = STA_PLL;
	clock_open(&clk, true);
	assert_true(clock_set_frequency(&clk, 100e-6));
	assert_true(clock_set_slew(&clk, 0.1, 10, now()));
	clock_watch(&clk);
	clock_set_quality(&clk, true, 0, 0, LEAP_INSERT);
	clock_close(&clk);
	assert_int_equal(kernel.status, STA_PLL);
	assert_int_equal(kernel.freq, 65536 * 20);
	/* Another daemon steers by 400 ppm, then sets the clock. */
	kernel.freq = 65536 * 400;
	pass(10000);
	assert_jump(0, 0);
	kernel.real += 20 * S;
	pass(1);
	assert_jump(20.00038, 0);
}

/* There are jails in which the clock may not even be read. */
static void
read_only_needs_no_right_to_read(void **arg)
{
	(void)arg;
	kernel.secret = true;
	assert_int_equal(capture_begin(NULL), 0);
	clock_open(&clk, true);
	assert_true(clk.frequency == 0);
	assert_true(clock_set_frequency(&clk, 100e-6));
	assert_true(clock_set_slew(&clk, 0.1, 10, now()));
	clock_watch(&clk);
	clock_set_quality(&clk, true, 0, 0, LEAP_NONE);
	clock_set_quality(&clk, true, 0, 0, LEAP_NONE);
	pass(100);
	set_by(20);
	assert_jump(20.002, 0);
	clock_close(&clk);
	assert_int_equal(capture_count("\n"), 1);
	assert_int_equal(capture_count("cannot read the clock's state, its "
	    "frequency correction is taken for 0 ppm: Operation not "
	    "permitted"), 1);
	assert_int_equal(capture_end(NULL), 0);
}

static void
closing_ends_the_slew(void **arg)
{
	(void)arg;
	assert_true(clock_set_slew(&clk, 0.1, 100, now()));
	assert_in_range((long)kernel.offset, 399900000, 400000000);
	clock_close(&clk);
	assert_int_equal((long)kernel.offset, 0);
	assert_int_equal(kernel.status & LOOP, 0);
	assert_int_equal(kernel.tick, 10000);
	assert_int_equal(kernel.freq, 65536 * 20);
}

/* So does exit(3), whoever calls it: the kernel's end is told by a pipe. */
static int	 report_fd = -1;

static void
report_rest(void)
{
	if (report_fd != -1)
		(void)!write(report_fd, &kernel.offset, sizeof(kernel.offset));
}

static void
exit_ends_the_slew(void **arg)
{
	double		 rest = 1;
	int		 fds[2];
	pid_t		 pid;

	(void)arg;
	assert_int_equal(pipe(fds), 0);
	if ((pid = fork()) == 0) {
		close(STDOUT_FILENO);
		report_fd = fds[1];
		if (!clock_set_slew(&clk, 0.1, 100, now()))
			_exit(1);
		exit(0);
	}
	close(fds[1]);
	assert_int_equal(read(fds[0], &rest, sizeof(rest)), sizeof(rest));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(fds[0]);
	assert_true(rest == 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(opened_as_it_was, setup),
		cmocka_unit_test_setup(own_slew_is_no_jump, setup),
		cmocka_unit_test_setup(slews_are_exact, setup),
		cmocka_unit_test_setup(slews_end_without_us, setup),
		cmocka_unit_test_setup(a_new_slew_takes_over, setup),
		cmocka_unit_test_setup(gentle_slews_are_gentle, setup),
		cmocka_unit_test_setup(slews_on_an_idle_machine, setup),
		cmocka_unit_test_setup(slews_between_ticks, setup),
		cmocka_unit_test_setup(own_frequency_is_no_jump, setup),
		cmocka_unit_test_setup(a_frequency_beside_the_fastest_slew,
		    setup),
		cmocka_unit_test_setup(a_large_frequency, setup),
		cmocka_unit_test_setup(a_large_frequency_is_taken_over, setup),
		cmocka_unit_test_setup(what_the_kernel_keeps_back_is_asked_for,
		    setup),
		cmocka_unit_test_setup(
		    a_kernel_that_gives_much_less_is_not_believed, setup),
		cmocka_unit_test_setup(own_step_is_no_jump, setup),
		cmocka_unit_test_setup(leftovers_are_cleared, setup),
		cmocka_unit_test_setup(the_plls_offset_is_cleared, setup),
		cmocka_unit_test_setup(adjtime_is_ended, setup),
		cmocka_unit_test_setup(another_program_is_reported, setup),
		cmocka_unit_test_setup(a_step_ends_the_slew, setup),
		cmocka_unit_test_setup(a_leap_second_is_no_jump, setup),
		cmocka_unit_test_setup(a_count_that_was_set_is_no_jump, setup),
		cmocka_unit_test_setup(a_leap_second_is_announced, setup),
		cmocka_unit_test_setup(a_leap_second_survives_steps, setup),
		cmocka_unit_test_setup(another_sets_the_clock, setup),
		cmocka_unit_test_setup(trifles_do_not_add_up, setup),
		cmocka_unit_test_setup(machine_sleeps, setup),
		cmocka_unit_test_setup(kernel_refuses, setup),
		cmocka_unit_test_setup(read_only_changes_nothing, setup),
		cmocka_unit_test_setup(read_only_needs_no_right_to_read, setup),
		cmocka_unit_test_setup(closing_ends_the_slew, setup),
		cmocka_unit_test_setup(exit_ends_the_slew, setup),
	};

	/* Registered first, it runs last. */
	if (atexit(report_rest) != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
