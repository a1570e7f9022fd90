/*
 * When to send: as fast as answers come back, or at a rate.
 */
#include <sys/param.h>

#include <signal.h>
#include <time.h>

#include "common/ns.h"
#include "regress/bench/load.h"

#define SWEEP_NS	20000000LL	/* how often to look for lost ones */

static volatile sig_atomic_t stopped;

void
pace_stop(void)
{
	stopped = 1;
}

bool
pace_stopped(void)
{
	return stopped != 0;
}

static int64_t
clock_ns(clockid_t id)
{
	struct timespec	 ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

int64_t
monotonic_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

int64_t
realtime_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

static void
sweep(int64_t now)
{
	static int64_t	 last;

	if (now - last < SWEEP_NS)
		return;
	traffic_expire(now, false);
	last = now;
}

/* A closed loop: sends when half a window, or a batch, has room. */
static void
run_window(const struct load *load, int64_t end, uint64_t count)
{
	int64_t		 now;
	unsigned	 step = load->window / 2, room, n;

	step = MAX(MIN(step, load->batch), 1);
	while (!stopped && count > 0 && (now = monotonic_ns()) < end) {
		room = load->window - traffic_outstanding();
		if (room >= step) {
			n = (unsigned)MIN(MIN(room, load->batch), count);
			count -= traffic_send(n, now);
		}
		traffic_receive(0);
		sweep(now);
	}
}

/* An open loop: RATE requests a second, whatever comes back. */
static void
run_paced(const struct load *load, double rate, int64_t end,
    uint64_t count)
{
	int64_t		 start = monotonic_ns(), now, due, gap;
	int64_t		 done = 0;
	double		 most = rate * 0.02 + 4096;

	while (!stopped && count > 0 && (now = monotonic_ns()) < end) {
		due = (int64_t)((double)(now - start) * rate / 1e9) + 1 - done;
		/* 20 ms late: a burst of that length would tell nothing. */
		if ((double)due > most) {
			load->tally->behind += (uint64_t)due - 1;
			done += due - 1;
			due = 1;
		}
		due = MIN(due, MIN((int64_t)load->batch, (int64_t)count));
		if (due > 0) {
			traffic_send((unsigned)due, now);
			done += due;
			count -= (uint64_t)due;
		}
		gap = start + (int64_t)((double)done * 1e9 / rate) - now;
		traffic_receive((double)gap > load->relax * 1e9 ? gap : 0);
		sweep(now);
	}
}

void
pace_run(const struct load *load, double rate, double seconds,
    uint64_t count)
{
	int64_t		 end = monotonic_ns() + (int64_t)(seconds * 1e9);

	if (rate > 0)
		run_paced(load, rate, end, count);
	else
		run_window(load, end, count);
	end = monotonic_ns() + LOAD_LOST_NS;
	while (!stopped && traffic_outstanding() > 0 && monotonic_ns() < end)
		traffic_receive(NS_PER_S / 1000);
	traffic_expire(monotonic_ns(), true);
}
