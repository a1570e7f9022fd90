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
#include "mac.h"
#include "reason.h"

/*
 * Raise it with the first change since a release to what a request or a record
 * consists of or to what a number in it means: a new member or a new value of
 * an enumeration, for example.  The end of this file notices.
 */
#define CONTROL_VERSION		4
#define CONTROL_SOCKET		"/run/ntpd/ntpd.sock"
#define CONTROL_NAME_LEN	256

/* Types of the frames: requests of ntpctl, then records of ntpd. */
enum control_type {
	CONTROL_GET_STATUS = 1,	/* answered by STATUS, END */
	CONTROL_GET_PEERS,	/* answered by PEER ..., END */
	CONTROL_GET_SERVER,	/* answered by SERVER, END */
	CONTROL_GET_CLIENTS,	/* answered by CLIENTS, END, or REFUSED */
	CONTROL_GET_PROCESSES,	/* answered by PROCESS ..., END */
	CONTROL_GET_HISTORY,	/* answered by a page of POINT ..., END */
	CONTROL_GET_SAMPLES,	/* answered by a page of SAMPLE ..., END */
	CONTROL_STATUS = 16,	/* struct control_status */
	CONTROL_PEER,		/* struct control_peer */
	CONTROL_END,		/* struct control_end */
	CONTROL_BUSY,		/* struct control_end: too many at once */
	CONTROL_SERVER,		/* struct control_server */
	CONTROL_CLIENTS,	/* struct control_clients */
	CONTROL_REFUSED,	/* struct control_end: only root may ask */
	CONTROL_PROCESS,	/* struct control_process */
	CONTROL_POINT,		/* struct control_point */
	CONTROL_SAMPLE		/* struct control_sample */
};

/* The payload of every request. */
struct control_request {
	uint32_t	 version;	/* CONTROL_VERSION */
	uint32_t	 from;		/* number of the first record of a */
					/* page; 0 where there are no pages */
};

struct control_end {
	uint32_t	 version;
	uint32_t	 records;	/* that came before */
};

/*
 * The enumerations of the records, each once: the constants, and the words that
 * stand for them in JSON (ntpctl/record.c).  Each ends with a list of its
 * values, from 0; ntpctl(8) says what they mean.
 */
#define CONTROL_VALUE(value, word)	value,

/* What the daemon does next. */
#define CONTROL_NEXTS(WORD)						\
WORD(NEXT_NO_SERVERS,	no_servers)	/* none configured: nothing to do */ \
WORD(NEXT_RESOLVE,	resolve)	/* waits for the names of servers */ \
WORD(NEXT_FIRST_ANSWERS, first_answers)	/* waits for first answers */	\
WORD(NEXT_MAJORITY,	majority)	/* answers disagree: waits for one */ \
WORD(NEXT_CONFIRM,	confirm)	/* corrects an offset if it stays */ \
WORD(NEXT_STEP,		step)		/* is about to step */		\
WORD(NEXT_SLEW,		slew)		/* slews, for next_in seconds more */ \
WORD(NEXT_POLL,		poll)		/* asks a server in next_in seconds */ \
WORD(NEXT_UNUSABLE,	unusable)	/* so; none that answers can be used */

enum control_next { CONTROL_NEXTS(CONTROL_VALUE) };

/* Why the clock is not synchronized to a server, the first that is true. */
#define CONTROL_WHYS(WORD)						\
WORD(WHY_SYNCHRONIZED,	)		/* it is */			\
WORD(WHY_NO_SERVERS,	no_servers)	/* none is configured */	\
WORD(WHY_NO_ADDRESS,	no_address)	/* no server's name has one */	\
WORD(WHY_ORPHANS,	orphans)	/* only they answer: it follows one */ \
WORD(WHY_STEPPING,	stepping)	/* it is being set */		\
WORD(WHY_LIMIT,		step_limit)	/* it is off by more than that */ \
WORD(WHY_CONFIRM,	confirm)	/* it is off; waits for why_in s */ \
WORD(WHY_READ_ONLY,	read_only)	/* it is off, and -x leaves it so */ \
WORD(WHY_OFFSET,	offset)		/* it is off: being corrected */ \
WORD(WHY_BOUND,		bound)		/* it may be off by too much */	\
WORD(WHY_NO_ANSWER,	no_answer)	/* no server has answered */	\
WORD(WHY_UNUSABLE,	unusable)	/* those that answer are */	\
WORD(WHY_WAITING,	waiting)	/* for others, why_in s at most */ \
WORD(WHY_NO_MAJORITY,	no_majority)	/* of the servers agrees */	\
WORD(WHY_FEW_ANSWERS,	few_answers)	/* it takes some of each server */

