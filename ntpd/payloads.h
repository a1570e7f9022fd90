/*
 * What the messages between the processes of ntpd say; messages.h has the
 * messages themselves.
 *
 * Numbers here are the sender's word: the receiver checks their range before it
 * uses them.
 */
#ifndef NTPD_PAYLOADS_H
#define NTPD_PAYLOADS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/counters.h"
#include "common/ke.h"
#include "common/ntptime.h"
#include "ntpd/config_shared.h"

/*
 * The first message to every child: how to live.  What processes.h says that
 * it is given comes before, each by a CHILD_FD: so it has that before it is
 * confined, and its filter of system calls can name it.
 */
struct child_setup {
	uint32_t	 uid, gid;
	int32_t		 verbose;
	uint32_t	 reserved;	/* 0 */
	char		 root[CONFIG_PATH_LEN];	/* of the chroot */
};

/* A child, as the others speak of it. */
struct child_name {
	uint32_t	 process;	/* enum process */
	uint32_t	 instance;
};

struct child_ended {
	struct child_name name;
	int32_t		 pid;
	int32_t		 status;	/* of waitpid(2) */
};

struct child_started {
	struct child_name name;
	int32_t		 pid;
};

/* A network card that may stamp packets. */
struct engine_card {
	uint32_t	 sensor;	/* 1: they shall stamp */
	uint32_t	 interface;	/* its index */
	char		 name[IF_NAMESIZE];
};

struct engine_setup {
	uint8_t		 read_only;	/* -x */
	uint8_t		 listening;	/* there are servers to inform */
	uint8_t		 has_drift;	/* frequency is from the drift file */
	uint8_t		 local_stratum;	/* of the last resort; 0: none */
	uint8_t		 local_orphan;	/* 1: agree on one with the others */
	uint8_t		 authentication; /* enum authentication */
	uint8_t		 reserved[2];
	uint32_t	 ncards;	/* of cards; as at the start */
	uint32_t	 nservers;	/* ENGINE_SERVER before it */
	double		 step_threshold; /* s */
	double		 max_drift;	/* s/s, of the certain bound */
	double		 frequency;	/* s/s, the clock is corrected by now */
	double		 frequency_error; /* s/s, standard error */
	struct engine_card cards[CARDS_MOST];
};

#define OWN_REFIDS_MOST	512

/*
 * By which reference ids others may know this machine that have their time
 * from it by IPv6.  Those of IPv4 are the addresses themselves.
 */
struct own_refids {
	uint32_t	 count;		/* of refids */
	uint8_t		 refids[OWN_REFIDS_MOST][4];
};

/* A frequency with a larger error than this, s/s, counts as unknown. */
#define CLOCK_FREQUENCY_ERROR	1e-3

/* The base frequency: what corrects the oscillator. */
struct clock_frequency {
	double		 frequency;	/* s/s */
	double		 error;		/* s/s, standard, for the drift file */
	uint8_t		 provisional;	/* 1: not for the drift file */
	uint8_t		 reserved[7];
};

/* Run RATE faster than the base frequency for DURATION, then stop. */
struct clock_slew {
	double		 rate;		/* s/s */
	double		 duration;	/* s of the oscillator */
};

struct clock_step {
	double		 by;		/* s */
};

/*
 * All servers see the clock late at once, as if the machine had been paused:
 * it is to be stepped forward.
 */
struct clock_new_start {
	double		 by;		/* s */
};

/* What the kernel is to tell who asks it (adjtimex(2)). */
struct clock_quality {
	uint8_t		 synchronized;
	uint8_t		 stratum;
	uint8_t		 leap;		/* enum ntp_leap, as announced */
	uint8_t		 disrupted;	/* the clock has changed by itself */
	uint8_t		 has_marker;	/* 1: the hypervisor has one */
	uint8_t		 smeared;	/* the time is one without leap seconds,
					   all servers smear this one */
	uint8_t		 reserved[2];
	int64_t		 at;		/* when: CLOCK_MONOTONIC, ns */
	double		 esterror;	/* s */
	double		 maxerror;	/* s; also while not synchronized */
	double		 offset;	/* s, true - clock; for STATUS= */
	double		 drift;		/* s/s, by which the errors grow */
	uint64_t	 marker;	/* it was that for what is said here */
	char		 system_peer[CONFIG_NAME_LEN];	/* for STATUS= */
};

