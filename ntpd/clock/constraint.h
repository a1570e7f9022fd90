/*
 * Constraints: the time by HTTPS servers, which NTP servers must not
 * contradict.  When each is asked, and what follows from all answers.  Pure:
 * who asks is constrain.c.
 *
 * The oscillator's time, OSC, is in s of the bare oscillator, suspended time
 * included: no correction of the clock changes it.  It is never off by more
 * than 500 ppm, so that an answer holds for long.
 */
#ifndef NTPD_CLOCK_CONSTRAINT_H
#define NTPD_CLOCK_CONSTRAINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/control.h"
#include "common/instant.h"
#include "ntpd/config.h"
#include "ntpd/payloads.h"
#include "ntpd/clock/policy.h"

/* How far true time may be from the constraints, s; as OpenNTPD. */
#define CONSTRAINT_MARGIN	120.0

/* An oscillator that is off by more is broken, s/s. */
#define CONSTRAINT_DRIFT	500e-6

/* Each is asked that often, s, give or take 10 %. */
#define CONSTRAINT_INTERVAL	3600.0

/* After failures, twice as late each time, s. */
#define CONSTRAINT_RETRY_FIRST	4.0
#define CONSTRAINT_RETRY_MOST	900.0

/*
 * At most that often at other times, s: when the network has changed, and when
 * what they say is doubted, which a server that lies can bring about.
 */
#define CONSTRAINT_NETWORK	16.0
#define CONSTRAINT_DOUBTED	300.0

/* How long an exchange may take, s. */
#define CONSTRAINT_SECONDS	10.0

/* An answer this old does not count if there is a younger one, s. */
#define CONSTRAINT_LASTS	86400.0

#define CONSTRAINT_WHY		(TLS_WHY_LEN + ADDR_STRLEN + 4)

/* Addresses that are tried in a round: the name's and the configured. */
#define CONSTRAINT_TRIES	(2 * CONSTRAINT_MAX_ADDRS)

/*
 *  state   what is true		ends with
 *  WAITS   nothing until AT		AT -> SEEKS; READY if it needs no name
 *  SEEKS   the resolver is asked	its answer, or AT -> READY; WAITS if
 *					there is no address
 *  READY   an address is to be asked	AT, an exchange begins -> ASKS
 *  ASKS    it is being asked		its result -> READY if another address
 *					is to be asked, else WAITS
 * Of a constraint from statement addresses are asked until one answers, of a
 * constraints from statement all.
 */
enum constraint_state {
	CONSTRAINT_WAITS,
	CONSTRAINT_SEEKS,
	CONSTRAINT_READY,
	CONSTRAINT_ASKS
};

struct constraint_answer {
	bool		 known;
	double		 ahead;		/* s, its time - the oscillator's */
	double		 at;		/* oscillator's time */
};

struct constraint {
	struct config_constraint conf;
	enum constraint_state state;
	struct instant	 at;
	struct instant	 begun;		/* the last round */
	bool		 tried;		/* a round was completed */
	bool		 answered;	/* an address has, in this round */
	unsigned	 failures;	/* rounds without an answer, in a row */
	uint32_t	 serial;	/* of what is asked now */
	struct addr	 addrs[CONSTRAINT_TRIES];
	size_t		 naddrs, next;
	struct constraint_answer answers[CONSTRAINT_TRIES];
	char		 why[CONSTRAINT_WHY];	/* what is to be said */
	char		 told[CONSTRAINT_WHY];	/* what was said last */
};

struct constraints {
	struct constraint list[CONFIG_MAX_CONSTRAINTS];
	size_t		 n;
	char		 ca[CONFIG_PATH_LEN];
	uint32_t	 next_serial;
	double		 floor;		/* it is not earlier, s since 1970 */
};

/*
 * What the constraints of CONF are now.  Those that were there keep what they
 * know.
 */
void	 constraints_configure(struct constraints *cs,
	    const struct config *conf, struct instant now);

/* The next name to be looked up, question *SERIAL; false if there is none. */
bool	 constraints_question(struct constraints *cs, struct instant now,
	    uint32_t *serial, struct resolve_request *request);

/* The answer to question SERIAL, which is another process's word. */
void	 constraints_resolved(struct constraints *cs, uint32_t serial,
	    const struct resolve_reply *reply, struct instant now);

/* The next exchange to begin, as *SERIAL; false if there is none. */
bool	 constraints_task(struct constraints *cs, struct instant now,
	    uint32_t *serial, struct tls_task *task);

/* It cannot begin now: it comes again. */
void	 constraints_postpone(struct constraints *cs, uint32_t serial,
	    struct instant now);

/*
 * Its result, which is another process's word, at the oscillator's time OSC;
 * *DATE is NULL if it has ended without one.
 */
void	 constraints_take(struct constraints *cs, uint32_t serial,
	    const struct tls_date *date, double osc, struct instant now);

/*
 * Something speaks for asking all of them again: those whose last round has
 * begun LEAST s ago at once, the others then.
 */
void	 constraints_hurry(struct constraints *cs, double least,
	    struct instant now);

/* When constraints_question() or constraints_task() has something. */
struct instant constraints_deadline(const struct constraints *cs);

/*
 * It was UNIX_TIME, s since 1970, when this machine knew what time it was.  A
 * certificate that was stolen proves who its thief is as long as it is not
 * known to have expired: so a single statement is not believed that it is
 * earlier.  Two are, so that a floor that is wrong does not stay for ever.
 */
void	 constraints_raise(struct constraints *cs, double unix_time);

/*
 * What all answers say together, see CONTROL_CONSTRAINTS.  If it is
 * CONSTRAINTS_KNOWN, *TIME is what time it is at OSC, s since 1970, and it is
 * off by *WITHIN s at most.
 */
enum control_constraints constraints_state(const struct constraints *cs,
	    double osc, double *time, double *within);

#endif