enum control_why { CONTROL_WHYS(CONTROL_VALUE) };

/* What the local clock, without a server, has to do with what is served. */
#define CONTROL_LOCALS(WORD)						\
WORD(CONTROL_LOCAL_OFF,	off)		/* nothing */			\
WORD(CONTROL_LOCAL_SERVED, served)	/* it is what is served */	\
WORD(CONTROL_LOCAL_FOLLOWS, follows)	/* that of another orphan is */

enum control_local { CONTROL_LOCALS(CONTROL_VALUE) };

/* What the daemon makes of its servers. */
#define CONTROL_STATES(WORD)						\
WORD(CONTROL_STARTING,	starting)					\
WORD(CONTROL_FOLLOWING,	following)					\
WORD(CONTROL_IN_DOUBT,	in_doubt)					\
WORD(CONTROL_COASTING,	coasting)					\
WORD(CONTROL_BEGINNING_AGAIN, beginning_again)

enum control_state { CONTROL_STATES(CONTROL_VALUE) };

/*
 * What the constraints of ntpd.conf say.  Unless they are known, servers that
 * are held to them cannot set the clock, nor slew it by more than 500 ppm.
 */
#define CONTROL_CONSTRAINTS(WORD)					\
WORD(CONSTRAINTS_NONE,	none)		/* none is configured, or holds */ \
WORD(CONSTRAINTS_ASKING, asking)	/* half or more of them still */ \
WORD(CONSTRAINTS_FAILED, failed)	/* all were asked, none answered */ \
WORD(CONSTRAINTS_SPLIT,	split)		/* no majority of them agrees */ \
WORD(CONSTRAINTS_PAST,	past)		/* one says what cannot be */	\
WORD(CONSTRAINTS_KNOWN,	known)

enum control_constraints { CONTROL_CONSTRAINTS(CONTROL_VALUE) };

#define CONTROL_PEER_STATES(WORD)					\
WORD(PEER_STATE_RESOLVING, resolving)	/* waits for an address */	\
WORD(PEER_STATE_STARTING, starting)	/* quick start */		\
WORD(PEER_STATE_POLLING, polling)					\
WORD(PEER_STATE_DENIED,	denied)		/* the server sent DENY or RSTR */ \
WORD(PEER_STATE_SELF,	self)		/* the address leads to ourselves */ \
WORD(PEER_STATE_OFF,	off)		/* root has switched it off */

enum control_peer_state { CONTROL_PEER_STATES(CONTROL_VALUE) };

/* The state of a source in the selection, the tally mark in quotes. */
#define CONTROL_TALLIES(WORD)						\
WORD(TALLY_UNUSABLE,	unusable)	/* ' ' no usable samples */	\
WORD(TALLY_FALSETICKER,	falseticker)	/* 'x' */			\
WORD(TALLY_OUTLIER,	outlier)	/* '-' truechimer, not combined */ \
WORD(TALLY_COMBINED,	combined)	/* '+' */			\
WORD(TALLY_SYSTEM_PEER,	system_peer)	/* '*' */

enum control_tally { CONTROL_TALLIES(CONTROL_VALUE) };

