/*
 * What ntpctl asks and ntpd answers: fixed records in imsg frames over the
 * control socket.  Both ends check version and length, so that a daemon and
 * an ntpctl of different builds say so instead of misunderstanding.
 */
#ifndef COMMON_CONTROL_H
#define COMMON_CONTROL_H

#include <stdint.h>

#include "addr.h"
#include "counters.h"
#include "reason.h"

#define CONTROL_VERSION		4
#define CONTROL_SOCKET		"/run/ntpd.sock"
#define CONTROL_NAME_LEN	256

/* Types of the frames: requests of ntpctl, then records of ntpd. */
enum control_type {
	CONTROL_GET_STATUS = 1,	/* answered by STATUS, END */
	CONTROL_GET_PEERS,	/* answered by PEER ..., END */
	CONTROL_GET_SERVER,	/* answered by SERVER, END */
	CONTROL_GET_CLIENTS,	/* answered by CLIENTS, END, or REFUSED */
	CONTROL_STATUS = 16,	/* struct control_status */
	CONTROL_PEER,		/* struct control_peer */
	CONTROL_END,		/* struct control_end */
	CONTROL_BUSY,		/* struct control_end: too many at once */
	CONTROL_SERVER,		/* struct control_server */
	CONTROL_CLIENTS,	/* struct control_clients */
	CONTROL_REFUSED		/* struct control_end: only root may ask */
};

/* The payload of every request. */
struct control_request {
	uint32_t	 version;	/* CONTROL_VERSION */
	uint32_t	 reserved;	/* 0 */
};

struct control_end {
	uint32_t	 version;
	uint32_t	 records;	/* that came before */
};

/* What the daemon does next, for people. */
enum control_next {
	NEXT_NO_SERVERS,	/* none configured: nothing to do */
	NEXT_RESOLVE,		/* waits for the names of servers */
	NEXT_FIRST_ANSWERS,	/* waits for first answers */
	NEXT_MAJORITY,		/* answers disagree: waits for a majority */
	NEXT_CONFIRM,		/* corrects a large offset if it stays */
	NEXT_STEP,		/* is about to step */
	NEXT_SLEW,		/* slews, for next_in seconds more */
	NEXT_POLL,		/* asks the next server in next_in seconds */
	NEXT_UNUSABLE		/* likewise; those that answer cannot be used */
};

/*
 * Why the clock is not synchronized to a server, the first of these that is
 * true; ntpctl(8) says what each means.
 */
enum control_why {
	WHY_SYNCHRONIZED,	/* it is */
	WHY_NO_SERVERS,		/* none is configured */
	WHY_NO_ADDRESS,		/* no server's name has an address */
	WHY_ORPHANS,		/* only orphans answer, one is followed */
	WHY_STEPPING,		/* it is being set */
	WHY_LIMIT,		/* it is off by more than the step limit */
	WHY_CONFIRM,		/* it is off; waits for why_in s */
	WHY_READ_ONLY,		/* it is off, and -x leaves it so */
	WHY_OFFSET,		/* it is off, which is being corrected */
	WHY_BOUND,		/* it may be off by too much */
	WHY_NO_ANSWER,		/* no server has answered */
	WHY_UNUSABLE,		/* those that answer cannot be used */
	WHY_WAITING,		/* for other servers, why_in s at most */
	WHY_NO_MAJORITY,	/* of the servers agrees */
	WHY_FEW_ANSWERS		/* it takes some of each server */
};

/* What the local clock, without a server, has to do with what is served. */
enum control_local {
	CONTROL_LOCAL_OFF,	/* nothing */
	CONTROL_LOCAL_SERVED,	/* it is what is served */
	CONTROL_LOCAL_FOLLOWS	/* that of another orphan is followed */
};

/* What the daemon makes of its servers; ntpctl(8) says what each means. */
enum control_state {
	CONTROL_STARTING,
	CONTROL_FOLLOWING,
	CONTROL_IN_DOUBT,
	CONTROL_COASTING,
	CONTROL_BEGINNING_AGAIN
};

struct control_status {
	uint32_t	 version;
	uint8_t		 synchronized;	/* 0, 1 */
	uint8_t		 leap;		/* enum ntp_leap, as served */
	uint8_t		 stratum;	/* as served; 16: nothing is */
	uint8_t		 read_only;	/* 1: -x */
	uint8_t		 refid[4];
	uint8_t		 next;		/* enum control_next */
	uint8_t		 listening;	/* 1: serves time */
	uint8_t		 local;		/* enum control_local */
	uint8_t		 state;		/* enum control_state */
	uint8_t		 why;		/* enum control_why */
	uint8_t		 serving;	/* 1: a socket is open for clients */
	uint16_t	 reserved;
	/* Of these each includes the next. */
	uint32_t	 peers;		/* servers, as many as peer records */
	uint32_t	 reachable;	/* answered one of eight requests */
	uint32_t	 usable;	/* so that it can be used */
	uint32_t	 truechimers;	/* and the answer agrees */

