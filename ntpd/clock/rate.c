/*
 * Rates as tick and frequency.
 */
#include <sys/timex.h>

#include <math.h>
#include <unistd.h>

#include "ntpd/clock/rate.h"

/* timex.freq is ppm with 16 bits of fraction, and at most that many ppm. */
#define FREQ_PER_PPM		65536.0
#define FREQ_MOST		500.0

/* One tick too many or too few in a second, in ppm: 10^6 / USER_HZ us. */
static double
ppm_per_tick(void)
{
	return (double)sysconf(_SC_CLK_TCK);
}

static long
nominal_tick(void)
{
	return 1000000 / sysconf(_SC_CLK_TCK);
}

void
rate_put(double rate, struct timex *tx)
{
	double		 ppm = rate * 1e6, ticks = 0;

	if (fabs(ppm) > FREQ_MOST)
		ticks = round(ppm / ppm_per_tick());
	tx->tick = nominal_tick() + (long)ticks;
	tx->freq = lround((ppm - ticks * ppm_per_tick()) * FREQ_PER_PPM);
}

double
rate_get(const struct timex *tx)
{
	return ((double)(tx->tick - nominal_tick()) * ppm_per_tick() +
	    (double)tx->freq / FREQ_PER_PPM) * 1e-6;
}

double
rate_round(double rate)
{
	return round(rate * 1e6 * FREQ_PER_PPM) / FREQ_PER_PPM * 1e-6;
}
