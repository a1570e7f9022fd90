/*
 * The processes of ntpd.  A child is a line of this table and the folder
 * ntpd/NAME, with NAME_main() and NAME_sandbox in it.  The enum, the names,
 * what main() calls, what the parent keeps of it, its sandbox and what the
 * tests expect come from the line.
 */
#ifndef NTPD_PROCESSES_H
#define NTPD_PROCESSES_H

#include <stdbool.h>
#include <stdint.h>

#define SERVERS_MOST	64	/* processes, "workers" in ntpd.conf */
#define SENSORS_MOST	8	/* reference clocks, each with its process */
#define TLS_MOST	4	/* exchanges at a time; tuned */

/* What the end of a child means. */
enum child_end {
	ENDS_ALL,		/* of the daemon: its state is the daemon's */
	REPLACED,		/* it is told again what it has to know */
	REPLACED_SOON,		/* so it is, and never waited for longer: */
				/* strangers may be the cause of its end */
	ENDS_ITSELF		/* its work is done, or has failed */
};

/*
 * How often a child is asked whether it lives, s; see parent/living.h.  Tuned:
 * any user can hold up control, so it has little time; the end of the engine or
 * the launcher is the daemon's, so they have much.  An exchange by TLS has a
 * deadline of its own, and the opener may wait for a driver.
 */
#define ASKED_NEVER	0.0
#define ASKED_OFTEN	2.5
#define ASKED		6.0
#define ASKED_SELDOM	30.0

/* What a child is given when it starts: a descriptor each, in this order. */
enum child_given {
	GIVEN_NOTHING = 0,
	GIVEN_SOCKET = 1,	/* the control socket, to listen on */
	GIVEN_ENGINE = 2,	/* a channel to the engine */
	GIVEN_BINDER = 4,	/* a channel to the binder */
	GIVEN_OPENER = 8	/* a channel to the opener */
};

/*
 * How many of it there are at the start and at most, and what it is given.
 *
 *	process	name	  its end	 start, most	   asked	given */
#define CHILDREN							\
CHILD(LAUNCHER,	launcher, ENDS_ALL,	 1, 1,		   ASKED_SELDOM, \
					 GIVEN_NOTHING)			\
CHILD(BINDER,	binder,	  REPLACED,	 1, 1,		   ASKED,	\
					 GIVEN_NOTHING)			\
CHILD(ENGINE,	engine,	  ENDS_ALL,	 1, 1,		   ASKED_SELDOM, \
					 GIVEN_NOTHING)			\
CHILD(SERVER,	server,	  REPLACED_SOON, 0, SERVERS_MOST,  ASKED,	\
					 GIVEN_ENGINE | GIVEN_BINDER)	\
CHILD(RESOLVER,	resolver, REPLACED,	 1, 1,		   ASKED,	\
					 GIVEN_ENGINE)			\
CHILD(CONTROL,	control,  REPLACED_SOON, 1, 1,		   ASKED_OFTEN,	\
					 GIVEN_SOCKET)			\
CHILD(KE,	ke,	  REPLACED_SOON, 0, 1,		   ASKED,	\
					 GIVEN_BINDER)			\
CHILD(OPENER,	opener,	  ENDS_ALL,	 0, 1,		   ASKED_NEVER,	\
					 GIVEN_NOTHING)			\
CHILD(STAMPER,	stamper,  ENDS_ALL,	 0, 1,		   ASKED_NEVER,	\
					 GIVEN_NOTHING)			\
CHILD(SENSOR,	sensor,	  REPLACED,	 0, SENSORS_MOST,  ASKED,	\
					 GIVEN_ENGINE | GIVEN_OPENER)	\
CHILD(TLS,	tls,	  ENDS_ITSELF,	 0, TLS_MOST,	   ASKED_NEVER,	\
					 GIVEN_NOTHING)

enum process {
	PARENT,
#define CHILD(process, ...)	process,
	CHILDREN
#undef CHILD
	PROCESSES
};

/* All of them together. */
enum {
	CHILDREN_MOST = 0
#define CHILD(process, name, end, start, most, ...)	+ (most)
	CHILDREN
#undef CHILD
};

/* "engine", for titles, logs and the -P option. */
const char *process_name(enum process process);

/* The process called NAME; PROCESSES if there is none. */
enum process process_by_name(const char *name);

/* Can there be a child PROCESS with the number INSTANCE?  Any two numbers. */
bool	 process_is_child(uint32_t process, uint32_t instance);

#endif
