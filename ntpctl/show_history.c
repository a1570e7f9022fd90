/*
 * ntpctl -s history and -s samples: what was, the oldest first.  Each line has
 * as many words as the heading.
 */
#include <inttypes.h>

#include "ntpctl/columns.h"
#include "ntpctl/show.h"

void
show_history(FILE *out, const struct control_point *points, size_t n,
    double now)
{
	const struct control_point *p;
	char		 when[COLUMN_LEN], offset[COLUMN_LEN];
	char		 likely[COLUMN_LEN], certain[COLUMN_LEN];
	char		 frequency[COLUMN_LEN];

	fprintf(out, "%-20s %-4s %10s %10s %10s %10s %5s\n", "time", "sync",
	    "offset", "likely", "certain", "frequency", "agree");
	for (p = points; p < points + n; p++)
		fprintf(out, "%-20s %-4s %10s %10s %10s %10s %5" PRIu32 "\n",
		    column_time(now - p->ago, when),
		    p->synchronized ? "yes" : "no",
		    column_ms(p->offset, offset),
		    column_ms(p->likely_bound, likely),
		    column_ms(p->certain_bound, certain),
		    column_ppm(p->frequency, frequency), p->truechimers);
}

/* Who said SAMPLE: as in the table of peers, if it is still there. */
static const char *
remote(const struct report *r, const struct control_sample *sample,
    char text[COLUMN_REMOTE_LEN])
{
	size_t		 i;

	for (i = 0; i < r->npeers; i++)
		if (addr_same_host(&r->peers[i].address, &sample->address))
			return column_remote(r->peers, r->npeers, i, text);
	return addr_format(&sample->address, text);
}

void
show_samples(FILE *out, const struct report *r, double now)
{
	const struct control_sample *s;
	char		 when[COLUMN_LEN], name[COLUMN_REMOTE_LEN];
	char		 offset[COLUMN_LEN], delay[COLUMN_LEN];

	fprintf(out, "%-20s  %10s %10s  %s\n", "time", "offset", "delay",
	    "remote");
	for (s = r->samples; s < r->samples + r->nsamples; s++)
		fprintf(out, "%-20s  %10s %10s %c%s\n",
		    column_time(now - s->ago, when),
		    column_ms(s->offset, offset), column_ms(s->delay, delay),
		    column_tally(s->tally), remote(r, s, name));
}
