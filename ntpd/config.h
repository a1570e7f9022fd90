/*
 * ntpd.conf: parsed once, in the parent, before it gives up anything.  Other
 * processes include ntpd/config_shared.h at most.
 */
#ifndef NTPD_CONFIG_H
#define NTPD_CONFIG_H

#include <sys/un.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/leap.h"
#include "ntpd/config_shared.h"

/* SYSCONFDIR is the Makefile's: /etc, if nothing else is said. */
#define CONFIG_FILE		SYSCONFDIR "/ntpd.conf"
#define CONFIG_MAX_CONSTRAINTS	16
#define CONSTRAINT_MAX_ADDRS	8	/* of one; tuned, as OpenNTPD's */
#define HTTPS_PORT		443
#define CONFIG_SOCKET_LEN	sizeof(((struct sockaddr_un *)0)->sun_path)

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

/* A constraint from or constraints from statement. */
struct config_constraint {
	char		 name[CONFIG_NAME_LEN];	/* in the certificate */
	char		 path[CONFIG_URL_LEN];	/* of the URL */
	bool		 each;		/* constraints: of all its addresses */
	uint8_t		 naddrs;
	struct addr	 addrs[CONSTRAINT_MAX_ADDRS]; /* with the port */
};

/* Bits of a file's mode by which it is not used, of <sys/stat.h>. */
#define NTS_CERTIFICATE_UNSAFE	S_IWOTH
#define NTS_KEY_UNSAFE		(S_IRWXO | S_IWGRP)

#define CONFIG_MAX_INCLUDES	4	/* tuned */

struct config {
	struct config_server	 servers[CONFIG_MAX_SERVERS];
	size_t			 nservers;
	struct config_server	 any_sensor;	/* sensor *, with its options */
	struct config_constraint constraints[CONFIG_MAX_CONSTRAINTS];
	size_t			 nconstraints;
	char			 ca[CONFIG_PATH_LEN]; /* "": the usual ones */
	struct config_listener	 listeners[CONFIG_MAX_LISTENERS];
	size_t			 nlisteners;
	char			 cards[CARDS_MOST][IF_NAMESIZE]; /* "*": all */
	size_t			 ncards;	/* hwtimestamp statements */
	unsigned		 workers;	/* that answer clients */
	bool			 workers_auto;	/* one for each CPU instead */
	struct config_ratelimit	 ratelimit;
	struct config_rule	*rules;		/* allocated; in their order */
	size_t			 nrules;
	bool			 xleave;	/* interleaved mode, too */
	struct config_step	 step;
	enum authentication	 authentication;
	char			 keyfile[CONFIG_PATH_LEN]; /* "": none */
	struct mac_key		*keys;		/* allocated; by their ids */
	size_t			 nkeys;
	uint8_t			 local_stratum;	/* last resort; 0: none */
	bool			 local_orphan;	/* agree on one clock */
	char			 nts_certificate[CONFIG_PATH_LEN]; /* "": */
	char			 nts_key[CONFIG_PATH_LEN]; /* no NTS served */
	char			 driftfile[CONFIG_PATH_LEN];
	char			 leapfile[CONFIG_PATH_LEN]; /* "": none */
	enum leap_policy	 leap;
	char			 socket[CONFIG_SOCKET_LEN];
	char			 bound[CONFIG_PATH_LEN];
	char			 clockbound1[CONFIG_PATH_LEN]; /* "": none; */
	char			 clockbound[CONFIG_PATH_LEN]; /* version 1, 2 */
	double			 max_drift;	/* s/s, of the certain bound */
	char			 user[32];
	char			 includes[CONFIG_MAX_INCLUDES][CONFIG_PATH_LEN];
	size_t			 nincludes;	/* files, or folders with a / */
};

/*
 * TAKE is called with ARG and each message, a complete line without its
 * newline: "file:line: what is wrong, what would be right", or "file: ..." for
 * what concerns all of it.  PRIORITY is LOG_ERR or LOG_WARNING.
 */
struct config_reports {
	void	(*take)(void *arg, int priority, const char *line);
	void	*arg;
};

/*
 * Let *S be the sensor called NAME, as "pps0", and have its reference id if it
 * has no other.  False if there is no such name.
 */
bool	 config_name_sensor(struct config_server *s, const char *name);

/* Everything as it is when ntpd.conf is empty; nothing is allocated. */
void	 config_default(struct config *conf);

/* Free, and wipe, what belongs to *CONF, which is then only to be loaded. */
void	 config_free(struct config *conf);

/*
 * Read FILE into *CONF, which gets memory of its own: config_free().  Reports
 * every error it can find, not just the first, and every warning, to REPORTS.
 * False if there was an error: *CONF is undefined then, and nothing in it is to
 * be freed.  Refuses a file that others than root (or the caller) may write: it
 * decides which servers the clock believes.  The file of keys that it names is
 * read, too; others must not even be able to read that.
 */
bool	 config_load(struct config *conf, const char *file,
	    const struct config_reports *reports);

/*
 * The same for LEN bytes of text that are already in memory; NAME stands for
 * the file in messages.  No other file is read: of keys there are only the ids.
 * For tests and fuzzing.
 */
bool	 config_parse(struct config *conf, const char *name, const char *text,
	    size_t len, const struct config_reports *reports);

/* Likewise the keys alone, from the text of a file of keys. */
bool	 config_parse_keys(struct config *conf, const char *name,
	    const char *text, size_t len, const struct config_reports *reports);

/*
 * Warn of what this machine does not have now: interfaces, addresses, folders,
 * the user.  Of the defaults of these nothing is said.
 */
void	 config_check_machine(const struct config *conf,
	    const struct config_reports *reports);

/* Does another statement of CONF listen on all that L does? */
bool	 config_is_covered(const struct config *conf,
	    const struct config_listener *l);

/*
 * Do an interface and an address have a port in common?  For the kernel their
 * sockets are in each other's way, unless both say that they share it; what
 * both could have goes to the address's.
 */
bool	 config_has_overlap(const struct config *conf);

#endif