	uint32_t	 voters;	/* that would be, if there were one */
	uint32_t	 cluster;	/* of these agree, at most */
	uint32_t	 refused;	/* adjustments the parent refused */
	double		 offset;	/* s, true - clock; < 0: it is ahead */
	double		 error;		/* s, standard error of that */
	double		 likely;	/* s, |clock - true| is below this in
					   99 % of the time */
	double		 certain;	/* s, ... if a majority of the servers
					   is right */
	double		 frequency;	/* ppm the clock is corrected by */
	double		 frequency_error; /* ppm, standard error of that */
	double		 root_delay;	/* s */
	double		 root_dispersion; /* s */
	double		 updated_ago;	/* s since last updated; < 0: never */
	double		 next_in;	/* s */
	double		 why_in;	/* s, for CONFIRM and WAITING */
	double		 spread;	/* s, between the voters */
	double		 step_limit;	/* s */
	double		 slewing;	/* ppm of the present slew; 0: none */
	struct addr	 system_addr;	/* of the system peer, or ADDR_NONE */
	char		 system_peer[CONTROL_NAME_LEN];	/* name, or "" */
};

enum control_peer_state {
	PEER_STATE_RESOLVING,	/* waits for an address */
	PEER_STATE_STARTING,	/* quick start */
	PEER_STATE_POLLING,
	PEER_STATE_DENIED,	/* the server sent DENY or RSTR */
	PEER_STATE_SELF		/* the address leads to this machine itself */
};

/* The state of a source in the selection, the tally mark in brackets. */
enum control_tally {
	TALLY_UNUSABLE,		/* ' ' no usable samples */
	TALLY_FALSETICKER,	/* 'x' */
	TALLY_OUTLIER,		/* '-' truechimer, but not combined */
	TALLY_COMBINED,		/* '+' */
	TALLY_SYSTEM_PEER	/* '*' */
};

struct control_peer {
	uint32_t	 version;
	uint8_t		 tally;		/* enum control_tally */
	uint8_t		 state;		/* enum control_peer_state */
	uint8_t		 stratum;	/* 16: unknown */
	uint8_t		 leap;
	uint8_t		 refid[4];
	uint8_t		 reach;		/* last eight polls, newest lowest */
	int8_t		 poll;		/* log2 s */
	uint8_t		 weight;	/* 1 to 10 */
	uint8_t		 trusted;	/* 0, 1 */
	uint8_t		 has_sample;	/* there are offset, delay, jitter */
	uint8_t		 pool;		/* 1: of a servers statement */
	uint8_t		 interleaved;	/* 1: the last answer was */
	uint8_t		 reason;	/* enum reason: why it cannot be used */
	int32_t		 code;		/* for UNSENDABLE errno, for UNRESOLVED
					   getaddrinfo(3)'s error; else 0 */
	uint32_t	 sent;		/* requests */
	uint32_t	 received;	/* answers that passed the tests */
	uint32_t	 rejected;	/* answers that did not */
	double		 when;		/* s since last answer; < 0: never */
	double		 next_in;	/* s until the next request */
	double		 offset;	/* s, server - clock */
	double		 delay;		/* s */
	double		 jitter;	/* s */
	double		 error;		/* s, standard error of the offset */
	double		 root_delay;	/* s, of the server */
	double		 root_dispersion; /* s, of the server */
	struct addr	 addr;		/* ADDR_NONE while not resolved */
	char		 name[CONTROL_NAME_LEN]; /* as configured */
};

/* The server processes, all together. */
struct control_server {
	uint32_t	 version;
	uint32_t	 workers;	/* processes; 0: ntpd does not listen */
	uint32_t	 counted;	/* that answered; the rest is theirs */
	uint32_t	 reserved;
	uint64_t	 sockets;	/* that they listen on */
	struct server_counters counters;	/* since they were started */
};

/* Those of their clients that ask most, the most first. */
struct control_clients {
	uint32_t	 version;
	uint32_t	 workers;	/* as above */
	uint32_t	 counted;
	uint32_t	 n;		/* of list, CLIENTS_SHOWN at most */
	struct client_count list[CLIENTS_SHOWN];
};

#endif
