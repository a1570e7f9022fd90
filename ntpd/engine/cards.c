/*
 * Network cards that stamp packets.
 */
#include <string.h>

#include "ntpd/engine/cards.h"

#define MISSING		4	/* answers; by taste */

void
cards_init(struct cards *c, const struct engine_card *list, size_t n)
{
	size_t		 i;

	*c = (struct cards){ .n = n < CARDS_MOST ? n : CARDS_MOST };
	for (i = 0; i < c->n; i++) {
		c->list[i].conf = list[i];
		c->list[i].conf.name[IF_NAMESIZE - 1] = '\0';
	}
}

bool
cards_take(struct cards *c, size_t number, const struct card_reading *r)
{
	size_t		 i;

	for (i = 0; i < c->n; i++)
		if (c->list[i].conf.sensor == number) {
			card_read(&c->list[i].card, r);
			return true;
		}
	return false;
}

bool
cards_find(const struct cards *c, uint32_t interface, int64_t stamp,
    int64_t *raw, double *error)
{
	size_t		 i;

	for (i = 0; i < c->n; i++)
		if (c->list[i].conf.interface == interface ||
		    (interface == 0 && c->n == 1))
			return card_to_raw(&c->list[i].card, stamp, raw,
			    error);
	return false;
}

bool
cards_note(struct cards *c, bool by_card)
{
	const enum cards_state before = c->state;

	if (c->n == 0)
		return false;
	c->without = by_card ? 0 : c->without + 1;
	if (by_card)
		c->state = CARDS_USED;
	else if (c->without >= MISSING)
		c->state = CARDS_MISSING;
	return c->state != before;
}