/* Why a source has no part in the time, the first that is true. */
#define CONTROL_PEER_WHYS(WORD)						\
WORD(PEER_WHY_USED,	)		/* it has one */		\
WORD(PEER_WHY_REASON,	unusable)	/* as its reason says */	\
WORD(PEER_WHY_FEW,	few_samples)	/* it takes three */		\
WORD(PEER_WHY_UNSTEADY,	unsteady)	/* its samples contradict each other */\
WORD(PEER_WHY_NO_MAJORITY, no_majority)	/* of the servers agrees */	\
WORD(PEER_WHY_DISAGREES, disagrees)	/* the majority says otherwise */ \
WORD(PEER_WHY_APART,	apart)		/* others are more precise */

enum control_peer_why { CONTROL_PEER_WHYS(CONTROL_VALUE) };

/* How the answers of a server are authenticated; the others are dropped. */
#define CONTROL_AUTHS(WORD)						\
WORD(CONTROL_AUTH_NONE,	none)		/* not at all */		\
WORD(CONTROL_AUTH_KEY,	key)		/* with a symmetric key */	\
WORD(CONTROL_AUTH_NTS,	nts)		/* Network Time Security */

enum control_auth { CONTROL_AUTHS(CONTROL_VALUE) };

/* By what our end of the last sample is stamped, packets out and back. */
#define CONTROL_STAMPS(WORD)						\
WORD(STAMPED_NOT,	)		/* a reference clock, or new */	\
WORD(STAMPED_USER,	user)		/* by ntpd, when it read them */ \
WORD(STAMPED_KERNEL,	kernel)						\
WORD(STAMPED_HARDWARE,	hardware)	/* by the network card */

enum control_stamps { CONTROL_STAMPS(CONTROL_VALUE) };

/* The root directory of a process. */
#define CONTROL_ROOTS(WORD)						\
WORD(ROOT_HOST,		host)		/* the machine's */		\
WORD(ROOT_EMPTY,	empty)		/* an empty directory */

enum control_root { CONTROL_ROOTS(CONTROL_VALUE) };

/* What Landlock leaves a process of files. */
#define CONTROL_LANDLOCKS(WORD)						\
WORD(LANDLOCK_MISSING,	)		/* the kernel has none: all */	\
WORD(LANDLOCK_NONE,	none)						\
WORD(LANDLOCK_LOOKUPS,	read)	/* what lookups of names need */ \
WORD(LANDLOCK_RUN_ANY,	run)		/* what its user may, and run */ \
WORD(LANDLOCK_FOLDERS,	folders)	/* those of its few folders */

enum control_landlock { CONTROL_LANDLOCKS(CONTROL_VALUE) };

/*
 * The members of a status, a peer and a process, each once: for the struct,
 * its check (ntpctl/record.c), its JSON (the name is the key, the order is
 * this) and the tests.  INNER ones are not in JSON.  What stands behind the
 * name depends on the kind:
 *
 *	FLAG	0 or 1
 *	WORD	one of an enumeration, by its list of words in record.c
 *	COUNT	a number from 0 to this
 *	LOG2	the same of a power of two, which is what JSON has
 *	REAL	a measurement in this unit; NAN: not known
 *	SPAN	not negative, in this unit; NAN: never, or not known
 *	NAME	a word; "": none
 *	TEXT	words; "": none
 *	ADDRESS	ADDR_NONE: none
 *	REFID	four bytes, which the stratum gives their meaning
 *	CODE	of the system, and what that calls it in JSON
 */
#define CONTROL_STATUS_MEMBERS(MEMBER, INNER)				\
MEMBER(FLAG,	synchronized,	1)					\
MEMBER(WORD,	state,		states)					\
MEMBER(WORD,	local,		locals)					\
MEMBER(NAME,	system_peer,	)					\
MEMBER(ADDRESS,	system_address,	)					\
MEMBER(SPAN,	updated_ago,	s)	/* since it was last corrected */ \
MEMBER(REAL,	offset,		s)	/* true - clock; < 0: it is ahead */ \
MEMBER(REAL,	error,		s)	/* standard error of that */	\
MEMBER(REAL,	likely_bound,	s)	/* |clock - true| is below this in */ \
					/* 99 % of the time */		\
