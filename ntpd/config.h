/*
 * ntpd.conf: parsed once, in the parent, before it gives up anything.
 */
#ifndef NTPD_CONFIG_H
#define NTPD_CONFIG_H

#include <net/if.h>
#include <sys/un.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"

#define CONFIG_FILE		"/etc/ntpd.conf"
#define CONFIG_DRIFTFILE	"/var/lib/ntpd/drift"
#define CONFIG_USER		"_ntpd"

#define CONFIG_MAX_SERVERS	32	/* server and servers statements */
#define CONFIG_MAX_LISTENERS	32
#define CONFIG_MAX_WORKERS	64
#define CONFIG_NAME_LEN		256	/* of a host, with its NUL */
#define CONFIG_PATH_LEN		256
#define CONFIG_SOCKET_LEN	sizeof(((struct sockaddr_un *)0)->sun_path)

#define POLL_LEAST		4	/* log2 s: what poll may be */
#define POLL_MOST		17
#define POLL_MIN_DEFAULT	6
#define POLL_MAX_DEFAULT	10
#define POOL_MAX_DEFAULT	4	/* associations of a pool */
#define POOL_MAX_MOST		16

#define CONFIG_MAX_RULES	10000	/* allow and deny statements */

#define RATELIMIT_INTERVAL	8000	/* ms */
#define RATELIMIT_INTERVAL_MOST	4096000
#define RATELIMIT_BURST		16
#define RATELIMIT_BURST_MOST	1000
#define RATELIMIT_LEAK		4
#define RATELIMIT_LEAK_MOST	1000
#define RATELIMIT_PREFIX4	32
#define RATELIMIT_PREFIX6	64

#define LOCAL_MOST		15	/* stratum of the local clock */
#define LOCAL_ORPHAN_MOST	14	/* leaves one to those that follow it */

/* One server or servers statement. */
struct config_server {
	char		 name[CONFIG_NAME_LEN];	/* host name or address */
	struct addr	 addr;		/* if the name is one, else ADDR_NONE */
	char		 interface[IF_NAMESIZE]; /* that addr is on, or "" */
	bool		 pool;		/* servers: several addresses */
	bool		 trusted;
	bool		 xleave;	/* ask in interleaved mode */
	uint8_t		 weight;	/* 1 to 10 */
	uint8_t		 max;		/* associations: 1 unless a pool */
	int8_t		 minpoll;	/* log2 s */
	int8_t		 maxpoll;
	uint16_t	 port;
	struct addr	 source4;	/* query from, port 0, or ADDR_NONE */
	struct addr	 source6;
	char		 source_interface[IF_NAMESIZE]; /* of source6, or "" */
};

enum listen_kind {
	LISTEN_ANY,		/* listen on * */
	LISTEN_ADDRESS,
	LISTEN_INTERFACE	/* whatever addresses it has or gets */
};

struct config_listener {
	enum listen_kind kind;
	struct addr	 addr;		/* LISTEN_ADDRESS, with the port */
	char		 interface[IF_NAMESIZE]; /* LISTEN_INTERFACE, or that */
					/* addr is on, or "" */
	uint16_t	 port;
};

/* The ratelimit statement, in a form that can cross to a server. */
struct config_ratelimit {
	uint32_t	 interval;	/* ms for each answer; 0: no limit */
	uint16_t	 burst;		/* answers at once */
	uint16_t	 leak;		/* of so many more, one is answered */
	uint8_t		 prefix4;	/* bits that make one client */
	uint8_t		 prefix6;
	uint8_t		 reserved[2];
};

/* One allow from or deny from statement, likewise. */
struct config_rule {
	uint8_t		 family;	/* enum addr_family; ADDR_NONE: any */
	uint8_t		 length;	/* bits of the prefix */
	uint8_t		 allow;		/* 1: allow, 0: deny */
	uint8_t		 reserved;
	uint8_t		 bytes[16];	/* IPv4: the first four, rest 0 */
};

#define CONFIG_NO_LIMIT		1e10	/* s, 300 years: no step is larger */

enum step_when {
	STEP_BOOT,		/* one step after a start */
	STEP_ALWAYS,		/* whenever over the threshold */
	STEP_NEVER
};

/* What the step statements say: the policy takes all of it. */
struct config_step {
	enum step_when	 when;
	double		 threshold;	/* s */
	double		 limit;		/* s, CONFIG_NO_LIMIT: none */
};

struct config {
	struct config_server	 servers[CONFIG_MAX_SERVERS];
	size_t			 nservers;
	struct config_listener	 listeners[CONFIG_MAX_LISTENERS];
	size_t			 nlisteners;
	unsigned		 workers;	/* that answer clients */
	bool			 workers_auto;	/* one for each CPU instead */
	struct config_ratelimit	 ratelimit;
	struct config_rule	*rules;		/* allocated; in their order */
	size_t			 nrules;
	bool			 xleave;	/* interleaved mode, too */
	struct config_step	 step;
	uint8_t			 local_stratum;	/* last resort; 0: none */
	bool			 local_orphan;	/* agree on one clock */
	char			 driftfile[CONFIG_PATH_LEN];
	char			 socket[CONFIG_SOCKET_LEN];
	char			 user[32];
};

/*
 * Called with each message, a complete line without its newline:
 * "file:line: what is wrong, what would be right", or "file: ..." for what
 * concerns all of it.
 */
typedef void	 config_report(void *arg, bool is_error, const char *line);

/* Everything as it is when ntpd.conf is empty; nothing is allocated. */
void	 config_default(struct config *conf);

/* Free what belongs to *CONF, which is then only to be loaded again. */
void	 config_free(struct config *conf);

/*
 * Read FILE into *CONF, which gets memory of its own: config_free().  Reports
 * every error it can find, not just the first, and every warning, through
 * REPORT with ARG.  False, and *CONF undefined but nothing in it to be freed,
 * if there was an error.  Refuses a file that others than root (or the caller)
 * may write: it decides whom the clock believes.
 */
bool	 config_load(struct config *conf, const char *file,
	    config_report *report, void *arg);

/*
 * The same for LEN bytes of text that are already in memory; NAME stands for
 * the file in messages.  For tests and fuzzing.
 */
bool	 config_parse(struct config *conf, const char *name, const char *text,
	    size_t len, config_report *report, void *arg);

/* Does another statement of CONF listen on all that L does? */
bool	 config_is_covered(const struct config *conf,
	    const struct config_listener *l);

/*
 * Do an interface and an address have a port in common?  For the kernel their
 * sockets are in each other's way, unless both say that they share it; what
 * both could have goes to the address's.
 */
bool	 config_has_overlap(const struct config *conf);

/* Do A and B listen at the same place and port? */
bool	 config_same_place(const struct config_listener *a,
	    const struct config_listener *b);

#endif
