/*
 * Hosts: the server and servers statements, their addresses, and which of
 * these are to be asked.
 */
#ifndef NTPD_HOSTS_H
#define NTPD_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/loop.h"
#include "ntpd/config.h"
#include "ntpd/engine/association.h"
#include "ntpd/messages.h"

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
	bool		 fresh;		/* the addresses are new */
};

struct hosts {
	struct host	 list[CONFIG_MAX_SERVERS];
	size_t		 n;
	struct config_server pending[CONFIG_MAX_SERVERS]; /* of a reload */
	size_t		 npending;
	uint32_t	 next_serial;	/* of questions to the resolver */
	bool		 full;		/* logged: no more associations */
};

/* What is to be done to an association. */
enum change_kind {
	CHANGE_STOP,
	CHANGE_START,
	CHANGE_REPLACE		/* stop it, then start it for the new address */
};

struct change {
	enum change_kind kind;
	size_t		 association;	/* its number */
	size_t		 host;		/* START, REPLACE: its statement */
	struct addr	 addr;		/* START, REPLACE */
};

/* A statement of the new configuration; those beyond the last are ignored. */
void	 hosts_add(struct hosts *hosts, const struct config_server *conf);

/*
 * There were EXPECTED statements: let those that were added take effect.
 * Statements that did not change keep their addresses and associations, which
 * are renumbered.  False if another number was added: nothing is changed.
 */
bool	 hosts_configure(struct hosts *hosts, size_t expected,
	    struct association all[MAX_ASSOCIATIONS], struct instant now);

/*
 * The next change that is to be made to the associations ALL.  Call it, and
 * make the change, until it returns false.
 */
bool	 hosts_change(struct hosts *hosts,
	    const struct association all[MAX_ASSOCIATIONS],
	    struct change *change);

/*
 * The next question to the resolver whose time has come: ID and *REQUEST.
 * False if there is none.
 */
bool	 hosts_question(struct hosts *hosts, struct instant now, uint32_t *id,
	    struct resolve_request *request);

/* Question ID could not be asked. */
void	 hosts_unasked(struct hosts *hosts, uint32_t id, struct instant now);

/* The resolver's answer to question ID; hosts_change() is to follow. */
void	 hosts_resolved(struct hosts *hosts, uint32_t id,
	    const struct resolve_reply *reply,
	    const struct association all[MAX_ASSOCIATIONS],
	    struct instant now);

/*
 * After the changes that an answer has led to: look a name up again later if
 * it has too few servers, or useless ones.
 */
void	 hosts_review(struct hosts *hosts,
	    const struct association all[MAX_ASSOCIATIONS],
	    struct instant now);

/* The resolver is another process: it knows nothing of what was asked. */
void	 hosts_ask_again(struct hosts *hosts, struct instant now);

/* How many names were neither found nor given up for now? */
size_t	 hosts_expected(const struct hosts *hosts);

/* When hosts_question() has something next. */
struct instant hosts_deadline(const struct hosts *hosts);

/*
 * A's server is of no use any more (silent, false or denying): look for
 * another address of its name soon.
 */
void	 hosts_replace(struct hosts *hosts, const struct association *a,
	    struct instant now);

#endif
