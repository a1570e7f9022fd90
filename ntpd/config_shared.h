/*
 * What of ntpd.conf other processes than the parent get in messages, or have
 * to know to check what they get.
 */
#ifndef NTPD_CONFIG_SHARED_H
#define NTPD_CONFIG_SHARED_H

#include <net/if.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/mac.h"

#define CONFIG_MAX_SERVERS	32	/* server and servers statements */
#define CONFIG_MAX_LISTENERS	32	/* listen statements */
#define CONFIG_MAX_RULES	10000	/* allow and deny statements */
#define CONFIG_MAX_KEYS		1000	/* in the file of keys */
#define CONFIG_NAME_LEN		256	/* of a host, with its NUL */
#define CONFIG_PATH_LEN		256
#define CONFIG_URL_LEN		256	/* of its path, with its NUL */
#define CONFIG_NO_LIMIT		1e10	/* s, 300 years: no step is larger */

#define POLL_LEAST		4	/* log2 s: what poll may be */
#define POLL_MOST		17
#define POOL_MAX_MOST		16	/* associations of a pool */
#define RATELIMIT_INTERVAL_MOST	4096000	/* ms */
#define RATELIMIT_BURST_MOST	1000
#define RATELIMIT_LEAK_MOST	1000
#define LOCAL_MOST		15	/* stratum of the local clock */
#define LOCAL_ORPHAN_MOST	14	/* leaves one to those that follow it */

/* How a server's answers are authenticated.  Other answers are dropped. */
enum auth {
	AUTH_NONE,		/* not at all */
	AUTH_KEY,		/* with a symmetric key */
	AUTH_NTS		/* with keys of Network Time Security */
};

/* Which servers have a part in the time: the authentication statement. */
enum authentication {
	AUTHENTICATION_PREFER,	/* only authenticated ones, if there are any */
	AUTHENTICATION_REQUIRE,	/* only authenticated ones */
	AUTHENTICATION_MIX	/* all of them */
};

/* One server or servers statement. */
struct config_server {
	char		 name[CONFIG_NAME_LEN];	/* host name or address */
	struct addr	 addr;		/* if the name is one, else ADDR_NONE */
	char		 interface[IF_NAMESIZE]; /* that addr is on, or "" */
	bool		 pool;		/* servers: several addresses */
	bool		 trusted;	/* counts as authenticated */
	bool		 xleave;	/* ask in interleaved mode */
	uint8_t		 auth;		/* enum auth */
	struct mac_key	 key;		/* AUTH_KEY; wipe it */
	uint8_t		 weight;	/* 1 to 10 */
	uint8_t		 max;		/* associations: 1 unless a pool */
	int8_t		 minpoll;	/* log2 s */
	int8_t		 maxpoll;
	uint16_t	 port;
	struct addr	 source4;	/* query from, port 0, or ADDR_NONE */
	struct addr	 source6;
	char		 source_interface[IF_NAMESIZE]; /* of source6, or "" */
	uint16_t	 nts_port;	/* TCP; AUTH_NTS */
	char		 ca[CONFIG_PATH_LEN]; /* whose word is taken for it; */
					/* "": the system's authorities */
};

/* One listen statement. */
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

/* Do A and B listen at the same place and port? */
bool	 config_same_place(const struct config_listener *a,
	    const struct config_listener *b);

/* The ratelimit statement. */
struct config_ratelimit {
	uint32_t	 interval;	/* ms for each answer; 0: no limit */
	uint16_t	 burst;		/* answers at once */
	uint16_t	 leak;		/* of so many more, one is answered */
	uint8_t		 prefix4;	/* bits that make one client */
	uint8_t		 prefix6;
	uint8_t		 reserved[2];
};

/* One allow from or deny from statement. */
struct config_rule {
	uint8_t		 family;	/* enum addr_family; ADDR_NONE: any */
	uint8_t		 length;	/* bits of the prefix */
	uint8_t		 allow;		/* 1: allow, 0: deny */
	uint8_t		 reserved;
	uint8_t		 bytes[16];	/* IPv4: the first four, rest 0 */
};

#endif
