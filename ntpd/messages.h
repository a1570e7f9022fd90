/*
 * Every message between the processes of ntpd.  The table says who may send
 * what to whom and when, how long it is and whether it brings a descriptor;
 * process.c checks that, so that handlers see nothing else.
 *
 * Numbers in payloads are still the sender's word: the receiver checks their
 * range before it uses them.
 */
#ifndef NTPD_MESSAGES_H
#define NTPD_MESSAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/control.h"
#include "common/cookie.h"
#include "common/ke.h"
#include "common/ntptime.h"
#include "common/siphash.h"
#include "ntpd/config_shared.h"
#include "ntpd/processes.h"

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

struct engine_setup {
	uint8_t		 read_only;	/* -x */
	uint8_t		 listening;	/* there are servers to inform */
	uint8_t		 has_drift;	/* frequency is from the drift file */
	uint8_t		 local_stratum;	/* of the last resort; 0: none */
	uint8_t		 local_orphan;	/* 1: agree on one with the others */
	uint8_t		 authentication; /* enum authentication */
	uint8_t		 reserved[6];
	uint32_t	 nservers;	/* ENGINE_SERVER before it */
	double		 step_threshold; /* s */
	double		 frequency;	/* s/s, the clock is corrected by now */
	double		 frequency_error; /* s/s, standard error */
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
	uint8_t		 reserved[4];
	int64_t		 at;		/* when: CLOCK_MONOTONIC, ns */
	double		 esterror;	/* s */
	double		 maxerror;	/* s; also while not synchronized */
	double		 offset;	/* s, true - clock; for STATUS= */
	char		 system_peer[CONTROL_NAME_LEN];	/* for STATUS= */
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
	uint8_t		 reserved;
	uint8_t		 refid[4];
	double		 root_delay;	/* s */
	double		 root_dispersion; /* s, at the reference time */
	double		 dispersion_rate; /* s/s it grows by after that */
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
 * What a sensor process is to read: a device that it is given, or a segment of
 * shared memory that it attaches itself.
 */
struct sensor_device {
	uint8_t		 kind;		/* enum sensor_kind */
	uint8_t		 falling;	/* as in struct config_sensor */
	uint8_t		 tai;
	uint8_t		 reserved;
	uint32_t	 unit;		/* of shared memory */
	char		 name[CONFIG_NAME_LEN];	/* for the log */
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
	char		 ca[CONFIG_PATH_LEN];	/* whom to believe; "": usual */
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

/* For messages that say all by their type. */
struct no_payload {
	uint8_t		 nothing;	/* 0 */
};

/* When a message is legal on its channel. */
enum moment {
	BEFORE_FIRST,		/* any number, before that */
	AT_FIRST,		/* once, before all others */
	ANYTIME,		/* after that */
	CONFIGURES,		/* as well; it makes the channel configured */
	WHEN_CONFIGURED		/* only then */
};

/* Does a message bring a descriptor? */
enum message_fd { NO_FD, WITH_FD };

/*
 * What a process is sent, and its function that takes it.
 *
 *	name		  from	    to	      payload
 *	fd, when, handler						*/
#define TO_PARENT(MESSAGE)						\
MESSAGE(CHILD_ENDED,	  LAUNCHER, PARENT,   struct child_ended,	\
	NO_FD,   ANYTIME, child_ended)					\
MESSAGE(LAUNCHER_ALIVE,	  LAUNCHER, PARENT,   struct no_payload,	\
	NO_FD,   ANYTIME, launcher_alive)				\
MESSAGE(CHILD_STARTED,	  LAUNCHER, PARENT,   struct child_started,	\
	NO_FD,   ANYTIME, child_started)				\
MESSAGE(ENGINE_ALIVE,	  ENGINE,   PARENT,   struct no_payload,	\
	NO_FD,   ANYTIME, engine_alive)					\
MESSAGE(CLOCK_FREQUENCY,  ENGINE,   PARENT,   struct clock_frequency,	\
	NO_FD,   ANYTIME, command_run)					\
MESSAGE(CLOCK_SLEW,	  ENGINE,   PARENT,   struct clock_slew,	\
	NO_FD,   ANYTIME, command_run)					\
MESSAGE(CLOCK_STEP,	  ENGINE,   PARENT,   struct clock_step,	\
	NO_FD,   ANYTIME, command_run)					\
MESSAGE(CLOCK_NEW_START,  ENGINE,   PARENT,   struct clock_new_start,	\
	NO_FD,   ANYTIME, command_run)					\
MESSAGE(CLOCK_QUALITY,	  ENGINE,   PARENT,   struct clock_quality,	\
	NO_FD,   ANYTIME, command_run)					\
MESSAGE(STATUS_RECORD,	  ENGINE,   PARENT,   struct control_status,	\
	NO_FD,   ANYTIME, control_answer_status)			\
MESSAGE(PEER_RECORD,	  ENGINE,   PARENT,   struct control_peer,	\
	NO_FD,   ANYTIME, control_answer_peer)				\
MESSAGE(END_RECORD,	  ENGINE,   PARENT,   struct control_end,	\
	NO_FD,   ANYTIME, control_answer_end)				\
MESSAGE(BINDER_STATE,	  BINDER,   PARENT,   struct binder_state,	\
	NO_FD,   ANYTIME, binder_state)					\
MESSAGE(BINDER_OWN,	  BINDER,   PARENT,   struct own_refids,	\
	NO_FD,   ANYTIME, binder_own)					\
MESSAGE(KE_COUNTERS,	  KE,	    PARENT,   struct server_counters,	\
	NO_FD,   ANYTIME, serving_count)				\
MESSAGE(SERVER_CLIENTS,	  SERVER,   PARENT,   struct server_clients,	\
	NO_FD,   ANYTIME, take_counters)				\
MESSAGE(SERVER_COUNTERS,  SERVER,   PARENT,   struct server_report,	\
	NO_FD,   ANYTIME, take_counters)				\
MESSAGE(DOUBT_CONSTRAINTS, ENGINE,  PARENT,   struct no_payload,	\
	NO_FD,   ANYTIME, constraints_doubted)				\
MESSAGE(HTTPS_RESOLVED,	  RESOLVER, PARENT,   struct resolve_reply,	\
	NO_FD,   ANYTIME, take_addresses)				\
MESSAGE(NTS_ASK,	  ENGINE,   PARENT,   struct nts_question,	\
	NO_FD,   ANYTIME, nts_ask)					\
MESSAGE(TLS_KEYS,	  TLS,	    PARENT,   struct nts_keys,		\
	NO_FD,   ANYTIME, nts_answer)					\
MESSAGE(TLS_DATE,	  TLS,	    PARENT,   struct tls_date,		\
	NO_FD,   ANYTIME, take_date)					\
MESSAGE(SENSOR_LOST,	  SENSOR,   PARENT,   struct no_payload,	\
	NO_FD,   ANYTIME, sensor_lost)					\
MESSAGE(CONTROL_ALIVE,	  CONTROL,  PARENT,   struct no_payload,	\
	NO_FD,   ANYTIME, control_alive)				\
MESSAGE(ASK_STATUS,	  CONTROL,  PARENT,   struct no_payload,	\
	NO_FD,   ANYTIME, control_ask_engine)				\
MESSAGE(ASK_PEERS,	  CONTROL,  PARENT,   struct no_payload,	\
	NO_FD,   ANYTIME, control_ask_engine)				\
MESSAGE(ASK_SERVER,	  CONTROL,  PARENT,   struct no_payload,	\
	NO_FD,   ANYTIME, control_ask_servers)				\
MESSAGE(ASK_CLIENTS,	  CONTROL,  PARENT,   struct no_payload,	\
	NO_FD,   ANYTIME, control_ask_servers)				\
MESSAGE(ASK_PROCESSES,	  CONTROL,  PARENT,   struct no_payload,	\
	NO_FD,   ANYTIME, control_ask_processes)

/* For each child two: its standard error, and the channel that starts it. */
#define TO_LAUNCHER(MESSAGE)						\
MESSAGE(LAUNCH_LOG,	  PARENT,   LAUNCHER, struct no_payload,	\
	WITH_FD, ANYTIME, keep_log)					\
MESSAGE(LAUNCH,		  PARENT,   LAUNCHER, struct child_name,	\
	WITH_FD, ANYTIME, start)					\
MESSAGE(KILL,		  PARENT,   LAUNCHER, struct child_name,	\
	NO_FD,   ANYTIME, end_child)					\
MESSAGE(LAUNCHER_ASK,	  PARENT,   LAUNCHER, struct no_payload,	\
	NO_FD,   ANYTIME, say_alive)

#define TO_BINDER(MESSAGE)						\
MESSAGE(BINDER_CHANNEL,	  PARENT,   BINDER,   struct child_name,	\
	WITH_FD, ANYTIME, connect_server)				\
MESSAGE(BINDER_SETUP,	  PARENT,   BINDER,   struct binder_setup,	\
	NO_FD,   ANYTIME, configure)					\
MESSAGE(SERVER_LISTENS,	  SERVER,   BINDER,   struct no_payload,	\
	NO_FD,   ANYTIME, socket_taken)

/*
 * First the certificate's file, then that of its key; they are taken up
 * together.  KE_CLOSE is about all sockets listened on so far.
 */
#define TO_KE(MESSAGE)							\
MESSAGE(KE_RATELIMIT,	  PARENT,   KE,	      struct config_ratelimit,	\
	NO_FD,   ANYTIME, take_limit)					\
MESSAGE(KE_ACCESS,	  PARENT,   KE,	      struct access_part,	\
	NO_FD,   ANYTIME, take_rules)					\
MESSAGE(KE_COOKIES,	  PARENT,   KE,	      struct cookie_keys,	\
	NO_FD,   ANYTIME, take_cookies)					\
MESSAGE(KE_CERTIFICATE,	  PARENT,   KE,	      struct no_payload,	\
	WITH_FD, ANYTIME, take_certificate)				\
MESSAGE(KE_PRIVATE_KEY,	  PARENT,   KE,	      struct no_payload,	\
	WITH_FD, ANYTIME, take_private_key)				\
MESSAGE(KE_CLOSE,	  BINDER,   KE,	      struct no_payload,	\
	NO_FD,   ANYTIME, close_sockets)				\
MESSAGE(KE_LISTEN,	  BINDER,   KE,	      struct ke_socket,		\
	WITH_FD, ANYTIME, take_socket)

#define TO_ENGINE(MESSAGE)						\
MESSAGE(ENGINE_CHANNEL,	  PARENT,   ENGINE,   struct child_name,	\
	WITH_FD, ANYTIME, connect_child)				\
MESSAGE(ENGINE_SERVER,	  PARENT,   ENGINE,   struct config_server,	\
	NO_FD,   ANYTIME, add_server)					\
MESSAGE(ENGINE_OWN,	  PARENT,   ENGINE,   struct own_refids,	\
	NO_FD,   ANYTIME, engine_on_links)				\
MESSAGE(ENGINE_SETUP,	  PARENT,   ENGINE,   struct engine_setup,	\
	NO_FD,   CONFIGURES, configure)					\
MESSAGE(ENGINE_ASK,	  PARENT,   ENGINE,   struct no_payload,	\
	NO_FD,   WHEN_CONFIGURED, say_alive)				\
MESSAGE(CLOCK_STATE,	  PARENT,   ENGINE,   struct clock_state,	\
	NO_FD,   WHEN_CONFIGURED, engine_on_clock_state)		\
MESSAGE(CLOCK_JUMPED,	  PARENT,   ENGINE,   struct clock_jumped,	\
	NO_FD,   WHEN_CONFIGURED, engine_on_jump)			\
MESSAGE(SHOW_STATUS,	  PARENT,   ENGINE,   struct no_payload,	\
	NO_FD,   WHEN_CONFIGURED, engine_show_status)			\
MESSAGE(SHOW_PEERS,	  PARENT,   ENGINE,   struct no_payload,	\
	NO_FD,   WHEN_CONFIGURED, engine_show_peers)			\
MESSAGE(NTS_FORGET,	  PARENT,   ENGINE,   struct no_payload,	\
	NO_FD,   WHEN_CONFIGURED, engine_on_forget)			\
MESSAGE(NTS_KEYS,	  PARENT,   ENGINE,   struct nts_keys,		\
	NO_FD,   WHEN_CONFIGURED, engine_on_keys)			\
MESSAGE(RESOLVED,	  RESOLVER, ENGINE,   struct resolve_reply,	\
	NO_FD,   ANYTIME, engine_on_resolved)				\
MESSAGE(OWN_REQUEST,	  SERVER,   ENGINE,   struct own_request,	\
	NO_FD,   ANYTIME, engine_on_own_request)			\
MESSAGE(SENSOR_SAMPLE,	  SENSOR,   ENGINE,   struct sensor_sample,	\
	NO_FD,   ANYTIME, engine_on_sensor)

#define TO_SERVER(MESSAGE)						\
MESSAGE(SERVER_RATELIMIT, PARENT,   SERVER,   struct config_ratelimit,	\
	NO_FD,   ANYTIME, server_limit)					\
MESSAGE(SERVER_KEYS,	  PARENT,   SERVER,   struct keys_part,		\
	NO_FD,   ANYTIME, server_take_keys)				\
MESSAGE(SERVER_ACCESS,	  PARENT,   SERVER,   struct access_part,	\
	NO_FD,   CONFIGURES, server_restrict)				\
MESSAGE(SERVER_LISTEN,	  BINDER,   SERVER,   struct server_socket,	\
	WITH_FD, ANYTIME, server_listen)				\
MESSAGE(SERVER_KEEP,	  BINDER,   SERVER,   struct server_sockets,	\
	NO_FD,   ANYTIME, server_keep)					\
MESSAGE(SERVER_COOKIES,	  PARENT,   SERVER,   struct cookie_keys,	\
	NO_FD,   ANYTIME, server_take_cookies)				\
MESSAGE(SERVER_SHOW,	  PARENT,   SERVER,   struct server_show,	\
	NO_FD,   WHEN_CONFIGURED, server_show)				\
MESSAGE(SERVER_MARK,	  ENGINE,   SERVER,   struct siphash_key,	\
	NO_FD,   AT_FIRST, server_take_mark)				\
MESSAGE(SNAPSHOT,	  ENGINE,   SERVER,   struct snapshot,		\
	NO_FD,   ANYTIME, server_take_snapshot)

#define TO_RESOLVER(MESSAGE)						\
MESSAGE(RESOLVE,	  ENGINE,   RESOLVER, struct resolve_request,	\
	NO_FD,   ANYTIME, resolve)					\
MESSAGE(RESOLVE_HTTPS,	  PARENT,   RESOLVER, struct resolve_request,	\
	NO_FD,   ANYTIME, resolve)

#define TO_CONTROL(MESSAGE)						\
MESSAGE(CONTROL_ASK,	  PARENT,   CONTROL,  struct no_payload,	\
	NO_FD,   ANYTIME, say_alive)					\
MESSAGE(ANSWER_STATUS,	  PARENT,   CONTROL,  struct control_status,	\
	NO_FD,   ANYTIME, answer)					\
MESSAGE(ANSWER_PEER,	  PARENT,   CONTROL,  struct control_peer,	\
	NO_FD,   ANYTIME, answer)					\
MESSAGE(ANSWER_SERVER,	  PARENT,   CONTROL,  struct control_server,	\
	NO_FD,   ANYTIME, answer)					\
MESSAGE(ANSWER_CLIENTS,	  PARENT,   CONTROL,  struct control_clients,	\
	NO_FD,   ANYTIME, answer)					\
MESSAGE(ANSWER_PROCESS,	  PARENT,   CONTROL,  struct control_process,	\
	NO_FD,   ANYTIME, answer)					\
MESSAGE(ANSWER_END,	  PARENT,   CONTROL,  struct control_end,	\
	NO_FD,   ANYTIME, answer)					\
MESSAGE(ANSWER_BUSY,	  PARENT,   CONTROL,  struct control_end,	\
	NO_FD,   ANYTIME, answer)

/* One of them is its device; another comes when that was lost. */
#define TO_SENSOR(MESSAGE)						\
MESSAGE(SENSOR_DEVICE,	  PARENT,   SENSOR,   struct sensor_device,	\
	WITH_FD, ANYTIME, take_device)					\
MESSAGE(SENSOR_MEMORY,	  PARENT,   SENSOR,   struct sensor_device,	\
	NO_FD,   ANYTIME, take_device)

/* Each of these is the only one that comes after the setup. */
#define TO_TLS(MESSAGE)							\
MESSAGE(TLS_ASK_DATE,	  PARENT,   TLS,      struct tls_task,		\
	NO_FD,   ANYTIME, tls_date)					\
MESSAGE(TLS_ASK_KEYS,	  PARENT,   TLS,      struct tls_task,		\
	NO_FD,   ANYTIME, tls_keys)

/* child_begin() takes what comes at first; PROCESSES stands for all. */
#define MESSAGES(MESSAGE)						\
MESSAGE(CHILD_FD,	  PARENT,   PROCESSES, struct no_payload,	\
	WITH_FD, BEFORE_FIRST, NULL)					\
MESSAGE(CHILD_SETUP,	  PARENT,   PROCESSES, struct child_setup,	\
	NO_FD,   AT_FIRST, NULL)					\
TO_PARENT(MESSAGE) TO_LAUNCHER(MESSAGE) TO_BINDER(MESSAGE)		\
TO_ENGINE(MESSAGE) TO_SERVER(MESSAGE) TO_RESOLVER(MESSAGE)		\
TO_CONTROL(MESSAGE) TO_KE(MESSAGE) TO_SENSOR(MESSAGE) TO_TLS(MESSAGE)

enum message_type {
	MESSAGE_NONE,
#define MESSAGE_TYPE(name, ...)		MSG_##name,
	MESSAGES(MESSAGE_TYPE)
	MESSAGE_COUNT
};

#endif
