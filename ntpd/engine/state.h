/*
 * What the engine knows: its hosts, their associations, and the clock.
 */
#ifndef NTPD_ENGINE_STATE_H
#define NTPD_ENGINE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/control.h"
#include "common/log.h"
#include "common/loop.h"
#include "common/ntp.h"
#include "ntpd/engine/check.h"
#include "ntpd/engine/clocks.h"
#include "ntpd/messages.h"
#include "ntpd/process.h"
#include "ntpd/sync/discipline.h"
#include "ntpd/sync/sync.h"

/* An association's number is also that of its source in sync/. */
#define MAX_ASSOCIATIONS	SYNC_SOURCES

/* A server or servers statement, and the addresses of its name. */
struct host {
	struct config_server conf;
	bool		 numeric;	/* the name is an address */
	bool		 resolving;	/* the resolver has been asked */
	uint32_t	 serial;	/* of what it was asked */
	struct instant	 resolve_at;	/* INSTANT_NEVER: no need to ask */
	double		 backoff;	/* s, until the try after that */
	struct addr	 addrs[RESOLVE_MAX];
	size_t		 naddrs;
	size_t		 next_addr;	/* to be tried next */
};

/* The request that is on its way, if any. */
struct query {
	int		 fd;		/* -1: none */
	int		 slot;		/* in this turn's pollset */
	struct request	 asked;
	struct reading	 sent;		/* our clocks at T1 */
	struct instant	 deadline;	/* no answer after this */
	struct addr	 local;		/* our address, to notice loops */
};

/* The last one that was answered: an interleaved answer may complete it. */
struct exchange {
	bool		 known;
	bool		 sampled;	/* it has given a sample already */
	struct ntptime	 receive;	/* T2, of the server's clock */
	struct reading	 sent;		/* our clocks at T1 */
	struct reading	 received;	/* and at T4 */
};

struct association {
	bool		 used;
	size_t		 host;
	struct addr	 addr;
	enum control_peer_state state;
	unsigned	 burst;		/* requests left of a quick start */
	unsigned	 hurry;		/* requests left in quick succession */
	int		 poll;		/* log2 s */
	int		 minpoll;	/* >= conf.minpoll, after RATE kisses */
	uint8_t		 reach;
	unsigned	 missed;	/* polls in a row without an answer */
	struct instant	 next;		/* the next request */
	struct instant	 turn;		/* its regular one, if NEXT is extra */
	struct instant	 asked_at;	/* the last one */
	struct query	 query;
	struct exchange	 exchange;
	bool		 interleaved;	/* the last answer was */
	struct ntp_packet last;		/* that passed the tests; fields NULL */
	bool		 answered;	/* last and answered_at are set */
	struct instant	 answered_at;
	double		 delay;		/* s, of the last answer */
	uint32_t	 sent, received, rejected;
	bool		 was_false;	/* logged as falseticker */
	bool		 was_unreachable; /* logged as silent */
	bool		 was_unsendable; /* logged: a request could not leave */
	unsigned	 since_kiss;	/* answers since the last RATE kiss */
};

/* The local clock as a last resort: the local statement. */
struct local {
	bool		 serving;	/* there was nothing better of late */
	struct association *leader;	/* orphan that is followed, or NULL */
	double		 frequency;	/* s/s, known before that */
	double		 frequency_error; /* s/s, standard error of it */
	struct instant	 patience;	/* so long are names waited for */
	struct log_limit log;
};

struct engine {
	struct channel	 parent;
	struct channel	 resolver;
	struct channel	 servers[CONFIG_MAX_WORKERS];
	struct host	 hosts[CONFIG_MAX_SERVERS];
	size_t		 nhosts;
	struct config_server pending[CONFIG_MAX_SERVERS]; /* of a reload */
	size_t		 npending;
	uint32_t	 next_serial;	/* of questions to the resolver */
	bool		 full;		/* logged: no more associations */
	struct engine_setup setup;
	bool		 configured;
	struct association associations[MAX_ASSOCIATIONS];
	struct sync	 sync;
	struct discipline discipline;
	struct clocks	 clocks;
	struct clock_state clock;	/* as the parent says */
	struct instant	 slew_end;	/* of the slew in progress */
	bool		 stepping;	/* a step is asked for */
	bool		 synchronized;	/* what we tell the world */
	struct association last_peer;	/* system peer, kept while coasting */
	char		 last_name[CONFIG_NAME_LEN];	/* and its name */
	uint8_t		 leap;		/* enum ntp_leap, by the last vote */
	unsigned	 changes_seen;	/* of sync.changes */
	bool		 no_majority;	/* logged */
	int8_t		 precision;	/* log2 s */
	struct instant	 publish_at;
	struct log_limit complaints;	/* about answers */
	struct local	 local;
};

/* hosts.c: names, addresses and who becomes an association */

/* Take over the statements in e->pending; what did not change is kept. */
void	 hosts_configure(struct engine *e, struct instant now);

/* Ask the resolver for those whose time has come. */
void	 hosts_resolve(struct engine *e, struct instant now);

