/*
 * Writing the system clock with clock_adjtime(2).
 */
#include <sys/timex.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "common/ns.h"
#include "ntpd/clock/books.h"
#include "ntpd/clock/clock.h"
#include "ntpd/clock/rate.h"

/*
 * More is not taken over from a former run, s/s: it is a slew that was cut off.
 * Tuned: slews that are not small are by 5 to 10 %, and no oscillator that a
 * daemon had followed was seen to be off by more than 1 %.
 */
#define PLAUSIBLE_FREQUENCY	0.01

/* timex.maxerror and esterror are microseconds; the kernel adds 500 ppm. */
#define ERROR_MOST		16.0	/* s: NTP_PHASE_LIMIT, unsynchronized */

/* The kernel's loop, for slews: it corrects offsets, and no frequency. */
#define STA_LOOP	(STA_PLL | STA_FREQHOLD)

/* Status bits of what the kernel does by itself, which stay off. */
#define STA_ITSELF	(STA_PPSFREQ | STA_PPSTIME | STA_FLL)

/* The day ends with a leap second. */
#define STA_LEAP	(STA_INS | STA_DEL)

/* Those that are ours to set; the rest belongs to the kernel. */
#define STA_OURS	(STA_LOOP | STA_ITSELF | STA_LEAP | STA_UNSYNC)

int64_t
clock_unix_time(void)
{
	return ns_read(CLOCK_REALTIME) / NS_PER_S;
}

/* What the kernel's loop has still to correct, s. */
static double
loop_rest(const struct timex *tx)
{
	return (double)tx->offset * (tx->status & STA_NANO ? 1e-9 : 1e-6);
}

/* Close the books, see books.h: before anything changes. */
static void
account(struct clock *c)
{
	struct timex	 tx = { .modes = 0 };
	double		 rest = 0;

	if (!c->read_only && clock_adjtime(CLOCK_REALTIME, &tx) != -1)
		rest = loop_rest(&tx);
	books_close(c, rest);
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
	/* What we did not set may be another's, who is to be noticed. */
	if (tx->modes & ADJ_FREQUENCY)
		c->set_freq = tx->freq;
	if (tx->modes & ADJ_TICK)
		c->set_tick = tx->tick;
	if (tx->modes & ADJ_STATUS)
		c->set_status = tx->status & STA_OURS;
	return true;
}

/*
 * Make the kernel's loop ours; the rest of STATUS is as it was read.  What it
 * had still to correct for another program is dropped.
 */
static bool
take_loop(struct clock *c, int status)
{
	struct timex	 tx = {
		.modes = ADJ_STATUS | ADJ_NANO | ADJ_TIMECONST | ADJ_OFFSET
	};

	tx.status = (status & ~STA_ITSELF) | STA_LOOP;
	return adjust(c, &tx, "take over the clock");
}

/* Leave it empty and off, as most programs expect to find it. */
static void
leave_loop(struct clock *c)
{
	struct timex	 tx = { .modes = 0 };

	if (clock_adjtime(CLOCK_REALTIME, &tx) == -1 ||
	    !take_loop(c, tx.status))
		return;
	tx.modes = ADJ_STATUS | ADJ_MICRO;
	tx.status &= ~STA_LOOP;
	(void)adjust(c, &tx, "leave the clock");
}

/*
 * After the clock was set, by any program, the kernel does not know any more
 * when its leap second is due.  It finds out again at the end of this second if
 * its loop was switched off (process_adj_status() in kernel/time/ntp.c).
 */
static void
find_leap_again(struct clock *c)
{
	struct timex	 off = { .modes = 0 }, on;

	if (c->read_only || c->leap == LEAP_NONE ||
	    clock_adjtime(CLOCK_REALTIME, &off) == -1)
		return;
	off.modes = ADJ_STATUS;
	off.status &= ~STA_LOOP;
	on = off;
	on.modes = ADJ_STATUS | ADJ_NANO;
	on.status |= STA_LOOP;
	if (adjust(c, &off, "have the leap second found"))
		(void)adjust(c, &on, "take over the clock");
}

/* Give the loop what the slew is to do next.  False, logged, if refused. */
static bool
give_loop(struct clock *c)
{
	struct timex	 tx = {
		.modes = ADJ_OFFSET | ADJ_TIMECONST | ADJ_NANO,
		.constant = c->slewing.constant
	};

	tx.offset = lround(slew_portion(&c->slewing) * NS_PER_S);
	slew_given(&c->slewing, (double)tx.offset * 1e-9);
	return adjust(c, &tx, "slew the clock");
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

	account(c);
	rate_put(books_ask(c, rate), &tx);
	return adjust(c, &tx, "set the clock's rate");
}

