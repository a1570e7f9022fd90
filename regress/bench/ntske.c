/*
 * ntske: agree on NTS keys with the server at 127.0.0.1, as our client does,
 * and print what ntpload -N takes: the key of a client's packets and a cookie.
 *
 * usage: ntske ca-file
 */
#include <arpa/inet.h>

#include <bsd/string.h>
#include <err.h>
#include <stdio.h>

#include "ntpd/tls/agree.h"

static struct agree a;

static void
print(const uint8_t *bytes, size_t len)
{
	size_t		 i;

	for (i = 0; i < len; i++)
		printf("%02x", bytes[i]);
}

int
main(int argc, char *argv[])
{
	if (argc != 2)
		errx(2, "usage: ntske ca-file");
	strlcpy(a.task.name, "127.0.0.1", sizeof(a.task.name));
	strlcpy(a.task.ca, argv[1], sizeof(a.task.ca));
	a.task.addr = (struct addr){ .family = ADDR_IPV4, .port = NTS_PORT,
	    .bytes = { 127, 0, 0, 1 } };
	a.task.seconds = 10;
	a.deadline = instant_add(instant_now(), a.task.seconds);
	if (agree_connect(&a))
		agree_run(&a);
	if (a.keys.outcome != NTS_AGREED)
		errx(1, "%s", a.keys.why);
	print(a.keys.c2s, AEAD_KEY_MOST);
	putchar(':');
	print(a.keys.answer.cookies[0].bytes, a.keys.answer.cookies[0].len);
	putchar('\n');
	return 0;
}
