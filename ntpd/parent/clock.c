/*
 * Writing the system clock with clock_adjtime(2).
 */
#include <sys/timex.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/clock.h"
#include "ntpd/parent/policy.h"
#include "ntpd/parent/rate.h"

#define NS_PER_S		1000000000LL

/*
 * More is not taken over from a former run, s/s: it is a slew that was cut off.
 * Tuned: slews that are not small are by 5 to 10 %, and no oscillator that a
 * daemon had followed was seen to be off by more than 1 %.
 */
#define PLAUSIBLE_FREQUENCY	0.01

/* timex.maxerror and esterror are microseconds; the kernel adds 500 ppm. */
#define ERROR_MOST		16.0	/* s: NTP_PHASE_LIMIT, unsynchronized */

/* Status bits of what the kernel does by itself, which stay off. */
#define STA_ITSELF	(STA_PLL | STA_PPSFREQ | STA_PPSTIME | STA_FLL |  \
			STA_FREQHOLD)

/* The day ends with a leap second. */
#define STA_LEAP	(STA_INS | STA_DEL)

/* Those that are ours to set; the rest belongs to the kernel. */
#define STA_OURS	(STA_ITSELF | STA_LEAP | STA_UNSYNC)

static int64_t
read_ns(clockid_t id)
{
	struct timespec	 ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

int64_t
clock_unix_time(void)
{
	return read_ns(CLOCK_REALTIME) / NS_PER_S;
}

/* Remember where the clocks are, for the next account(). */
static void
look(struct clock *c)
{
	c->seen_raw = read_ns(CLOCK_MONOTONIC_RAW);
	c->leaps = leap_count(&c->seen_real);
	c->seen_boot_lead = read_ns(CLOCK_BOOTTIME) - read_ns(CLOCK_MONOTONIC);
}

/*
 * Close the books on the time since the last look, in which the clock ran at
 * one rate: what this rate does not explain is somebody else's doing.  To be
 * called before the rate changes, or the engine could make a jump out of a
 * slew that is over.
 */
static void
account(struct clock *c)
{
	struct clock	 was = *c;
	double		 raw, real, jump, least = CLOCK_JUMP_LEAST;
	int		 leap;

	look(c);
	raw = (double)(c->seen_raw - was.seen_raw) * 1e-9;
	real = (double)(c->seen_real - was.seen_real) * 1e-9;
	jump = real - raw * (1 + was.frequency + was.slew);
	leap = leap_between(was.seen_real, c->seen_real, c->leaps - was.leaps,
	    jump);
	if (leap != 0) {
		c->leap = LEAP_NONE;	/* a day has one at most */
		log_info("leap second: the last one of the day was %s",
		    leap > 0 ? "repeated" : "left out");
	}
	jump += leap;
	/* With -x others may steer, and what they do is no jump. */
	if (was.read_only)
		least = fmax(least, 1e-3 * raw);
	if (fabs(jump) >= least)
		c->jumped += jump;
	c->slept += (double)(c->seen_boot_lead - was.seen_boot_lead) * 1e-9;
}

/* Everything that changes the clock goes through here. */
static bool
adjust(struct clock *c, struct timex *tx, const char *what)
{
	static struct log_limit limit = { .burst = 5, .interval = 600 };

	if (c->read_only)
		return true;
	if (clock_adjtime(CLOCK_REALTIME, tx) == -1) {
		if (log_allowed(&limit, instant_now(), NULL))
			log_warn("cannot %s", what);
		return false;
	}
	c->set_freq = tx->freq;
	c->set_tick = tx->tick;
	c->set_status = tx->status & STA_OURS;
	return true;
}

/*
 * Switch the kernel's loops off; the rest of STATUS is as it was read.  What
 * the PLL had still to correct it would go on to correct when it is off.  It
 * takes another offset only while it is on (ntp_update_offset() in
 * kernel/time/ntp.c); one of 0 leaves the frequency alone.
 */
static bool
stop_loops(struct clock *c, int status)
{
	struct timex	 on = { .modes = ADJ_STATUS | ADJ_OFFSET };
	struct timex	 off = { .modes = ADJ_STATUS };

	off.status = status & ~STA_ITSELF;
	on.status = off.status | STA_PLL;
	return adjust(c, &on, "clear the kernel's loop") &&
	    adjust(c, &off, "take over the clock");
}

/*
 * After the clock was set, by any program, the kernel does not know any more
 * when its leap second is due.  It finds out again at the end of this second if
 * a PLL was switched off (process_adj_status() in kernel/time/ntp.c).
 */
static void
find_leap_again(struct clock *c)
{
	struct timex	 tx = { .modes = 0 };

	if (!c->read_only && c->leap != LEAP_NONE &&
	    clock_adjtime(CLOCK_REALTIME, &tx) != -1)
		stop_loops(c, tx.status);
}

double
clock_jump(struct clock *c, double *slept)
{
	double		 jumped;

	account(c);
	find_leap_again(c);
	jumped = c->jumped;
	*slept = c->slept;
	c->jumped = c->slept = 0;
	return jumped;
}

/* Make the clock run RATE s/s faster than the bare oscillator, up to 10 %. */
static bool
set_rate(struct clock *c, double rate)
{
	struct timex	 tx = { .modes = ADJ_FREQUENCY | ADJ_TICK };

	rate_put(rate, &tx);
	account(c);
	return adjust(c, &tx, "set the clock's rate");
}

static void
clear_loops(struct clock *c)
{
	struct timex	 tx = { .modes = 0 };
	struct timex	 old = { .modes = ADJ_OFFSET_SINGLESHOT, .offset = 0 };

	if (clock_adjtime(CLOCK_REALTIME, &tx) == -1) {
		if (!c->read_only)
			fatal("cannot read the clock's state");
		log_warn("cannot read the clock's state, its frequency "
		    "correction is taken for 0 ppm");
		return;
	}
	c->frequency = rate_get(&tx);
	if (fabs(c->frequency) > PLAUSIBLE_FREQUENCY)
		c->frequency = 0;
	if (c->read_only)
		return;
	if (clock_adjtime(CLOCK_REALTIME, &old) == -1)
		fatal("cannot adjust the clock");
	if (!stop_loops(c, (tx.status & ~STA_LEAP) | STA_UNSYNC) ||
	    !set_rate(c, c->frequency))
		fatalx("cannot adjust the clock: is CAP_SYS_TIME missing?");
}

/* The clock that must not be left with a slew on. */
static struct clock	*opened;

static void
leave(void)
{
	clock_close(opened);
}

void
clock_open(struct clock *c, bool read_only)
{
	memset(c, 0, sizeof(*c));
	c->read_only = read_only;
	c->slew_end = INSTANT_NEVER;
	look(c);
	clear_loops(c);
	opened = c;
	if (atexit(leave) != 0)
		fatalx("atexit");
}

/* A slew beside FREQUENCY: together they are no more than the longest tick. */
static double
possible_slew(double rate, double frequency)
{
	rate = fmax(-POLICY_MAX_SLEW_LARGE - frequency, rate);
	return fmin(POLICY_MAX_SLEW_LARGE - frequency, rate);
}

bool
clock_set_frequency(struct clock *c, double frequency)
{
	double		 slew;

	if (c->read_only)
		return true;
	/* Rounded to what the kernel can hold, so that our books are exact. */
	frequency = rate_round(frequency);
	slew = possible_slew(c->slew, frequency);
	if (!set_rate(c, frequency + slew))
		return false;
	c->frequency = frequency;
	c->slew = slew;
	return true;
}

bool
clock_set_slew(struct clock *c, double rate, double duration,
    struct instant now)
{
	if (c->read_only)
		return true;
	rate = possible_slew(rate, c->frequency);
	if (!set_rate(c, c->frequency + rate))
		return false;
	c->slew = rate;
	/* CLOCK_MONOTONIC is slewed, too: by it, a fast slew lasts longer. */
	c->slew_end = rate == 0 ? INSTANT_NEVER : instant_add(now,
	    duration * (1 + c->frequency + rate));
	return true;
}

bool
clock_end_slew(struct clock *c, struct instant now)
{
	if (c->slew == 0 || instant_before(now, c->slew_end))
		return false;
	c->slew_end = instant_add(now, 1);	/* again, if this fails */
	return clock_set_slew(c, 0, 0, now);
}

bool
clock_step(struct clock *c, double by)
{
	struct timex	 tx = { .modes = ADJ_SETOFFSET | ADJ_NANO };
	double		 whole = floor(by);

	tx.time.tv_sec = (time_t)whole;
	tx.time.tv_usec = (suseconds_t)((by - whole) * (double)NS_PER_S);
	account(c);
	if (!adjust(c, &tx, "step the clock"))
		return false;
	look(c);
	find_leap_again(c);
	/* A slew in progress was for the offset that is gone now. */
	if (c->slew != 0)
		(void)clock_set_slew(c, 0, 0, c->slew_end);
	return true;
}

static int
leap_status(enum ntp_leap leap)
{
	return leap == LEAP_INSERT ? STA_INS :
	    leap == LEAP_DELETE ? STA_DEL : 0;
}

/* Say it once a day; of servers that change their minds, not each time. */
static void
log_leap(enum ntp_leap leap)
{
	static struct log_limit limit = { .burst = 2, .interval = 3600 };

	if (leap != LEAP_NONE && log_allowed(&limit, instant_now(), NULL))
		log_info("the servers announce a leap second: the last one of "
		    "this day is to be %s", leap == LEAP_INSERT ?
		    "repeated" : "left out");
}

void
clock_set_quality(struct clock *c, bool synchronized, double esterror,
    double maxerror, enum ntp_leap leap)
{
	struct timex	 tx = { .modes = 0 };

	if (!c->read_only && clock_adjtime(CLOCK_REALTIME, &tx) == -1) {
		log_warn("cannot read the clock's state");
		return;
	}
	if (leap != c->leap)
		log_leap(leap);
	c->leap = leap;
	tx.modes = ADJ_STATUS | ADJ_ESTERROR | ADJ_MAXERROR;
	tx.status &= ~(STA_ITSELF | STA_LEAP | STA_UNSYNC);
	tx.status |= leap_status(leap);
	if (!synchronized)
		tx.status |= STA_UNSYNC;
	tx.esterror = lround(fmin(esterror, ERROR_MOST) * 1e6);
	tx.maxerror = lround(fmin(maxerror, ERROR_MOST) * 1e6);
	adjust(c, &tx, "set the clock's status");
}

void
clock_close(struct clock *c)
{
	if (c->slew == 0)
		return;
	if (set_rate(c, c->frequency))
		c->slew = 0;
	c->slew_end = INSTANT_NEVER;
}

/* TX is what the kernel has now; OpenNTPD uses adjtime(3). */
static bool
is_as_we_left_it(const struct clock *c, const struct timex *tx)
{
	struct timex	 adjtime = { .modes = ADJ_OFFSET_SS_READ };
	/* The kernel sets STA_UNSYNC itself when maxerror has grown to 16 s. */
	int		 ours = STA_OURS & ~STA_UNSYNC;

	if (clock_adjtime(CLOCK_REALTIME, &adjtime) == -1)
		adjtime.offset = 0;
	return tx->freq == c->set_freq && tx->tick == c->set_tick &&
	    (tx->status & ours) == (c->set_status & ours) &&
	    tx->offset == 0 && adjtime.offset == 0;
}

void
clock_watch(struct clock *c)
{
	static struct log_limit limit = { .burst = 5, .interval = 600 };
	struct timex	 tx = { .modes = 0 };
	struct timex	 adjtime = { .modes = ADJ_OFFSET_SINGLESHOT };

	account(c);
	if (c->read_only || clock_adjtime(CLOCK_REALTIME, &tx) == -1)
		return;
	if (is_as_we_left_it(c, &tx)) {
		c->reported_other = false;
		return;
	}
	if (!c->reported_other && log_allowed(&limit, instant_now(), NULL))
		log_warnx("another program steers the clock (frequency "
		    "correction %+.3f ppm, tick %ld us, status 0x%x): two NTP "
		    "daemons cannot work, stop the other one",
		    rate_get(&tx) * 1e6, tx.tick, (unsigned)tx.status);
	c->reported_other = true;
	adjust(c, &adjtime, "end adjtime(3)");
	stop_loops(c, (tx.status & ~STA_LEAP) | leap_status(c->leap));
	set_rate(c, c->frequency + c->slew);
}
