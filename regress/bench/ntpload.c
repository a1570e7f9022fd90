/*
 * ntpload: how many NTP requests a server answers, how fast, how many it
 * loses, and how much CPU time that takes it.  For a server of one's own, in
 * a network namespace of one's own; every run is bounded in time and number.
 *
 * The figure to compare is per_cpu_s, valid answers per second of the server's
 * CPU time: it hardly moves when other programs use the machine, as rates and
 * latencies do.  On loopback the kernel charges the delivery of a packet to
 * its sender, so a server pays for its system calls and for the delivery of
 * its answers.
 *
 * usage: ntpload [-a address] [-p port] [-P pid]... [-n sockets] [-b batch]
 *	[-S first-source,number] [-i] [-t] [-N key:cookie] [-d seconds]
 *	[-c requests]
 *	[-W warm-up] [-w window | -r rate [-y us] | -R rate]
 *
 * -w keeps that many requests unanswered; -r sends at a rate, and with -y it
 * sleeps when nothing is due for that long; -R raises the rate from there
 * until more than one in a thousand is lost, then narrows it down.  -t checks
 * the timestamps of a server with the same clock: the receive timestamp
 * against the time at which the request was sent, the transmit timestamp
 * against the time at which, by the kernel, the answer came.  -N sends requests
 * with NTS, as ntske prints what they take; answers have to be as long as
 * they are, which those with a new cookie are.  Prints a JSON
 * object for each measurement.
 */
#include <sys/prctl.h>

#include <arpa/inet.h>
#include <bsd/stdlib.h>

#include <dirent.h>
#include <err.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "regress/bench/load.h"

#define RAMP_STEPS	40
#define SECONDS_MAX	60

static struct tally tally;

static struct {
	struct load	 load;
	double		 rate, ramp, seconds, warmup;
	uint64_t	 count;
	int		 pids[LOAD_PIDS_MAX];
	unsigned	 npids;
} o = {
	.load = { .sockets = 16, .batch = 32, .window = 128, .relax = 1,
	    .tally = &tally },
	.seconds = 1, .warmup = 0.3, .count = LOAD_COUNT_MAX
};

void
histogram_add(struct histogram *h, int64_t time)
{
	uint64_t	 ns = time > 0 ? (uint64_t)time : 0;
	unsigned	 power = 0;

	if (ns >= 64) {
		power = 58U - (unsigned)__builtin_clzll(ns);
		ns = ns >> (power - 1) & 63;
	}
	h->count[power * 64 + ns]++;
}

double
histogram_quantile(const struct histogram *h, double q)
{
	uint64_t	 total = 0, below = 0;
	unsigned	 i;

	for (i = 0; i < 64 * 64; i++)
		total += h->count[i];
	for (i = 0; i < 64 * 64; i++) {
		below += h->count[i];
		if (below > 0 && (double)below >= q * (double)total)
			break;
	}
	if (i < 64)
		return i / 1e3;
	if (i == 64 * 64)
		return 0;
	return (64.5 + i % 64) * (double)(1ULL << (i / 64 - 1)) / 1e3;
}

/* What the threads of PID have run for, in s; 0 if there is none. */
static double
process_cpu(int pid)
{
	struct dirent	*e;
	uint64_t	 ns, sum = 0;
	char		 path[300];
	FILE		*f;
	DIR		*d;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	if ((d = opendir(path)) == NULL)
		return 0;
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat",
		    pid, e->d_name);
		if ((f = fopen(path, "r")) == NULL)
			continue;
		if (fscanf(f, "%" SCNu64, &ns) == 1)
			sum += ns;
		fclose(f);
	}
	closedir(d);
	return (double)sum / 1e9;
}

static double
server_cpu(void)
{
	double		 sum = 0;
	unsigned	 i;

	for (i = 0; i < o.npids; i++)
		sum += process_cpu(o.pids[i]);
	return sum;
}

static void
report_errors(const char *which, const struct histogram *h)
{
	printf(",\"%s_p50_us\":%.2f,\"%s_p95_us\":%.2f,\"%s_p99_us\":%.2f",
	    which, histogram_quantile(h, 0.5),
	    which, histogram_quantile(h, 0.95),
	    which, histogram_quantile(h, 0.99));
}

static void
report(double rate, double wall, double cpu)
{
	static const char *const name[FLAWS] = { "length", "mode", "version",
	    "origin", "place", "transmit" };
	uint64_t	 invalid = 0;
	unsigned	 i;

	for (i = 0; i < FLAWS; i++)
		invalid += tally.invalid[i];
	printf("{\"asked_rate\":%.0f,\"wall_s\":%.3f,\"sent\":%" PRIu64
	    ",\"received\":%" PRIu64 ",\"interleaved\":%" PRIu64
	    ",\"unsynchronized\":%" PRIu64 ",\"kisses\":%" PRIu64
	    ",\"late\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"behind\":%" PRIu64,
	    rate, wall, tally.sent, tally.received, tally.interleaved,
	    tally.unsynchronized, tally.kisses, tally.late, tally.lost,
	    tally.behind);
	printf(",\"invalid\":%" PRIu64, invalid);
	for (i = 0; i < FLAWS; i++)
		if (tally.invalid[i] != 0)
			printf(",\"invalid_%s\":%" PRIu64, name[i],
			    tally.invalid[i]);
	if (o.load.stamps) {
		report_errors("receive", &tally.receive_error);
		report_errors("transmit", &tally.transmit_error);
	}
	printf(",\"rate\":%.0f,\"p50_us\":%.1f,\"p99_us\":%.1f,"
	    "\"server_cpu_s\":%.4f,\"per_cpu_s\":%.0f}\n",
	    (double)tally.received / wall,
	    histogram_quantile(&tally.latency, 0.5),
	    histogram_quantile(&tally.latency, 0.99), cpu,
	    cpu > 0 ? (double)tally.received / cpu : 0);
	fflush(stdout);
}