MEMBER(REAL,	certain_bound,	s)	/* if most servers are right */	\
MEMBER(REAL,	frequency,	ppm)	/* the clock is corrected by */	\
MEMBER(REAL,	frequency_error, ppm)	/* standard error of that */	\
MEMBER(REAL,	slewing,	ppm)	/* of the present slew; 0: none */ \
MEMBER(WORD,	leap,		leaps)	/* as served */			\
MEMBER(COUNT,	stratum,	NTP_MAX_STRATUM) /* as served */	\
MEMBER(REFID,	refid,		)					\
MEMBER(REAL,	root_delay,	s)					\
MEMBER(REAL,	root_dispersion, s)					\
	/* Of these each includes the next. */				\
MEMBER(COUNT,	peers,		UINT32_MAX) /* as many as peer records */ \
MEMBER(COUNT,	reachable,	UINT32_MAX) /* answered one of eight */	\
MEMBER(COUNT,	usable,		UINT32_MAX) /* so that it can be used */ \
MEMBER(COUNT,	truechimers,	UINT32_MAX) /* and the answer agrees */	\
MEMBER(FLAG,	listening,	1)	/* serves time */		\
MEMBER(FLAG,	serving,	1)	/* a socket is open for clients */ \
MEMBER(WORD,	next,		nexts)					\
MEMBER(SPAN,	next_in,	s)					\
MEMBER(COUNT,	refused,	UINT32_MAX) /* adjustments, by the parent */ \
MEMBER(SPAN,	step_back,	s)	/* the clock may be set so far */ \
MEMBER(SPAN,	step_forward,	s)	/* NAN: any step */		\
MEMBER(SPAN,	budget_left,	s)	/* that may be moved fast */	\
MEMBER(SPAN,	budget_renewed_in, s)	/* 0: it is whole */		\
MEMBER(FLAG,	read_only,	1)	/* -x */			\
MEMBER(WORD,	constraint,	constraints)				\
MEMBER(REAL,	constraint_offset, s)	/* true - clock, by them */	\
MEMBER(WORD,	why,		whys)					\
INNER(SPAN,	why_in,		s)	/* for CONFIRM and WAITING */	\
INNER(COUNT,	voters,		UINT32_MAX) /* truechimers, if a majority */ \
INNER(COUNT,	cluster,	UINT32_MAX) /* of these agree, at most */ \
INNER(SPAN,	spread,		s)	/* between the voters */	\
INNER(SPAN,	step_limit,	s)

#define CONTROL_PEER_MEMBERS(MEMBER, INNER)				\
MEMBER(NAME,	name,		)	/* as configured */		\
MEMBER(ADDRESS,	address,	)	/* none while not resolved */	\
MEMBER(WORD,	tally,		tallies)				\
MEMBER(WORD,	state,		peer_states)				\
MEMBER(WORD,	reason,		reasons) /* why it cannot be used */	\
MEMBER(CODE,	detail,		)	/* errno for UNSENDABLE, error of */ \
					/* getaddrinfo for UNRESOLVED */ \
MEMBER(COUNT,	stratum,	NTP_MAX_STRATUM) /* 16: unknown */	\
MEMBER(WORD,	leap,		leaps)					\
MEMBER(REFID,	refid,		)					\
MEMBER(SPAN,	when,		s)	/* since the last answer */	\
MEMBER(SPAN,	next_in,	s)	/* until the next request */	\
MEMBER(LOG2,	poll,		17)	/* s, RFC 5905 7.2: MAXPOLL */	\
MEMBER(COUNT,	reach,		0xff)	/* last eight, newest lowest */	\
MEMBER(REAL,	delay,		s)	/* as the next: of a sample */	\
MEMBER(REAL,	offset,		s)	/* server - clock */		\
MEMBER(REAL,	jitter,		s)					\
MEMBER(REAL,	error,		s)	/* standard error of the offset */ \
MEMBER(WORD,	why,		peer_whys) /* it has no part in the time */ \
MEMBER(COUNT,	samples,	UINT32_MAX) /* that it is judged by */	\
MEMBER(SPAN,	span,		s)	/* from the first to the last */ \
MEMBER(REAL,	drift,		ppm)	/* of the estimate, by these alone */ \
MEMBER(REAL,	drift_error,	ppm)	/* standard error of that */	\
MEMBER(SPAN,	distance,	s)	/* true time is so near, it says */ \
MEMBER(REAL,	root_delay,	s)	/* of the server */		\
MEMBER(REAL,	root_dispersion, s)	/* of the server */		\
MEMBER(COUNT,	weight,		10)					\
MEMBER(FLAG,	trusted,	1)	/* counts as authenticated */	\
MEMBER(WORD,	auth,		auths)					\
MEMBER(FLAG,	interleaved,	1)	/* the last answer was */	\
MEMBER(WORD,	stamps,		stamps)	/* of our end */		\
MEMBER(COUNT,	sent,		UINT32_MAX) /* requests */		\
MEMBER(COUNT,	received,	UINT32_MAX) /* good answers */		\
MEMBER(COUNT,	rejected,	UINT32_MAX) /* others */