/* The resolver's answer to question ID. */
void	 hosts_resolved(struct engine *e, uint32_t id,
	    const struct resolve_reply *reply, struct instant now);

/* The resolver is another one: it knows nothing of what was asked. */
void	 hosts_ask_again(struct engine *e, struct instant now);

/* How many names were neither found nor given up for now? */
size_t	 hosts_expected(const struct engine *e);

/* The next time hosts_resolve() has something to do. */
struct instant hosts_deadline(const struct engine *e);

/*
 * Association A's server is of no use (silent, false or denying): look for
 * another address of its name.
 */
void	 hosts_replace(struct engine *e, struct association *a,
	    struct instant now);

/* association.c: polling */

/* Begin to ask ADDR for host number HOST in slot A. */
void	 association_start(struct engine *e, struct association *a,
	    size_t host, const struct addr *addr, struct instant now);
void	 association_stop(struct engine *e, struct association *a);

/* A new quick start, after a restart or a silence. */
void	 association_quicken(struct association *a, struct instant now);

/* The longest interval of A, s, with MAXPOLL; a RATE kiss may have raised it. */
double	 association_longest(const struct association *a, int maxpoll);

/* Ask A again at once, a few times: it may have news. */
void	 association_hurry(struct association *a, struct instant now);

/* Send what is due, give up what has been waited for in vain. */
void	 associations_run(struct engine *e, struct instant now);
struct instant associations_deadline(const struct engine *e);

/* How many may still give the first answers of a quick start? */
size_t	 associations_expected(const struct engine *e);

/* And how many, with those that owe the answer to one in time? */
size_t	 associations_hoped(const struct engine *e);

/* A's answer PKT passed the tests and gave SAMPLE; NULL: it gave none. */
void	 association_answer(struct engine *e, struct association *a,
	    const struct ntp_packet *pkt, const struct sample *sample,
	    struct instant now);

/* A's server sent the kiss CODE (four characters). */
void	 association_kiss(struct engine *e, struct association *a,
	    const uint8_t code[4], struct instant now);

/* How to call A in the log: its address. */
const char *association_name(const struct association *a,
	    char text[ADDR_STRLEN]);

/* query.c: one exchange */

bool	 query_send(struct engine *e, struct association *a,
	    struct instant now);
void	 query_close(struct query *q);

/* Its socket has something: a time stamp, an error or an answer. */
void	 query_receive(struct engine *e, struct association *a,
	    struct instant now);

/* steer.c: from the estimate to the clock and the world */

/* The estimate has changed: adjust the clock, tell everybody. */
void	 steer_update(struct engine *e, struct instant now);

/* Tell parent and servers how good the clock is, at least once a minute. */
void	 steer_publish(struct engine *e, struct instant now);

/* The clock had the leap second that was announced: it is so no longer. */
void	 steer_leapt(struct engine *e, struct instant now);

/* The clock jumped by BY s: begin anew. */
void	 steer_jumped(struct engine *e, double by, struct instant now);

/* What is served and reported: valid for now. */
struct system {
	bool		 synchronized;	/* to real servers */
	enum control_local local;
	uint8_t		 leap, stratum, refid[4];
	double		 offset;	/* s, true - clock */
	double		 error;		/* s, standard error of it */
	double		 bound;		/* s, |clock - true| is below it */
	double		 root_delay;	/* s */
	double		 root_dispersion; /* s */
	double		 dispersion_rate; /* s/s */
};
struct system steer_system(const struct engine *e, const struct reading *r);

/* The same by those who are believed alone, orphans or not. */
struct system steer_believed(const struct engine *e, const struct reading *r);

/* local.c: the local clock as a last resort, orphans */

/* What decides whether the local clock is all there is. */
struct local_view {
	bool		 synchronized;	/* by whomever */
	bool		 majority;	/* believed, and could synchronize us */
	bool		 expected;	/* a server may be heard of soon */
};

/* Is it time for the last resort, given what it was before (L)?  Pure. */
bool	 local_is_hopeless(const struct local *l, const struct local_view *v);

/* A server as orphans see each other. */
struct orphan {
	bool		 leads;		/* answers, serves its local clock */
	uint8_t		 id[4];		/* reference id of its address */
};

/*
 * Which of the N OTHERS is to be followed by who is known as OWN: that with
 * the lowest id, if it is below OWN.  N if there is none.  Pure.
 */
size_t	 local_leader(const uint8_t own[4], const struct orphan *others,
	    size_t n);

/* There is a new e->setup: check what it says of the local clock. */
void	 local_configure(struct engine *e, struct instant now);

/* See what has changed: to be called after everything else in a turn. */
void	 local_run(struct engine *e, struct instant now);

/*
 * May A's answer PKT, which is not yet in A, count in the vote?  If not, its
 * samples are forgotten.
 */
bool	 local_admits(struct engine *e, struct association *a,
	    const struct ntp_packet *pkt, struct instant now);

/* Let *S, what is believed, be what is served and reported. */
void	 local_serve(const struct engine *e, struct system *s);

/* report.c: ntpctl */

void	 report_status(struct engine *e, uint32_t id, struct instant now);
void	 report_peers(struct engine *e, uint32_t id, struct instant now);

#endif
