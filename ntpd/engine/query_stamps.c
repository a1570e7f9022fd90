/*
 * When a request left and its answer came: by a network card, by the kernel, or
 * as we saw it.
 */
#include <math.h>
#include <stdlib.h>

#include "common/ns.h"
#include "ntpd/engine/query.h"

/* A time stamp of the kernel that is further from our reading is wrong, ns. */
#define STAMP_AGE	NS_PER_S

/*
 * A card stamps a packet before the kernel when it comes, after it when it
 * leaves; by more than so many s, or by SLACK and its error to the other side,
 * it is wrong.  By taste: cards wait for more packets before they interrupt.
 */
#define CARD_AGE	0.02
#define CARD_SLACK	10e-6

/* Has STAMP the kernel's time of a packet, which we saw at READ? */
static bool
is_by_kernel(const struct stamp *stamp, const struct reading *read)
{
	return stamp->has_kernel &&
	    llabs(stamp->kernel - read->real) < STAMP_AGE;
}

/* *R at the moment that INTERFACE's card says with STAMP; false: none. */
static bool
find_card(const struct clocks *clocks, const struct stamp *stamp,
    uint32_t interface, struct reading *r, double *error)
{
	int64_t		 raw;

	if (!stamp->has_card || !cards_find(&clocks->cards, interface,
	    stamp->card, &raw, error))
		return false;
	*r = clocks_at_raw(clocks, r, raw);
	return true;
}

/* Do the stamps of the card, SENT and RECEIVED, fit the kernel's of X? */
static bool
is_possible(const struct exchange *x, const struct reading *sent,
    const struct reading *received, double error)
{
	const double	 out = sent->now - x->sent.now;
	const double	 back = x->received.now - received->now;
	const double	 least = -CARD_SLACK - error;

	/* Written so that NaN fails. */
	return out >= least && out <= CARD_AGE && back >= least &&
	    back <= CARD_AGE;
}

/* X as the kernel has it: the request LEFT, the answer CAME. */
static void
take_kernel(struct exchange *x, const struct clocks *clocks,
    const struct stamp *left, const struct stamp *came)
{
	const struct reading r = x->received;
	bool		 both = false;

	/* It left after we read the clock, and not much later. */
	if (is_by_kernel(left, &x->sent) && left->kernel > x->sent.real) {
		x->sent = clocks_at(clocks, &x->sent, left->kernel);
		both = true;
	}
	if (!is_by_kernel(came, &r))
		return;
	x->received = clocks_at(clocks, &r, came->kernel);
	if (both)
		x->stamps = STAMPED_KERNEL;
}

struct exchange
query_exchange(const struct query *q, const struct clocks *clocks,
    const struct reading *r, const struct stamp *came)
{
	struct exchange	 x = {
		.known = true, .sent = q->sent, .received = *r,
		.stamps = STAMPED_USER
	};
	struct reading	 sent = q->sent, received = *r;
	double		 error, more;

	take_kernel(&x, clocks, &q->left, came);
	if (!find_card(clocks, &q->left, came->interface, &sent, &error) ||
	    !find_card(clocks, came, came->interface, &received, &more) ||
	    !is_possible(&x, &sent, &received, fmax(error, more)))
		return x;
	x.sent = sent;
	x.received = received;
	x.stamps = STAMPED_HARDWARE;
	return x;
}
