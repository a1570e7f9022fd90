/*
 * Taking rules in parts.
 */
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "ntpd/clients/rules.h"

/* Does PART go on where the parts before it ended? */
static bool
fits(const struct rules *r, const struct access_part *part)
{
	size_t		 i;

	if (part->total > CONFIG_MAX_RULES || part->count > ACCESS_PART ||
	    part->first != r->n || part->count > part->total - r->n ||
	    (part->first > 0 && part->total != r->total))
		return false;
	for (i = 0; i < part->count; i++)
		if (!access_rule_valid(&part->rules[i]))
			return false;
	return true;
}

bool
rules_take(struct rules *r, struct access *access,
    const struct access_part *part)
{
	if (part->first == 0)
		r->n = 0;
	if (!fits(r, part))
		fatalx("the rules who may ask are garbled");
	if (part->first == 0) {
		free(r->list);
		r->total = part->total;
		r->list = calloc(r->total + 1, sizeof(*r->list));
		if (r->list == NULL)
			fatal("no memory for who may ask");
	}
	memcpy(r->list + r->n, part->rules, part->count * sizeof(*r->list));
	r->n += part->count;
	if (r->n < r->total)
		return false;
	if (!access_set(access, r->list, r->n))
		fatal("no memory for who may ask");
	free(r->list);
	*r = (struct rules){ NULL, 0, 0 };
	return true;
}
