/*
 * What the hwtimestamp statement means: network cards that stamp packets.
 */
#include <bsd/string.h>
#include <string.h>

#include "common/place.h"
#include "ntpd/config/statement.h"

void
hwtimestamp_on(struct parser *p, const struct word *where)
{
	struct config	*conf = p->conf;
	char		 interface[IF_NAMESIZE] = "*";
	struct addr	 addr = { .family = ADDR_NONE };
	const char	*why = NULL;
	size_t		 i;

	if (strcmp(where->text, "*") != 0)
		why = place_listen(where->text, &addr, interface);
	if (why == NULL && addr.family != ADDR_NONE)
		why = "it is an address";
	if (why != NULL) {
		parser_error(p, where->line, "\"%.64s\" is no interface: %s, "
		    "write the name of one or *", where->text, why);
		return;
	}
	for (i = 0; i < conf->ncards; i++)
		if (strcmp(conf->cards[i], interface) == 0) {
			parser_error(p, where->line, "hwtimestamp on %s is "
			    "said twice, remove one", interface);
			return;
		}
	if (conf->ncards == CARDS_MOST)
		parser_error(p, where->line, "too many hwtimestamp "
		    "statements, at most %d", CARDS_MOST);
	else
		strlcpy(conf->cards[conf->ncards++], interface, IF_NAMESIZE);
}
