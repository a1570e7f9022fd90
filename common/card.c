/*
 * The clock of a network card.
 */
#include <math.h>
#include <stdlib.h>

#include "common/card.h"
#include "common/ns.h"

/* A reading that may be off by more is none, s. */
#define ERROR_MOST	1e-3

/* As many readings make a line; by taste. */
#define LEAST		4

/*
 * A reading counts if it may be off by no more than so many times the error of
 * the best one: bus and CPU were busy.  Tuned: card_test.
 */
#define NEAR_BEST	3.0

/*
 * Older ones do not count, ns: who steers the card changes its rate each
 * second.  Tuned: card_test.
 */
#define OLD		(4 * NS_PER_S)

/* So far beyond its error, and the line's, a reading is not on it. */
#define ODD_ERRORS	4.0

/*
 * What a steered clock's rate may have changed by since the last reading, s/s.
 * By taste: what linuxptp's servo does at once is less.
 */
#define WANDER		1e-6

/* No card's clock differs by more, s/s; some can be steered by a tenth. */
#define RATE_MOST	0.1

/* A stamp may be so far from the readings, ns. */
#define REACH		(4 * NS_PER_S)

void
card_forget(struct card *card)
{
	*card = (struct card){ .n = 0 };
}

/* What R's card clock has gained on RAW since BASE, ns. */
static double
gained(const struct card_reading *r, const struct card_reading *base)
{
	return (double)((r->card - base->card) - (r->raw - base->raw));
}

/* Does reading I count, where the best may be off by BEST? */
static bool
counts(const struct card *card, unsigned i, double best)
{
	const struct card_reading *r = &card->readings[i];

	return card->readings[0].raw - r->raw <= OLD &&
	    r->error <= NEAR_BEST * best;
}

/* The least error of those that are not too old, s. */
static double
find_best(const struct card *card)
{
	double		 best = ERROR_MOST;
	unsigned	 i;

	for (i = 0; i < card->n; i++)
		if (counts(card, i, HUGE_VAL))
			best = fmin(best, card->readings[i].error);
	return best;
}

struct sums {
	double		 n, x, y, xx, xy, yy;
};

/* X in s and Y in ns, both from the newest reading. */
static struct sums
add_up(const struct card *card)
{
	const double	 best = find_best(card);
	struct sums	 s = { .n = 0 };
	double		 x, y;
	unsigned	 i;

	for (i = 0; i < card->n; i++) {
		if (!counts(card, i, best))
			continue;
		x = (double)(card->readings[i].raw - card->readings[0].raw) *
		    1e-9;
		y = gained(&card->readings[i], &card->readings[0]);
		s.n++;
		s.x += x;
		s.y += y;
		s.xx += x * x;
		s.xy += x * y;
		s.yy += y * y;
	}
	return s;
}

static void
fit(struct card *card)
{
	const struct sums s = add_up(card);
	const double	 d = s.n * s.xx - s.x * s.x;
	double		 slope, rest;

	card->known = s.n >= LEAST && d > 0;
	if (!card->known)
		return;
	slope = (s.n * s.xy - s.x * s.y) / d;
	card->offset = (s.y - slope * s.x) / s.n;
	card->rate = slope * 1e-9;
	rest = s.yy - card->offset * s.y - slope * s.xy;
	card->scatter = sqrt(fmax(0, rest) / (s.n - 2)) * 1e-9;
	card->known = fabs(card->rate) <= RATE_MOST;
}

/* Is R where the line leads to? */
static bool
is_on_line(const struct card *card, const struct card_reading *r)
{
	const double	 passed = (double)(r->raw - card->readings[0].raw);
	const double	 apart = gained(r, &card->readings[0]) -
	    card->offset - card->rate * passed;

	return fabs(apart) * 1e-9 <= ODD_ERRORS * (r->error +
	    card->scatter) + WANDER * passed * 1e-9;
}

static void
push(struct card_reading *list, unsigned *n, unsigned most,
    const struct card_reading *r)
{
	unsigned	 i;

	if (*n < most)
		++*n;
	for (i = *n - 1; i > 0; i--)
		list[i] = list[i - 1];
	list[0] = *r;
}

/* The card was set, or runs at another rate: what was before does not count. */
static void
begin_again(struct card *card)
{
	const struct card old = *card;

	card_forget(card);
	card->readings[0] = old.odd[0];
	card->readings[1] = old.odd[1];
	card->n = 2;
}

void
card_read(struct card *card, const struct card_reading *r)
{
	/* Written so that NaN fails. */
	if (!(r->error >= 0 && r->error <= ERROR_MOST) || r->raw < 0 ||
	    r->card < 0 || r->raw > INT64_MAX / 2 || r->card > INT64_MAX / 2 ||
	    (card->n > 0 && r->raw <= card->readings[0].raw))
		return;
	if (card->known && !is_on_line(card, r)) {
		if (card->nodd < 2) {
			push(card->odd, &card->nodd, 2, r);
			return;
		}
		begin_again(card);
	}
	card->nodd = 0;
	push(card->readings, &card->n, CARD_READINGS, r);
	fit(card);
}

bool
card_to_raw(const struct card *card, int64_t stamp, int64_t *raw, double *error)
{
	const struct card_reading *newest = &card->readings[0];
	double		 passed;

	if (!card->known || stamp < 0 ||
	    llabs(stamp - newest->card) > REACH)
		return false;
	passed = ((double)(stamp - newest->card) - card->offset) /
	    (1 + card->rate);
	*raw = newest->raw + llround(passed);
	*error = find_best(card) + card->scatter +
	    WANDER * fabs(passed) * 1e-9;
	return true;
}
