/*
 * truth - the outside world of one simulated machine.
 *
 * It runs inside a User Mode Linux whose virtual time jumps whenever nobody
 * has anything to do; computing takes none.  It keeps true time, answers as
 * the NTP servers of a scenario, looks each virtual second how far the clock
 * is from true time and now and then what the daemon thinks of that, and
 * prints statistics at the end.
 *
 * usage: truth scenario directory socket
 *        truth off			(switch the machine off)
 */
#include <sys/prctl.h>
#include <sys/reboot.h>

#include <err.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "regress/lab/truth.h"

struct logs {
	FILE		*offset;	/* each second: error, oscillator */
	FILE		*claims;
	FILE		*page;		/* each second: what programs see */
};

static FILE *
open_log(const char *directory, const char *name)
{
	char		 path[512];
	FILE		*f;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	f = fopen(path, "w");
	if (f == NULL)
		err(1, "%s", path);
	return f;
}

static void
start(struct world *w, const char *scenario)
{
	size_t		 n;

	scenario_load(w, scenario);
	/* A timer may be late by 50 us otherwise. */
	prctl(PR_SET_TIMERSLACK, 1);
	n = (size_t)w->duration + 1;
	w->errors = calloc(n, sizeof(*w->errors));
	w->claims = calloc(n / (size_t)w->ask + 1, sizeof(*w->claims));
	if (w->errors == NULL || w->claims == NULL)
		err(1, NULL);
	servers_open(w);
	clock_start(w);
	printf("ready\n");
	fflush(stdout);
}

/* Wait until raw time DUE, or for a request; take the requests. */
static void
wait_until(struct world *w, double due)
{
	struct pollfd	 pfd[MAX_SERVERS];
	struct timespec	 to;
	double		 left = due - raw_now(w);

	if (left <= 0)
		return;
	for (int i = 0; i < w->nservers; i++)
		pfd[i] = (struct pollfd){ .fd = w->servers[i].fd,
		    .events = POLLIN };
	to.tv_sec = (time_t)left;
	to.tv_nsec = (long)((left - (double)to.tv_sec) * 1e9);
	if (to.tv_nsec < 1)
		to.tv_nsec = 1;
	if (ppoll(pfd, (nfds_t)w->nservers, &to, NULL) <= 0)
		return;
	for (int i = 0; i < w->nservers; i++)
		if (pfd[i].revents & POLLIN)
			server_receive(w, i);
}

static void
log_claim(FILE *f, const struct claim *c)
{
	fprintf(f, "%ld %.9f %.9f %.9f %.9f %.9f %d %d %.9f %.6f\n", c->second,
	    c->error, c->offset, c->stderr_, c->bound, c->root_bound,
	    c->synchronized, c->undecided, c->certain, c->kernel);
}

/* What belongs to the end of each second. */
static void
each_second(struct world *w, const struct logs *logs, const char *path)
{
	long		 claims = w->nclaims;

	for (struct event *e = w->steps.event;
	    e < w->steps.event + w->steps.n; e++)
		if (e->by != 0 && (double)(w->nerrors + 1) >= e->at) {
			clock_shift(e->by);
			e->by = 0;
		}
	w->errors[w->nerrors] = clock_error(w);
	fprintf(logs->offset, "%ld %.9f %.4e\n", w->nerrors,
	    w->errors[w->nerrors], w->oscillator.now);
	page_sample(w, logs->page);
	if (w->nerrors % (long)w->ask == 0) {
		claim_sample(w, path);
		if (w->nclaims == claims)
			tracking_sample(w);
	}
	if (w->nclaims > claims)
		log_claim(logs->claims, &w->claims[claims]);
	w->nerrors++;
}

int
main(int argc, char **argv)
{
	static struct world w;
	struct logs	 logs;

	if (argc == 2 && strcmp(argv[1], "off") == 0) {
		sync();
		return reboot(RB_POWER_OFF);
	}
	if (argc != 4)
		errx(1, "usage: truth scenario directory socket");
	logs.offset = open_log(argv[2], "offset.log");
	logs.claims = open_log(argv[2], "claims.log");
	logs.page = open_log(argv[2], "page.log");
	w.answers = open_log(argv[2], "answers.log");
	start(&w, argv[1]);
	while (w.nerrors < (long)w.duration) {
		double	 next = (double)(w.nerrors + 1);

		wait_until(&w, pulse_due(&w, packets_due(&w, next)));
		pulse_run(&w);
		packets_move(&w, raw_now(&w));
		if (raw_now(&w) >= next)
			each_second(&w, &logs, argv[3]);
	}
	fclose(logs.offset);
	fclose(logs.claims);
	fclose(logs.page);
	fclose(w.answers);
	report(&w);
	return 0;
}
