/*
 * The forms in which ntpctl shows what the daemon said.  All of them are
 * functions of the records alone, written to a stream; the records have been
 * checked by record.c.  Write errors are left in the stream for its owner.
 */
#ifndef NTPCTL_SHOW_H
#define NTPCTL_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "common/control.h"
#include "ntpctl/process.h"

/* What was asked of the daemon, and so what is shown. */
enum show_part {
	SHOW_STATUS = 1,
	SHOW_PEERS = 2,
	SHOW_SENSORS = 4,
	SHOW_SERVER = 8,
	SHOW_CLIENTS = 16,	/* for root only, so not in all */
	SHOW_PROCESSES = 32,	/* likewise in parts */
	SHOW_AUTH = 64,		/* for who asks why, so not in all */
	SHOW_SELECTION = 128,	/* likewise */
	SHOW_HISTORY = 256,	/* long, so not in all */
	SHOW_SAMPLES = 512,	/* likewise */
	SHOW_ALL = SHOW_STATUS | SHOW_PEERS | SHOW_SENSORS | SHOW_SERVER
};

#define REPORT_PEERS_MAX	1024	/* more than a configuration can have */
#define REPORT_PROCESSES_MAX	256	/* more than ntpd can have */
#define REPORT_HISTORY_MAX	32768	/* more than ntpd keeps */

struct report {
	unsigned		 parts;		/* that are in it */
	struct control_status	 status;
	struct control_peer	*peers;		/* the report's, or NULL */
	size_t			 npeers;
	struct control_server	 server;
	struct control_clients	 clients;
	struct process		*processes;	/* the report's, or NULL */
	size_t			 nprocesses;
	struct control_point	*points;	/* the report's, or NULL */
	size_t			 npoints;
	struct control_sample	*samples;	/* the report's, or NULL */
	size_t			 nsamples;
};

/* Tell in words how the clock is. */
void	 show_status(FILE *out, const struct control_status *status);

/* Why the clock is not synchronized, as a sentence in TEXT of LEN bytes. */
void	 show_why(const struct control_status *status, char *text,
	    size_t len);

/*
 * One line for each of the N PEERS below two lines of heading, in the columns
 * of ntpq(1).  Names are shortened where lines would get longer than WIDTH
 * columns; 0: never.
 */
void	 show_peers(FILE *out, const struct control_peer *peers, size_t n,
	    size_t width);

/*
 * The line with which OpenNTPD's ntpctl begins: peers that are valid, whether
 * the clock is "synced", stratum.
 */
void	 show_openntpd_line(FILE *out, const struct control_status *status);

/* Its table of peers, two lines for each. */
void	 show_openntpd_peers(FILE *out, const struct control_peer *peers,
	    size_t n);

/* A line for each of the N PEERS, by what it is believed. */
void	 show_auth(FILE *out, const struct control_peer *peers, size_t n);

/* A line that begins with "#", if there are constraints. */
void	 show_constraint(FILE *out, const struct control_status *st);

/* Copy those of the N PEERS that are sensors to SENSORS; how many there are. */
size_t	 show_only_sensors(const struct control_peer *peers, size_t n,
	    struct control_peer *sensors);

/* Those of the N PEERS (REPORT_PEERS_MAX at most), like peers. */
void	 show_sensors(FILE *out, const struct control_peer *peers, size_t n,
	    size_t width);

/* A line for each of the N PEERS: what is known, and why it is not used. */
void	 show_selection(FILE *out, const struct control_peer *peers, size_t n);

/* A line for each of the N POINTS, below a heading.  NOW is in s since 1970. */
void	 show_history(FILE *out, const struct control_point *points, size_t n,
	    double now);

/* The same for the samples of REPORT. */
void	 show_samples(FILE *out, const struct report *report, double now);

/* What the server processes have counted, a line for each counter. */
void	 show_server(FILE *out, const struct control_server *server);

/* A line for each of those of their clients that ask most. */
void	 show_clients(FILE *out, const struct control_clients *clients);

/* A line for each of the N PROCESSES, in columns. */
void	 show_processes(FILE *out, const struct process *processes, size_t n);

/*
 * The parts that are in REPORT as one JSON object.  False if there is no
 * memory for it; then nothing was written.
 */
bool	 show_json(FILE *out, const struct report *report);

/* The parts status, peers and server of REPORT in Prometheus's text format. */
void	 show_prometheus(FILE *out, const struct report *report);

#endif
