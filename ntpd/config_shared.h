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

#define CONFIG_MAX_SERVERS	32	/* server, servers, sensor statements */
#define CONFIG_MAX_LISTENERS	32	/* listen statements */
#define CONFIG_MAX_RULES	10000	/* allow and deny statements */
#define CONFIG_MAX_KEYS		1000	/* in the file of keys */
#define CONFIG_NAME_LEN		256	/* of a host, with its NUL */
#define CONFIG_PATH_LEN		256
#define CONFIG_SENSOR_LEN	24	/* of a sensor that others name */
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

/* What a sensor statement names: a reference clock of this machine. */
enum sensor_kind {
	SENSOR_NONE,		/* it is a server */
	SENSOR_SOCK,		/* who has the time sends it to a socket */
	SENSOR_SHM,		/* who has it writes it to shared memory */
	SENSOR_PPS,		/* /dev/ppsN: a second begins */
	SENSOR_PTP,		/* /dev/ptpN: a clock */
	SENSOR_VMCLOCK,		/* /dev/vmclock0: the hypervisor's */
	SENSOR_ANY		/* sensor *: in the configuration only */
};

/* A sensor statement, but for what it has in common with server. */
struct config_sensor {
	uint8_t		 kind;		/* enum sensor_kind */
	uint8_t		 number;	/* of its process */
	uint8_t		 stratum;	/* that it makes us, 1 to 15 */
	uint8_t		 falling;	/* PPS: the second begins there */
	uint8_t		 tai;		/* PTP: it is TAI, not UTC */
	uint8_t		 of_interface;	/* PTP: name is an interface */
	uint16_t	 unit;		/* of shared memory */
	uint8_t		 refid[4];	/* printable, 0 after its end */
	char		 lock[CONFIG_SENSOR_LEN]; /* PPS: the sensor that */
					/* numbers its seconds; "": all */
	double		 correction;	/* s, to be added */
};

/* One server, servers or sensor statement. */
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
	struct config_sensor sensor;
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