/* What the clock really does, after every command and at a slew's end. */
struct clock_state {
	double		 frequency;	/* s/s, the base the kernel took */
	double		 slew;		/* s/s on top of it, 0: none */
	double		 slew_left;	/* s */
	double		 step_back;	/* s, the clock may be stepped so far */
	double		 step_forward;	/* s; 0: not at all; finite, as all */
	double		 step_limit;	/* s, as configured, CONFIG_NO_LIMIT */
	uint32_t	 refused;	/* commands, since the start */
	uint8_t		 was_synchronized; /* at some time since the start */
	uint8_t		 answers_step;	/* this answers a CLOCK_STEP */
	uint8_t		 constraint;	/* enum control_constraints */
	uint8_t		 voters;	/* servers that have to agree first */
	double		 low, high;	/* s, by which the clock is off by the
					   constraints, if they are KNOWN */
};

/* The clock was set or stood still, not by us: everything starts anew. */
struct clock_jumped {
	double		 by;		/* s, as far as is known; 0: unknown */
};

#define RESOLVE_MAX	16	/* addresses of a name that are looked at */

struct resolve_request {
	char		 name[CONFIG_NAME_LEN];
	uint8_t		 brief;		/* 1: other names wait, try briefly */
	uint8_t		 reserved[7];
};

struct resolve_reply {
	uint32_t	 count;		/* of addrs; 0: failed */
	int32_t		 error;		/* of getaddrinfo(3), 0: none */
	struct addr	 addrs[RESOLVE_MAX];	/* ports are 0 */
};

/* All that a server knows of time; the rest is its own clock. */
struct snapshot {
	uint8_t		 leap;		/* enum ntp_leap */
	uint8_t		 stratum;	/* 16: unsynchronized */
	int8_t		 precision;	/* log2 s */
	int8_t		 smear;		/* the change of a leap second: 1, -1,
					   0: none is to be smeared */
	uint8_t		 refid[4];
	double		 root_delay;	/* s */
	double		 root_dispersion; /* s, at the reference time */
	double		 dispersion_rate; /* s/s it grows by after that */
	int64_t		 smear_at;	/* s since 1970: that one has passed */
	struct ntptime	 reference;	/* CLOCK_REALTIME of the last update */
};

/* A request with our mark that has come to a server of ours. */
struct own_request {
	struct ntptime	 transmit;	/* timestamp in it */
};

/* What is to be listened on: the listen statements, and what concerns them. */
struct binder_setup {
	uint32_t	 nlisteners;	/* of listeners, none covers another */
	uint32_t	 servers;	/* processes: clients are spread over */
	uint8_t		 prefix4;	/* bits that make one client */
	uint8_t		 prefix6;
	uint8_t		 xleave;	/* interleaved mode, too */
	uint8_t		 overlaps;	/* some have a port in common */
	uint8_t		 nts;		/* 1: keys are agreed on there, too */
	uint8_t		 reserved[3];
	struct config_listener listeners[CONFIG_MAX_LISTENERS];
};

/* Is there a socket that clients are answered on? */
struct binder_state {
	uint8_t		 listens;
};

/* One socket for a server to answer on, identified by the message's id. */
struct server_socket {
	uint32_t	 family;	/* enum addr_family */
	uint8_t		 xleave;	/* it is made for interleaved mode */
	uint8_t		 bound;		/* to an IPv4 address of a host */
	uint8_t		 reserved[2];
};

/* One socket where keys are agreed on. */
struct ke_socket {
	uint16_t	 ntp_port;	/* of the server they are for */
};

/* A server's sockets, at most: two families for each listen statement. */
#define SERVER_MAX_SOCKETS	64

/* The sockets that a server is to keep; it closes all others. */
struct server_sockets {
	uint32_t	 n;		/* of ids */
	uint32_t	 ids[SERVER_MAX_SOCKETS];
};

#define ACCESS_PART	200	/* rules in a message */

/* A part of the rules who may ask; with the last one they take effect. */
struct access_part {
	uint16_t	 total;		/* rules in all parts */
	uint16_t	 first;		/* in this part, from 0 */
	uint16_t	 count;		/* in this part */
	uint16_t	 reserved;
	struct config_rule rules[ACCESS_PART];
};

#define KEYS_PART	50	/* keys in a message */

/* A part of the keys of clients; with the last one they take effect. */
struct keys_part {
	uint16_t	 total;		/* keys in all parts */
	uint16_t	 first;		/* in this part, from 0 */
	uint16_t	 count;		/* in this part */
	uint16_t	 reserved;
	struct mac_key	 keys[KEYS_PART]; /* by their ids */
};

/* What a server has to say of itself. */
struct server_report {
	uint32_t	 sockets;	/* that it listens on */
	uint32_t	 reserved;
	struct server_counters counters; /* since it was started */
};

/* What ke has to say of itself. */
struct ke_report {
	struct server_counters counters; /* since it was started */
	int64_t		 valid_until;	/* its certificate, Unix time; or 0 */
};

