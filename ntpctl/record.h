/*
 * The daemon's records, made safe to show: what arrives on the socket is
 * checked here and nowhere else.
 */
#ifndef NTPCTL_RECORD_H
#define NTPCTL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/control.h"

#define RECORD_REFID_LEN	24	/* a reference id as text, and NUL */

/* The kinds of members, as common/control.h explains them. */
enum member_kind {
	MEMBER_FLAG,
	MEMBER_WORD,
	MEMBER_COUNT,
	MEMBER_LOG2,
	MEMBER_REAL,
	MEMBER_SPAN,
	MEMBER_NAME,
	MEMBER_TEXT,
	MEMBER_ADDRESS,
	MEMBER_REFID,
	MEMBER_CODE
};

/* A member of a status, a peer or a process. */
struct member {
	const char	*name;
	enum member_kind kind;
	size_t		 offset;	/* in the record */
	uint32_t	 most;		/* FLAG, WORD, COUNT, LOG2: not above */
	const char *const *words;	/* of WORD, each a string or NULL */
	const char	*wrong;		/* a record in which it cannot be */
	bool		 is_inner;	/* not in JSON */
};

/*
 * All members but the version, in the order of JSON; the last has no name.
 * Those of a peer that say why it is believed are an object of their own.
 */
extern const struct member record_status_members[];
extern const struct member record_peer_members[];
extern const struct member record_auth_members[];
extern const struct member record_process_members[];
extern const struct member record_point_members[];
extern const struct member record_sample_members[];

/* The words for enum control_auth and enum mac_algorithm ("": none). */
extern const char *const record_auths[];
extern const char *const record_algorithms[];

/*
 * Read the version that every record begins with from the LEN bytes at DATA;
 * false if they are too few.
 */
bool	 record_version(uint32_t *version, const void *data, size_t len);

/*
 * Check the LEN bytes at DATA and copy them to *STATUS, *PEER, *PROCESS,
 * *POINT, *SAMPLE, *SERVER, *CLIENTS or *END.  Returns NULL, or what is wrong;
 * then the target is undefined.  Afterwards every member is what its kind says,
 * counts do not contradict each other, strings are terminated and of printable
 * characters without blanks, a number that cannot be a measurement (not finite,
 * or over 10^10) is NAN, and counters are COUNTER_MOST at most.
 */
const char *record_status(struct control_status *status, const void *data,
	    size_t len);
const char *record_peer(struct control_peer *peer, const void *data,
	    size_t len);
const char *record_process(struct control_process *process, const void *data,
	    size_t len);
const char *record_point(struct control_point *point, const void *data,
	    size_t len);
const char *record_sample(struct control_sample *sample, const void *data,
	    size_t len);
const char *record_server(struct control_server *server, const void *data,
	    size_t len);
const char *record_clients(struct control_clients *clients, const void *data,
	    size_t len);
const char *record_end(struct control_end *end, const void *data, size_t len);

/*
 * The reference id REFID of a clock at STRATUM as one word in TEXT
 * (RECORD_REFID_LEN bytes), which is returned: ".GPS." for stratum 0 and 1,
 * a dotted quad above (RFC 5905 7.3).
 */
const char *record_refid(const uint8_t refid[4], uint32_t stratum, char *text);

/*
 * The reference id of PEER likewise; before there is one, what stands in its
 * way: ".DNS." no address yet, ".DUP." another line asks it, ".DENY." the
 * server refused, ".SELF." it is this machine, ".INIT." no answer yet.
 */
const char *record_peer_refid(const struct control_peer *peer, char *text);

/* Why PEER, which has a reason for that, cannot be used; a sentence. */
const char *record_peer_reason(const struct control_peer *peer);

/* What the system says about why PEER cannot be used; NULL: nothing. */
const char *record_peer_detail(const struct control_peer *peer);

/* Did PEER ever answer, so that its stratum, leap and refid mean something? */
bool	 record_peer_answered(const struct control_peer *peer);

#endif
