/*
 * Hosts: the server and servers statements, and the questions to the resolver
 * about their names.
 */
#ifndef NTPD_HOSTS_H
#define NTPD_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/instant.h"
#include "ntpd/config_shared.h"
#include "ntpd/engine/association.h"
#include "ntpd/engine/names.h"
#include "ntpd/payloads.h"

/* A server or servers statement, and the addresses of its name. */
struct host {
	struct config_server conf;
	bool		 taken;		/* others ask its addresses: logged */
	bool		 barred;	/* no part in the time: trust.h */
	bool		 off;		/* root has switched it off */
	struct name	 name;
	struct addr	 twins[RESOLVE_MAX];	/* see hosts_exclude() */
	size_t		 ntwins;
};

struct hosts {
	struct host	 list[CONFIG_MAX_SERVERS];
	size_t		 n;
	struct config_server pending[CONFIG_MAX_SERVERS]; /* of a reload */
	size_t		 npending;
	uint32_t	 next_serial;	/* of questions to the resolver */
	bool		 full;		/* logged: no more associations */
};

/* Serials of its questions stay below this; others have those above. */
#define HOSTS_SERIALS	0x80000000U

/* How many associations H is to have. */
size_t	 host_wants(const struct host *h);

/* How many associations host number HOST has. */
size_t	 hosts_count(const struct association all[], size_t host);

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
 * Interfaces may have come or gone: statements that name one which has another
 * number now are begun anew.  True if there are any; members_change() is to
 * follow.
 */
bool	 hosts_renumber(struct hosts *hosts,
	    struct association all[MAX_ASSOCIATIONS], struct instant now);

/*
 * The next question to the resolver whose time has come: ID and *REQUEST.
 * There is one at a time, and those that have failed come last.  False if there
 * is none.
 */
bool	 hosts_question(struct hosts *hosts, struct instant now, uint32_t *id,
	    struct resolve_request *request);

/* Question ID could not be asked. */
void	 hosts_unasked(struct hosts *hosts, uint32_t id, struct instant now);

/* The resolver's answer to question ID; members_change() is to follow. */
void	 hosts_resolved(struct hosts *hosts, uint32_t id,
	    const struct resolve_reply *reply,
	    const struct association all[MAX_ASSOCIATIONS],
	    struct instant now);

/*
 * The resolver was started again, and does not know what was asked: ask again.
 */
void	 hosts_ask_again(struct hosts *hosts, struct instant now);

/* The network or the clock has changed: try those again that have failed. */
void	 hosts_retry(struct hosts *hosts, struct instant now);

/*
 * Switch the statements with this NAME on or off; those that are off have no
 * associations, and their names are not looked up.  How many have it, whatever
 * they were before.  members_change() is to follow.
 */
size_t	 hosts_switch(struct hosts *hosts, const char *name, bool off);

/* How many are not switched off? */
size_t	 hosts_on(const struct hosts *hosts);

/* How many names were not looked up yet? */
size_t	 hosts_expected(const struct hosts *hosts);

/* How many have no address, though they may get one soon? */
size_t	 hosts_awaited(const struct hosts *hosts);

/*
 * How many servers are configured?  Those of names without an address count
 * as many as they may become; those that deny themselves, or are this machine
 * itself, do not count.
 */
size_t	 hosts_configured(const struct hosts *hosts,
	    const struct association all[MAX_ASSOCIATIONS]);

/* When hosts_question() has something next. */
struct instant hosts_deadline(const struct hosts *hosts);

/*
 * A's server is of no use any more (silent, false or denying): look its name up
 * soon.
 */
void	 hosts_replace(struct hosts *hosts, const struct association *a,
	    struct instant now);

/*
 * A is another address of a server that is asked already: do not ask it any
 * more.  members_change() is to follow.
 */
void	 hosts_exclude(struct hosts *hosts, const struct association *a);

#endif