/* What is asked of a server. */
struct server_show {
	uint8_t		 clients;	/* 1: SERVER_CLIENTS first */
};

/* Those of its clients that ask most. */
struct server_clients {
	uint32_t	 n;		/* of list */
	struct client_count list[CLIENTS_SHOWN];
};

/*
 * TAI - UTC is AHEAD s from FROM until UNTIL, s since 1970, as the list of leap
 * seconds says; 0: there is no list.
 */
struct sensor_tai {
	int64_t		 from, until;
	int64_t		 ahead;
};

/*
 * What a sensor process is to read: a device that it is given, or a segment of
 * shared memory that it attaches itself.
 */
struct sensor_device {
	uint8_t		 kind;		/* enum sensor_kind */
	uint8_t		 falling;	/* as in struct config_sensor */
	uint8_t		 tai;
	uint8_t		 of_interface;
	uint32_t	 unit;		/* of shared memory */
	struct sensor_tai list;		/* if tai; else zeros */
	char		 name[CONFIG_NAME_LEN];	/* for the log */
};

/* Which one is to be opened for a sensor. */
struct sensor_opening {
	struct sensor_device device;
	char		 path[CONFIG_PATH_LEN]; /* or of_interface: its name */
};

/* What came of that. */
struct sensor_opened {
	uint32_t	 error;		/* of errno; 0: it is open */
};

/* Whose card is to stamp packets. */
struct stamp_order {
	char		 interface[IF_NAMESIZE];
};

/* What a reference clock has said: when RAW was read it was TRUTH. */
struct sensor_sample {
	int64_t		 raw;		/* ns, CLOCK_MONOTONIC_RAW */
	int64_t		 truth;		/* ns since 1970 */
	double		 error;		/* s, that it says it may be off by */
	uint8_t		 leap;		/* enum ntp_leap */
	uint8_t		 pulse;		/* 1: which second is not known */
	uint8_t		 reserved[6];
};

#define SENSOR_MOST_ERROR	1.0	/* s; one that says more is none */

/* The hypervisor changes it when the machine was moved, restored or paused. */
struct sensor_marker {
	uint64_t	 marker;
};

#define TLS_WHY_LEN	160

/* When certificates have to be valid. */
enum tls_dates {
	DATES_BY_CLOCK,		/* now, by our clock */
	DATES_AT,		/* at a time that the task has */
	DATES_LATER		/* the result says when all of them are */
};

/*
 * An exchange by TLS: with which server, and how long it may take.  What is to
 * be done says the type of the message.
 */
struct tls_task {
	char		 name[CONFIG_NAME_LEN];	/* in its certificate */
	char		 path[CONFIG_URL_LEN];	/* of its URL, "/" at least */
	char		 ca[CONFIG_PATH_LEN];	/* authorities; "": usual */
	struct addr	 addr;		/* the only one to talk to */
	uint32_t	 dates;		/* enum tls_dates; not of a Date */
	uint32_t	 reserved;	/* 0 */
	int64_t		 at;		/* s since 1970, for DATES_AT */
	double		 seconds;
};

/* The server's time by its Date header, or why there is none. */
struct tls_date {
	int64_t		 unix_time;	/* s; 0: none */
	char		 why[TLS_WHY_LEN];	/* for the log */
};

/* The engine wants keys from the NTS server NAME, at ADDR. */
struct nts_question {
	char		 name[CONFIG_NAME_LEN];	/* as in its statement */
	struct addr	 addr;
};

enum nts_outcome {
	NTS_AGREED,
	NTS_UNREACHABLE,	/* no connection came about */
	NTS_REFUSED,		/* what came over it will not do */
	NTS_BUSY		/* too many exchanges: nobody was asked */
};

/* Keys and cookies that it agreed on, or why there are none. */
struct nts_keys {
	uint32_t	 outcome;	/* enum nts_outcome */
	struct ke_answer answer;	/* AGREED; untrusted */
	uint8_t		 c2s[AEAD_KEY_MOST], s2c[AEAD_KEY_MOST];
	uint32_t	 unproven;	/* 1: not valid by our clock, but */
	uint32_t	 reserved;	/* 0 */
	int64_t		 first, last;	/* then, s since 1970 */
	char		 why[TLS_WHY_LEN];	/* for the log */
};

/* Which page of the history is wanted. */
struct history_page {
	uint32_t	 from;		/* number of its first record */
};

/* The engine has done what root wants. */
struct operator_done {
	uint32_t	 count;		/* of servers that it was about */
};

/* For messages that say all by their type. */
struct no_payload {
	uint8_t		 nothing;	/* 0 */
};

#endif
