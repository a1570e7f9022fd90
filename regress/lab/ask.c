/*
 * What the daemon believes of its clock, from its control socket as ntpctl
 * gets it, beside what is true at that moment.
 */
#include <math.h>

#include "ntpctl/ask.h"
#include "regress/lab/truth.h"

void
claim_sample(struct world *w, const char *path)
{
	struct claim	*claim = &w->claims[w->nclaims];
	struct report	 report = { .npeers = 0 };
	const struct control_status *status = &report.status;
	char		 why[ASK_WHY_LEN];

	if (ask(path, SHOW_STATUS, 1, &report, why) != ASK_OK)
		return;
	claim->second = w->nerrors;
	claim->error = clock_error(w);
	claim->offset = status->offset;
	claim->stderr_ = status->error;
	claim->bound = status->likely_bound;
	claim->root_bound = status->root_delay / 2 + status->root_dispersion;
	claim->certain = status->certain_bound;
	if (isnan(status->updated_ago))
		claim->bound = claim->root_bound = claim->certain = INFINITY;
	claim->kernel = clock_maxerror();
	claim->synchronized = status->synchronized != 0;
	claim->undecided = status->next == NEXT_MAJORITY;
	report_clear(&report);
	w->nclaims++;
}