/* The right to set the clock is missing, and does not come with time. */
static _Noreturn void
not_permitted(void)
{
	log_at(LOG_CRIT, "fatal: not permitted to adjust the clock: "
	    "CAP_SYS_TIME is missing, as in most containers; run ntpd where "
	    "the clock is kept, or with -x, which leaves it alone");
	exit(EX_NOPERM);
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
	if (clock_adjtime(CLOCK_REALTIME, &old) == -1 && errno == EPERM)
		not_permitted();
	if (!take_loop(c, (tx.status & ~STA_LEAP) | STA_UNSYNC) ||
	    !set_rate(c, c->frequency))
		fatalx("cannot adjust the clock");
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
	c->slew_due = INSTANT_NEVER;
	books_open(c);
	clear_loops(c);
	c->slewing.frequency = c->frequency;
	(void)slew_look(&c->slewing, 0, c->seen_real);
	opened = c;
	if (atexit(leave) != 0)
		fatalx("atexit");
}

bool
clock_set_frequency(struct clock *c, double frequency)
{
	if (c->read_only)
		return true;
	/* Rounded to what the kernel can hold, so that our books are exact. */
	frequency = rate_round(frequency);
	if (!set_rate(c, frequency))
		return false;
	c->frequency = c->slewing.frequency = frequency;
	c->slewing.rate = slew_possible(c->slewing.rate, frequency);
	return true;
}

/* What is to be said of the slew, and when to look after it. */
static void
note_slew(struct clock *c, struct instant now)
{
	c->slew = slew_rate(&c->slewing);
	c->slew_due = INSTANT_NEVER;
	if (c->slew != 0)
		c->slew_due = instant_add(now, slew_due(&c->slewing));
}

bool
clock_set_slew(struct clock *c, double rate, double duration,
    struct instant now)
{
	struct slew	 was;
	double		 possible = slew_possible(rate, c->frequency);

	if (c->read_only)
		return true;
	account(c);
	was = c->slewing;
	if (possible != 0)
		duration *= rate / possible;
	slew_begin(&c->slewing, possible, duration);
	if (!give_loop(c)) {
		c->slewing = was;
		return false;
	}
	note_slew(c, now);
	return true;
}

bool
clock_tend_slew(struct clock *c, struct instant now)
{
	bool		 over;

	if (instant_before(now, c->slew_due))
		return false;
	account(c);
	over = slew_is_over(&c->slewing);
	if (over)
		c->slewing.rate = 0;
	else if (c->slewing.steady)
		(void)give_loop(c);	/* if this fails: in a second */
	note_slew(c, now);
	return over;
}

double
clock_slew_left(const struct clock *c)
{
	return slew_lasts(&c->slewing);
}

bool
clock_step(struct clock *c, double by)
{
	struct timex	 tx = { .modes = ADJ_SETOFFSET | ADJ_NANO };
	double		 whole = floor(by);

	tx.time.tv_sec = (time_t)whole;
	tx.time.tv_usec = (suseconds_t)((by - whole) * NS_PER_S);
	account(c);
	if (!adjust(c, &tx, "step the clock"))
		return false;
	books_open(c);
	/* A slew in progress was for the offset that is gone now. */
	slew_clear(&c->slewing, c->seen_real);
	note_slew(c, instant_now());
	find_leap_again(c);
	return true;
}

static int
leap_status(enum ntp_leap leap)
{
	return leap == LEAP_INSERT ? STA_INS :
	    leap == LEAP_DELETE ? STA_DEL : 0;
}

bool
clock_set_tai(struct clock *c, int64_t tai)
{
	struct timex	 tx = { .modes = ADJ_TAI, .constant = (long)tai };

	if (!adjust(c, &tx, "tell the kernel what TAI - UTC is"))
		return false;
	if (!c->read_only)
		c->leaps = tai;
	return true;
}

/* Say it once a day; of servers that change their minds, not each time. */
static void
log_leap(enum ntp_leap leap)
{
	static struct log_limit limit = { .burst = 2, .interval = 3600 };

	if (leap != LEAP_NONE && log_allowed(&limit, instant_now(), NULL))
		log_info("a leap second is announced: the last one of this "
		    "day is to be %s", leap == LEAP_INSERT ? "repeated" :
		    "left out");
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
	tx.status |= STA_LOOP | leap_status(leap);
	if (!synchronized)
		tx.status |= STA_UNSYNC;
	tx.esterror = lround(fmin(esterror, ERROR_MOST) * 1e6);
	tx.maxerror = (long)ceil(fmin(maxerror, ERROR_MOST) * 1e6);
	adjust(c, &tx, "set the clock's status");
}

void
clock_close(struct clock *c)
{
	if (c->read_only || c->closed)
		return;
	leave_loop(c);
	c->closed = true;
	c->slewing.rate = c->slewing.left = 0;
	note_slew(c, instant_now());
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
	    slew_is_rest(&c->slewing, loop_rest(tx)) && adjtime.offset == 0;
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
		    "correction %+.3f ppm, tick %lld us, status 0x%x): two "
		    "NTP daemons cannot work, stop the other one",
		    rate_get(&tx) * 1e6, (long long)tx.tick,
		    (unsigned)tx.status);
	c->reported_other = true;
	adjust(c, &adjtime, "end adjtime(3)");
	take_loop(c, (tx.status & ~STA_LEAP) | leap_status(c->leap));
	set_rate(c, c->frequency);
	give_loop(c);
}
