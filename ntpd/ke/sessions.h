/*
 * Sessions of key establishment: strangers who connect, bounded in number and
 * time.
 */
#ifndef NTPD_KE_SESSIONS_H
#define NTPD_KE_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cookie.h"
#include "common/counters.h"
#include "common/instant.h"
#include "common/ke.h"
#include "common/pollset.h"
#include "ntpd/openssl.h"

#define SESSIONS_MOST		128
#define SESSION_SECONDS		5.0	/* for all of it */
#define SESSION_ANSWER_MOST	1200	/* bytes; ours has 900 */

/*
 *  state		what is true			ends with
 *  SESSION_FREE	there is none			sessions_add()
 *  SESSION_SHAKES	TLS is being agreed on		that -> READS
 *  SESSION_READS	the request is to come		its end -> WRITES
 *  SESSION_WRITES	the answer is to leave		that -> FREE
 *
 * All of them end when their time is over, when the client hangs up, and when
 * another one needs the place.
 */
enum session_state {
	SESSION_FREE,
	SESSION_SHAKES,
	SESSION_READS,
	SESSION_WRITES
};

struct session {
	enum session_state state;
	int		 fd;
	int		 slot;		/* of the pollset */
	short		 events;	/* that it waits for */
	SSL		*ssl;
	struct instant	 deadline;
	uint16_t	 ntp_port;
	struct ke_input	 in;
	bool		 agreed;	/* the answer has keys */
};

struct sessions {
	struct session	 list[SESSIONS_MOST];
	size_t		 used;		/* of list; all behind are free */
	struct cookie_jar jar;
	struct server_counters counters;
	bool		 news;		/* they have changed */
};

/* Nobody is there, and there are no keys. */
void	 sessions_init(struct sessions *s);

/*
 * Begin a session on FD, by CTX, which may be replaced meanwhile: its keys are
 * for the NTP server at NTP_PORT.  FD is closed when the session ends, or if
 * there cannot be one.
 */
void	 sessions_add(struct sessions *s, SSL_CTX *ctx, int fd,
	    uint16_t ntp_port, struct instant now);

/* Wait for all of them; then let those go on that can. */
void	 sessions_poll(struct sessions *s, struct pollset *set);
void	 sessions_run(struct sessions *s, const struct pollset *set,
	    struct instant now);

/* When the first one's time is over. */
struct instant sessions_deadline(const struct sessions *s);

#endif