/* Why it is believed: of a peer as well, but in JSON an object of its own. */
#define CONTROL_AUTH_MEMBERS(MEMBER, INNER)				\
MEMBER(FLAG,	part,		1)	/* it has a part in the time */	\
MEMBER(COUNT,	key,		UINT32_MAX) /* its number; 0: none */	\
MEMBER(WORD,	algorithm,	algorithms) /* of that */		\
MEMBER(COUNT,	cookies,	8)	/* of NTS, that are left */	\
MEMBER(SPAN,	keys_age,	s)	/* of NTS; NAN: there are none */ \
MEMBER(COUNT,	aead,		UINT16_MAX) /* of NTS (RFC 5116); 0: none */ \
MEMBER(TEXT,	keys_error,	)	/* why no NTS keys could be had */ \
MEMBER(COUNT,	unauthentic,	UINT32_MAX) /* answers dropped for that */ \
MEMBER(WORD,	fault,		reasons) /* why the last of these was */

/* What ntpd says of a process; what the kernel knows is asked of the kernel. */
#define CONTROL_PROCESS_MEMBERS(MEMBER)					\
MEMBER(NAME,	process,	)					\
MEMBER(COUNT,	instance,	UINT32_MAX) /* 0 for the first */	\
MEMBER(COUNT,	pid,		INT32_MAX) /* 0: it does not run */	\
MEMBER(WORD,	root,		roots)					\
MEMBER(COUNT,	calls,		UINT32_MAX) /* that its filter allows */ \
MEMBER(WORD,	landlock,	landlocks)				\
MEMBER(COUNT,	restarts,	UINT32_MAX) /* in place of another */

/*
 * The history: how the clock was, about once a minute, and what each server
 * said, the oldest first.  They are numbered from the start of the daemon; a
 * page is as many as the daemon likes to send, none after the last.
 */
#define CONTROL_POINT_MEMBERS(MEMBER, INNER)				\
INNER(COUNT,	number,		UINT32_MAX)				\
MEMBER(SPAN,	ago,		s)					\
MEMBER(FLAG,	synchronized,	1)					\
MEMBER(REAL,	offset,		s)	/* as the next: of a status */	\
MEMBER(SPAN,	likely_bound,	s)					\
MEMBER(SPAN,	certain_bound,	s)					\
MEMBER(REAL,	frequency,	ppm)					\
MEMBER(COUNT,	truechimers,	UINT32_MAX)

#define CONTROL_SAMPLE_MEMBERS(MEMBER, INNER)				\
INNER(COUNT,	number,		UINT32_MAX)				\
MEMBER(SPAN,	ago,		s)					\
MEMBER(ADDRESS,	address,	)					\
MEMBER(WORD,	tally,		tallies) /* as the next: of a peer */	\
MEMBER(REAL,	offset,		s)					\
MEMBER(SPAN,	delay,		s)

