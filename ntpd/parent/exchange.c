/*
 * Which processes talk by TLS, and until when.
 */
#include "ntpd/parent/exchange.h"

/* A process ends itself first, and says why, s after its deadline. */
#define GRACE		4.0

/* The first in STATE, or NULL. */
static struct exchange *
find(struct exchanges *x, enum exchange_state state)
{
	struct exchange	*e = x->list;

	while (e < x->list + TLS_MOST && e->state != state)
		e++;
	return e < x->list + TLS_MOST ? e : NULL;
}

bool
exchange_has_place(struct exchanges *x)
{
	return find(x, EXCHANGE_FREE) != NULL;
}

bool
exchange_begin(struct exchanges *x, struct children *c,
    const struct exchange *wanted, const struct tls_task *task,
    struct instant now)
{
	struct exchange	*e = find(x, EXCHANGE_FREE);

	if (e == NULL || (e->child = children_add(c, TLS)) == NULL)
		return false;
	e->state = EXCHANGE_RUNS;
	e->what = wanted->what;
	e->id = wanted->id;
	e->about = wanted->about;
	e->deadline = instant_add(now, task->seconds + GRACE);
	/* If this is lost, so is the process: exchange_tend() notices. */
	if (!channel_send(&e->child->channel, e->what, e->id, -1, task))
		channel_close(&e->child->channel);
	return true;
}

const struct exchange *
exchange_take(struct exchanges *x, enum message_type what,
    const struct message *msg)
{
	struct exchange	*e;

	for (e = x->list; e < x->list + TLS_MOST; e++)
		if (e->state == EXCHANGE_RUNS && e->what == what &&
		    msg->from == &e->child->channel) {
			e->state = EXCHANGE_SAID;
			return e;
		}
	return NULL;
}

void
exchange_tend(struct exchanges *x, struct children *c, struct instant now)
{
	struct exchange	*e;

	for (e = x->list; e < x->list + TLS_MOST; e++) {
		if (e->state != EXCHANGE_RUNS && e->state != EXCHANGE_SAID)
			continue;
		if (e->child->channel.open && !instant_before(now, e->deadline))
			children_kill(c, e->child);
		if (!e->child->channel.open)
			e->state = e->state == EXCHANGE_SAID ?
			    EXCHANGE_FREE : EXCHANGE_UNSAID;
	}
}

bool
exchange_unsaid(struct exchanges *x, struct exchange *lost)
{
	struct exchange	*e = find(x, EXCHANGE_UNSAID);

	if (e == NULL)
		return false;
	*lost = *e;
	e->state = EXCHANGE_FREE;
	return true;
}

struct instant
exchange_deadline(const struct exchanges *x)
{
	struct instant	 first = INSTANT_NEVER;
	const struct exchange *e;

	for (e = x->list; e < x->list + TLS_MOST; e++)
		if (e->state == EXCHANGE_RUNS || e->state == EXCHANGE_SAID)
			first = instant_min(first, e->deadline);
	return first;
}
