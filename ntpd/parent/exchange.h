/*
 * Exchanges by TLS: a process for each, which the launcher starts and which is
 * ended at its deadline.
 */
#ifndef NTPD_PARENT_EXCHANGE_H
#define NTPD_PARENT_EXCHANGE_H

#include <stdbool.h>

#include "ntpd/parent/children.h"

/*
 *  state		what is true			ends with
 *  EXCHANGE_FREE	there is none			exchange_begin()
 *  EXCHANGE_RUNS	its process runs		its result -> SAID;
 *							its end or its deadline
 *							-> UNSAID
 *  EXCHANGE_SAID	its result was taken		its end or its deadline
 *							-> FREE
 *  EXCHANGE_UNSAID	it has ended without a result	exchange_unsaid()
 *							-> FREE
 */
enum exchange_state {
	EXCHANGE_FREE,
	EXCHANGE_RUNS,
	EXCHANGE_SAID,
	EXCHANGE_UNSAID
};

struct exchange {
	enum exchange_state state;
	enum message_type what;		/* was sent */
	uint32_t	 id, about;	/* the starter's */
	struct child	*child;
	struct instant	 deadline;
};

struct exchanges {
	struct exchange	 list[TLS_MOST];
};

/* Do less than TLS_MOST run? */
bool	 exchange_has_place(struct exchanges *x);

/*
 * Begin an exchange with TASK.  WANTED says what is sent, a message to TLS that
 * brings no descriptor, and the id that its result or failure is known by.
 * False if TLS_MOST run.
 */
bool	 exchange_begin(struct exchanges *x, struct children *c,
	    const struct exchange *wanted, const struct tls_task *task,
	    struct instant now);

/*
 * MSG is the result of the exchange WHAT that is returned.  NULL if none of
 * these still owes one: each has one result.
 */
const struct exchange *exchange_take(struct exchanges *x,
	    enum message_type what, const struct message *msg);

/* After children_check(): see who has ended, and end who is late. */
void	 exchange_tend(struct exchanges *x, struct children *c,
	    struct instant now);

/*
 * One that has ended without a result, into *LOST; false if there is none, or
 * no other.
 */
bool	 exchange_unsaid(struct exchanges *x, struct exchange *lost);

/* When exchange_tend() has something to do without a process's end. */
struct instant exchange_deadline(const struct exchanges *x);

#endif
