/*
 * ntpctl -s clients: who asks the processes that answer clients, those first
 * that ask most.
 */
#include <inttypes.h>
#include <string.h>

#include "ntpctl/show.h"

#define NAME_LEN	(ADDR_STRLEN + 8)

/* "192.0.2.7", or "2001:db8::/64" if it is not one address. */
static const char *
name(const struct client_count *client, char text[NAME_LEN])
{
	unsigned	 whole = client->addr.family == ADDR_IPV4 ? 32 : 128;
	size_t		 len;

	addr_format(&client->addr, text);
	len = strlen(text);
	if (client->length != whole)
		snprintf(text + len, NAME_LEN - len, "/%u", client->length);
	return text;
}

void
show_clients(FILE *out, const struct control_clients *clients)
{
	const struct client_count *client;
	char		 text[NAME_LEN];
	uint32_t	 i, silent = clients->workers - clients->counted;
	int		 width = (int)strlen("client"), len;

	for (i = 0; i < clients->n; i++) {
		len = (int)strlen(name(&clients->list[i], text));
		width = len > width ? len : width;
	}
	fprintf(out, "%-*s  %10s  %10s\n", width, "client", "requests",
	    "refused");
	for (i = 0; i < clients->n; i++) {
		client = &clients->list[i];
		fprintf(out, "%-*s  %10" PRIu32 "  %10" PRIu32 "\n", width,
		    name(client, text), client->requests, client->refused);
	}
	if (clients->n == 0)
		fprintf(out, "nobody%s\n", clients->workers == 0 ?
		    ", ntpd does not listen" : " has asked");
	if (silent > 0)
		fprintf(out, "%" PRIu32 " of %" PRIu32 " workers did not "
		    "answer, their clients are missing\n", silent,
		    clients->workers);
}
