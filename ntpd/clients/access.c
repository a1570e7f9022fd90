/*
 * Rules into ranges.  Two prefixes are apart or one is within the other, so
 * one pass over them in the order of their addresses, with a stack of those
 * that the present address is in, tells where the deciding rule changes.
 */
#include <stdlib.h>

#include <bsd/stdlib.h>

#include "common/addr.h"
#include "ntpd/clients/access.h"

/* A rule of one family. */
struct prefix {
	struct addrbits	 first, last;
	size_t		 order;		/* the lower, the earlier it decides */
	bool		 allow;
};

/* A prefix that the present address is in. */
struct open {
	struct addrbits	 last;
	size_t		 order;		/* of the rule that decides in it */
	bool		 allow;
};

/* As many prefixes can be within one another, the whole family included. */
#define DEEPEST		(ADDRBITS + 2)

struct pass {
	struct access_ranges *out;
	struct open	 stack[DEEPEST];
	size_t		 depth;
};

bool
access_rule_valid(const struct config_rule *rule)
{
	if (rule->allow > 1)
		return false;
	switch (rule->family) {
	case ADDR_NONE:
		return rule->length == 0;
	case ADDR_IPV4:
		return rule->length <= 32;
	case ADDR_IPV6:
		return rule->length <= ADDRBITS;
	default:
		return false;
	}
}

static struct prefix
prefix_of(const struct config_rule *rule, enum addr_family family, size_t order)
{
	unsigned	 length = rule->length;
	struct addrbits	 a;

	/* The bytes of a rule for any address are 0. */
	if (family == ADDR_IPV4) {
		a = addrbits_from_ipv4(rule->bytes);
		length += ADDRBITS4;
	} else
		a = addrbits_from_ipv6(rule->bytes);
	return (struct prefix){ addrbits_first(a, length),
	    addrbits_last(a, length), order, rule->allow != 0 };
}

/* By address, a prefix before those within it. */
static int
compare(const void *left, const void *right)
{
	const struct prefix *a = left, *b = right;

	if (!addrbits_equal(a->first, b->first))
		return addrbits_below(a->first, b->first) ? -1 : 1;
	if (!addrbits_equal(a->last, b->last))
		return addrbits_below(b->last, a->last) ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* From FIRST on it is ALLOW. */
static void
range(struct access_ranges *out, struct addrbits first, bool allow)
{
	/* Another end at the same address, or two rules that agree. */
	if (out->n > 0 && addrbits_equal(out->list[out->n - 1].first, first))
		out->n--;
	if (out->n > 0 && out->list[out->n - 1].allow == allow)
		return;
	out->list[out->n++] = (struct access_range){ first, allow };
}

/* The innermost prefix ends: what is around it decides again. */
static void
leave(struct pass *pass)
{
	const struct open *top = &pass->stack[--pass->depth];

	if (!addrbits_equal(top->last, pass->stack[0].last))
		range(pass->out, addrbits_next(top->last), top[-1].allow);
}

static void
enter(struct pass *pass, const struct prefix *prefix)
{
	struct open	*inner;

	while (addrbits_below(pass->stack[pass->depth - 1].last,
	    prefix->first))
		leave(pass);
	inner = &pass->stack[pass->depth++];
	*inner = inner[-1];
	inner->last = prefix->last;
	if (prefix->order < inner->order) {
		inner->order = prefix->order;
		inner->allow = prefix->allow;
	}
	range(pass->out, prefix->first, inner->allow);
}

/* Of rules for the same prefix the first stays.  Returns how many are left. */
static size_t
remove_doubles(struct prefix *list, size_t n)
{
	size_t		 i, kept = 0;

	for (i = 0; i < n; i++)
		if (kept == 0 ||
		    !addrbits_equal(list[i].first, list[kept - 1].first) ||
		    !addrbits_equal(list[i].last, list[kept - 1].last))
			list[kept++] = list[i];
	return kept;
}

/* The ranges of N prefixes of a family WHOLE, which decides last. */
static void
make_ranges(struct access_ranges *out, struct prefix *list, size_t n,
    const struct prefix *whole)
{
	struct pass	 pass = { .out = out, .depth = 1 };
	size_t		 i;

	/* Not qsort(3), which asks the kernel how much memory there is. */
	heapsort(list, n, sizeof(*list), compare);
	n = remove_doubles(list, n);
	pass.stack[0] = (struct open){ whole->last, whole->order,
	    whole->allow };
	range(out, whole->first, whole->allow);
	for (i = 0; i < n; i++)
		enter(&pass, &list[i]);
	while (pass.depth > 1)
		leave(&pass);
}

/* Compile the N RULES for one family; false if there is no memory. */
static bool
compile(struct access_ranges *out, const struct config_rule *rules, size_t n,
    enum addr_family family)
{
	static const struct config_rule any;
	struct prefix	*list, whole;
	size_t		 i, used = 0;

	*out = (struct access_ranges){ NULL, 0 };
	list = calloc(n + 1, sizeof(*list));
	out->list = calloc(2 * n + 1, sizeof(*out->list));
	if (list == NULL || out->list == NULL) {
		free(list);
		free(out->list);
		out->list = NULL;
		return false;
	}
	whole = prefix_of(&any, family, n);
	whole.allow = true;
	for (i = 0; i < n; i++) {
		if (rules[i].allow)
			whole.allow = false;
		if (rules[i].family == ADDR_NONE ||
		    rules[i].family == family)
			list[used++] = prefix_of(&rules[i], family, i);
	}
	make_ranges(out, list, used, &whole);
	free(list);
	return true;
}

bool
access_set(struct access *a, const struct config_rule *rules, size_t n)
{
	struct access	 new = { { NULL, 0 }, { NULL, 0 } };

	if (n > 0 && (!compile(&new.ipv4, rules, n, ADDR_IPV4) ||
	    !compile(&new.ipv6, rules, n, ADDR_IPV6))) {
		free(new.ipv4.list);
		return false;
	}
	free(a->ipv4.list);
	free(a->ipv6.list);
	*a = new;
	return true;
}

bool
access_allows(const struct access *a, struct addrbits from)
{
	const struct access_ranges *ranges;
	size_t		 low = 0, high, middle;

	ranges = addrbits_is_ipv4(from) ? &a->ipv4 : &a->ipv6;
	if (ranges->n == 0)
		return true;
	/* The last range that does not begin after FROM. */
	for (high = ranges->n; high - low > 1;) {
		middle = low + (high - low) / 2;
		if (addrbits_below(from, ranges->list[middle].first))
			high = middle;
		else
			low = middle;
	}
	return ranges->list[low].allow;
}