#define CONTROL_FLAG(name)	uint32_t name;
#define CONTROL_WORD(name)	uint32_t name;
#define CONTROL_COUNT(name)	uint32_t name;
#define CONTROL_LOG2(name)	uint32_t name;
#define CONTROL_REAL(name)	double name;
#define CONTROL_SPAN(name)	double name;
#define CONTROL_NAME(name)	char name[CONTROL_NAME_LEN];
#define CONTROL_TEXT(name)	char name[CONTROL_NAME_LEN];
#define CONTROL_ADDRESS(name)	struct addr name;
#define CONTROL_REFID(name)	uint8_t name[4];
#define CONTROL_CODE(name)	int32_t name;
#define CONTROL_MEMBER(kind, name, more)	CONTROL_##kind(name)

/* Clear these before they are filled: they have padding. */
struct control_status {
	uint32_t	 version;
	CONTROL_STATUS_MEMBERS(CONTROL_MEMBER, CONTROL_MEMBER)
};

struct control_peer {
	uint32_t	 version;
	CONTROL_PEER_MEMBERS(CONTROL_MEMBER, CONTROL_MEMBER)
	CONTROL_AUTH_MEMBERS(CONTROL_MEMBER, CONTROL_MEMBER)
};

struct control_process {
	uint32_t	 version;
	CONTROL_PROCESS_MEMBERS(CONTROL_MEMBER)
};

struct control_point {
	uint32_t	 version;
	CONTROL_POINT_MEMBERS(CONTROL_MEMBER, CONTROL_MEMBER)
};

struct control_sample {
	uint32_t	 version;
	CONTROL_SAMPLE_MEMBERS(CONTROL_MEMBER, CONTROL_MEMBER)
};

/* The server processes, all together. */
struct control_server {
	uint32_t	 version;
	uint32_t	 workers;	/* processes; 0: ntpd does not listen */
	uint32_t	 counted;	/* that answered; the rest is theirs */
	uint32_t	 reserved;
	uint64_t	 sockets;	/* that they listen on */
	int64_t		 certificate_until; /* Unix time; 0: there is none */
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

/* A change of a record or an enumeration changes this number. */
#define CONTROL_ONE(...)	+ 1
#define CONTROL_SIZE		(CONTROL_NEXTS(CONTROL_ONE)		\
	CONTROL_LOCALS(CONTROL_ONE) CONTROL_CONSTRAINTS(CONTROL_ONE)	\
	CONTROL_STATES(CONTROL_ONE)					\
	CONTROL_PEER_WHYS(CONTROL_ONE)					\
	CONTROL_PEER_STATES(CONTROL_ONE) CONTROL_TALLIES(CONTROL_ONE)	\
	CONTROL_STATUS_MEMBERS(CONTROL_ONE, CONTROL_ONE)		\
	CONTROL_PEER_MEMBERS(CONTROL_ONE, CONTROL_ONE)			\
	CONTROL_AUTHS(CONTROL_ONE) MAC_ALGORITHMS(CONTROL_ONE)		\
	CONTROL_AUTH_MEMBERS(CONTROL_ONE, CONTROL_ONE)			\
	REASONS(CONTROL_ONE) CONTROL_WHYS(CONTROL_ONE)			\
	CONTROL_STAMPS(CONTROL_ONE)					\
	CONTROL_ROOTS(CONTROL_ONE) CONTROL_LANDLOCKS(CONTROL_ONE)	\
	CONTROL_PROCESS_MEMBERS(CONTROL_ONE)				\
	CONTROL_POINT_MEMBERS(CONTROL_ONE, CONTROL_ONE)			\
	CONTROL_SAMPLE_MEMBERS(CONTROL_ONE, CONTROL_ONE)		\
	+ sizeof(struct control_request) + sizeof(struct control_end)	\
	+ CONTROL_SAMPLE	/* the last number of a record */	\
	+ sizeof(struct control_point) + sizeof(struct control_sample)	\
	+ sizeof(struct control_process)				\
	+ sizeof(struct control_status) + sizeof(struct control_peer)	\
	+ sizeof(struct control_server) + sizeof(struct control_clients))

/* On i386, structs have less padding. */
_Static_assert(sizeof(long) != 8 || CONTROL_SIZE == 4004,
    "a record has changed: raise "
    "CONTROL_VERSION, once between two releases, and write its new size here");

#endif