/* Returns whether no more than one in a thousand was lost at RATE. */
static bool
measure(double rate)
{
	int64_t		 start;
	double		 cpu, wall;

	memset(&tally, 0, sizeof(tally));
	cpu = server_cpu();
	start = monotonic_ns();
	pace_run(&o.load, rate, o.seconds, o.count);
	wall = (double)(monotonic_ns() - start) / 1e9;
	/* The wait for what was lost does not count. */
	report(rate, wall < o.seconds ? wall : o.seconds, server_cpu() - cpu);
	return tally.lost * 1000 <= tally.sent &&
	    tally.behind * 100 <= tally.sent;
}

/* The highest rate without loss, within 4 %. */
static double
climb(double rate)
{
	double		 good = 0, bad = 0;
	unsigned	 i;

	for (i = 0; i < RAMP_STEPS && !pace_stopped(); i++) {
		if (measure(rate))
			good = rate;
		else
			bad = rate;
		if (bad > 0 && (bad < 100 || bad < good * 1.04))
			break;
		rate = bad > 0 ? (good + bad) / 2 : rate * 1.3;
	}
	printf("{\"highest_rate\":%.0f}\n", good);
	return good;
}

static unsigned
number(const char *text, unsigned least, unsigned most)
{
	const char	*why;
	long long	 n = strtonum(text, least, most, &why);

	if (why != NULL)
		errx(2, "%s is %s", text, why);
	return (unsigned)n;
}

static double
decimal(const char *text, double most)
{
	char		*end;
	double		 x = strtod(text, &end);

	if (end == text || *end != '\0' || !(x >= 0 && x <= most))
		errx(2, "%s: not a number from 0 to %g", text, most);
	return x;
}

static void
sources(char *text)
{
	struct in_addr	 first;
	char		*comma = strchr(text, ',');

	if (comma == NULL)
		errx(2, "%s: not an address, a comma and a number", text);
	*comma = '\0';
	if (inet_pton(AF_INET, text, &first) != 1)
		errx(2, "%s: not an IPv4 address", text);
	o.load.first_source = ntohl(first.s_addr);
	o.load.sources = number(comma + 1, 1, LOAD_SOURCES_MAX);
}

static size_t
unhex(const char *hex, uint8_t *bytes, size_t most)
{
	size_t		 n = 0;
	unsigned	 byte;

	for (; n < most && sscanf(hex, "%2x", &byte) == 1; n++, hex += 2)
		bytes[n] = (uint8_t)byte;
	return n;
}

static void
nts(const char *text)
{
	const char	*cookie = strchr(text, ':');
	uint8_t		 key[AEAD_KEY_MOST];

	if (cookie == NULL || unhex(text, key, sizeof(key)) != sizeof(key))
		errx(2, "%s: not a key and a cookie", text);
	aead_set_key(&o.load.c2s, AEAD_AES_SIV_CMAC_256, key);
	o.load.cookie_len = unhex(cookie + 1, o.load.cookie,
	    sizeof(o.load.cookie));
	o.load.nts = true;
}

static void
option(int c, char *arg)
{
	switch (c) {
	case 'a':
		if (inet_pton(AF_INET, arg, &o.load.server.sin_addr) != 1)
			errx(2, "%s: not an IPv4 address", arg);
		break;
	case 'b': o.load.batch = number(arg, 1, LOAD_BATCH_MAX); break;
	case 'c': o.count = number(arg, 1, LOAD_COUNT_MAX); break;
	case 'd': o.seconds = decimal(arg, SECONDS_MAX); break;
	case 'i': o.load.interleaved = true; break;
	case 'N': nts(arg); break;
	case 'n': o.load.sockets = number(arg, 1, LOAD_SOCKETS_MAX); break;
	case 'P':
		if (o.npids == LOAD_PIDS_MAX)
			errx(2, "too many processes");
		o.pids[o.npids++] = (int)number(arg, 1, 1U << 30);
		break;
	case 'p':
		o.load.server.sin_port =
		    htons((uint16_t)number(arg, 1, UINT16_MAX));
		break;
	case 'R': o.ramp = decimal(arg, 1e7); break;
	case 'r': o.rate = decimal(arg, 1e7); break;
	case 'S': sources(arg); break;
	case 't': o.load.stamps = true; break;
	case 'W': o.warmup = decimal(arg, SECONDS_MAX); break;
	case 'w': o.load.window = number(arg, 1, LOAD_WINDOW_MAX); break;
	case 'y': o.load.relax = decimal(arg, 1e6) / 1e6; break;
	default: exit(2);	/* getopt has said why */
	}
}

static void
on_signal(int sig)
{
	(void)sig;
	pace_stop();
}

int
main(int argc, char *argv[])
{
	int		 c;

	o.load.server.sin_family = AF_INET;
	o.load.server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	o.load.server.sin_port = htons(123);
	while ((c = getopt(argc, argv, "a:b:c:d:iN:n:P:p:R:r:S:tW:w:y:")) != -1)
		option(c, optarg);
	if (optind < argc)
		errx(2, "%s: unexpected", argv[optind]);

	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	/* Sleep to the us. */
	prctl(PR_SET_TIMERSLACK, 1000UL);
	traffic_open(&o.load);
	if (o.warmup > 0)
		pace_run(&o.load, o.ramp > 0 ? o.ramp : o.rate, o.warmup,
		    o.count);
	if (o.ramp > 0)
		return climb(o.ramp) > 0 ? 0 : 1;
	measure(o.rate);
	return tally.received > 0 ? 0 : 1;
}
