/*
 * ntpctl convert: an ntp.conf or a chrony.conf made into an ntpd.conf.  Every
 * line of it stands in the result as a comment, with what became of it, or why
 * nothing did, below.
 */
#ifndef NTPCTL_CONVERT_H
#define NTPCTL_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "common/addr.h"

#define CONVERT_WORDS_MOST	64	/* of a line */
#define CONVERT_RULES_MOST	1000	/* allow and deny */
/* As ntpd.conf may have. */
#define CONVERT_SERVERS_MOST	32
#define CONVERT_LISTENS_MOST	32
#define CONVERT_PATH_MOST	255	/* characters */
#define CONVERT_SENSORS_MOST	8
#define CONVERT_SOCKET_LEN	108	/* bytes, of a path with its end */
#define CONVERT_REFID_MOST	4	/* characters */
#define CONVERT_ORPHAN_MOST	14	/* stratum of "local ... orphan" */

/* A line of the file, as words; the first is never missing. */
struct convert_line {
	char		*words[CONVERT_WORDS_MOST];
	size_t		 n;
};

/* Which clients may ask, from restrict, allow and deny. */
struct convert_rule {
	struct addr	 addr;		/* ADDR_NONE: everybody */
	unsigned	 bits;		/* of it that count */
	bool		 denies;
};

/* Where clients are answered; all zero: everywhere, "*". */
struct convert_place {
	struct addr	 addr;		/* ADDR_NONE: the interface */
	char		 interface[IF_NAMESIZE];
};

/* What a "fudge" line says of 127.127.TYPE.UNIT, or a "refclock" line. */
struct convert_fudge {
	unsigned	 type, unit;
	double		 time1, time2;	/* s, added to what the clock says */
	unsigned	 stratum;	/* of the clock itself */
	char		 refid[CONVERT_REFID_MOST + 1];	/* "": none */
	bool		 flag1, flag2;
};

/* GPSD: a receiver that gpsd(8) can read, and ntpd(8) cannot. */
enum kind { SHM, SOCK, PPS, PTP, GPSD, LOCAL, OTHER };

/* A sensor in the making. */
struct making {
	enum kind	 kind;
	unsigned	 unit;
	char		 name[CONVERT_SOCKET_LEN];
	struct convert_fudge options;
	/* The reference id of the sensor that says which second it is; "". */
	char		 lock[CONVERT_REFID_MOST + 1];
	bool		 falling, tai, trusted, prefer;
};

/* A sensor statement that was written. */
struct convert_sensor {
	char		 name[CONVERT_SOCKET_LEN + 8];	/* behind "sensor" */
	char		 refid[CONVERT_REFID_MOST + 1];	/* "": none was said */
	bool		 may_lock;	/* to it, pulses */
};

/* What has been read so far, and what can be written only at the end. */
struct convert {
	FILE		*out;
	unsigned	 servers;
	unsigned	 proven;	/* of these: with key, nts or trusted */
	bool		 has_step, has_limit, has_leapfile, has_leap;
	const char	*mode;		/* of authentication; NULL: not said */
	bool		 has_keys;	/* likewise, of their file */
	bool		 keys_named;	/* somewhere in the file */
	bool		 keys_used;	/* by a server, likewise */
	struct convert_place listens[CONVERT_LISTENS_MOST];
	size_t		 nlistens;
	/* Query from these, IPv4 and IPv6; "": from any.  For all servers. */
	char		 queries[2][ADDR_STRLEN];
	bool		 limits;	/* ratelimit */
	unsigned	 local_stratum;	/* 0: none */
	bool		 local_orphan;
	struct convert_rule rules[CONVERT_RULES_MOST];
	size_t		 nrules;
	struct convert_fudge fudges[CONVERT_SENSORS_MOST];
	size_t		 nfudges;
	struct convert_sensor sensors[CONVERT_SENSORS_MOST];
	size_t		 nsensors;
	struct making	 waiting[CONVERT_SENSORS_MOST];
	size_t		 nwaiting;
	unsigned	 receivers;	/* of these, for gpsd */
};

/* What a conversion of one line is: it writes what became of it. */
typedef void	 converter(struct convert *c, const struct convert_line *line);

/* Write BEFORE and TEXT as a line, without what a terminal would obey. */
void	 convert_put(struct convert *c, const char *before, const char *text);

/* Write the statement FMT, or as a comment why nothing became of a word. */
void	 convert_into(struct convert *c, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
void	 convert_note(struct convert *c, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

/* "server", "pool" and "peer", with their options. */
converter convert_server;

/* "refclock", and "fudge" beside what it says of a server 127.127.1.x. */
converter convert_refclock, convert_fudge;

/* Read ahead a "fudge" into C: it may stand below its server. */
converter convert_look_fudge;

/*
 * Word I of LINE is the host of a "server": if it is 127.127.TYPE.UNIT, a clock
 * of this machine, convert that and return true.
 */
bool	 convert_clock(struct convert *c, const struct convert_line *line,
	    size_t i);

/* "restrict", "allow", "deny". */
converter convert_restrict, convert_allow;

/* Those that become a statement of one value, or are a part of one. */
converter convert_interface, convert_bind, convert_tos, convert_tinker,
	  convert_makestep, convert_local, convert_driftfile, convert_keys,
	  convert_authentication, convert_leapfile, convert_leap;

/* Is WORD in LINE, behind the first? */
bool	 convert_has_word(const struct convert_line *line, const char *word);

/* Read ahead where servers are asked from, a "bindacqaddress", into C. */
converter convert_query;

/* Is PATH an absolute one of a file that ntpd takes? */
bool	 convert_is_path(const char *path);

/* The path of a file that LINE names; NULL: none that ntpd takes. */
const char *convert_path(const struct convert_line *line);

/* Write the rules that were collected, those of the longest prefixes first. */
void	 convert_rules(struct convert *c);

/*
 * Convert the file IN and write the result to OUT.  Returns false, with errno,
 * if IN cannot be read or has more than 1 MiB; then nothing was written.
 */
bool	 convert_file(FILE *in, FILE *out);

/* Run "ntpctl convert" with these arguments; returns the exit code. */
int	 convert_main(int argc, char **argv);

#endif
