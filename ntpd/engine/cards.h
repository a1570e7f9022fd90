/*
 * Network cards that stamp packets: how their clocks go, and when a packet came
 * or left by them.
 */
#ifndef NTPD_CARDS_H
#define NTPD_CARDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/card.h"
#include "common/stamp.h"
#include "ntpd/payloads.h"

/*
 *  state		what is true			ends when
 *  CARDS_UNTRIED	no packet was stamped yet	one is: USED; four
 *							answers are not: MISSING
 *  CARDS_USED		the last ones were		four answers are not
 *  CARDS_MISSING	the kernel's stamps are used	one is: USED
 */
enum cards_state { CARDS_UNTRIED, CARDS_USED, CARDS_MISSING };

struct cards {
	size_t		 n;		/* 0: nobody asks for such stamps */
	struct {
		struct engine_card conf;
		struct card	 card;
	}		 list[CARDS_MOST];
	enum cards_state state;
	unsigned	 without;	/* answers in a row */
};

/* Begin with the N cards of LIST; N may be any number. */
void	 cards_init(struct cards *c, const struct engine_card *list, size_t n);

/* Sensor process NUMBER has read R.  False if it reads no card of C's. */
bool	 cards_take(struct cards *c, size_t number,
	    const struct card_reading *r);

/*
 * When CLOCK_MONOTONIC_RAW (ns) was the moment that INTERFACE's card stamped
 * with STAMP, in *RAW, give or take *ERROR s.  If the interface is not known
 * (0) it is that of the only card.  False if that cannot be told.
 */
bool	 cards_find(const struct cards *c, uint32_t interface, int64_t stamp,
	    int64_t *raw, double *error);

/*
 * An answer came, and BY_CARD it was stamped by one, and so was its request.
 * True if the state is another one since.
 */
bool	 cards_note(struct cards *c, bool by_card);

#endif
