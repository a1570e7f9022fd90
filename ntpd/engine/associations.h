/*
 * All associations together: who is asked because of what another one said,
 * and who is still waited for.
 */
#ifndef NTPD_ASSOCIATIONS_H
#define NTPD_ASSOCIATIONS_H

#include <stddef.h>

#include "common/instant.h"
#include "ntpd/engine/association.h"

/*
 * Another association of I's statement that is the same server by an address
 * of the other family, as their last answers say; MAX_ASSOCIATIONS if there is
 * none.
 */
size_t	 associations_twin(const struct association all[MAX_ASSOCIATIONS],
	    size_t i);

/*
 * The network may be back.  All other silent servers are asked at once, lest
 * the one that answers be believed alone for the rest of their interval.
 */
void	 associations_wake(const struct planning *p);

/*
 * The network has changed: ask those soon whose last request could not leave,
 * or is not answered.
 */
void	 associations_look_again(const struct planning *p);

/*
 * Was A's last answer a surprise?  Then A, or our clock, has changed.  To find
 * out which, A and all others that are believed are asked again soon, none of
 * them more often than is allowed.
 */
void	 associations_settle_doubt(const struct planning *p,
	    struct association *a);

/*
 * An answer may have shown that the oscillator is less quiet than before.
 * Servers whose planned wait is too long now are asked sooner.
 */
void	 associations_hasten(const struct planning *p);

/* When has the next of them something to do? */
struct instant associations_deadline(
	    const struct association all[MAX_ASSOCIATIONS]);

/* Is any server opposed, as sync_is_opposed() has it? */
bool	 associations_opposed(const struct planning *p);

/* How many may still give the first answers of a quick start? */
size_t	 associations_expected(const struct association all[MAX_ASSOCIATIONS]);

/*
 * How many are not heard yet, or not often enough for a vote, though their
 * first requests are sent?  Those that have been silent for long do not count.
 */
size_t	 associations_silent(const struct association all[MAX_ASSOCIATIONS]);

/* How many are the expected ones and those whose answer is still in time? */
size_t	 associations_hoped(const struct association all[MAX_ASSOCIATIONS]);

#endif
