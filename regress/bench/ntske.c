/*
 * ntske: agree on NTS keys with the server at 127.0.0.1, as our client does, as
 * many times as is wanted, and print what ntpload -N takes: the key of a
 * client's packets and a cookie.
 *
 * usage: ntske ca-file [times]
 */
#include <arpa/inet.h>

#include <bsd/string.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ntpd/tls/agree.h"

static struct agree a;

static void
print(const uint8_t *bytes, size_t len)
{
	size_t		 i;

	for (i = 0; i < len; i++)
		printf("%02x", bytes[i]);
}

/* An exchange whose result is in A. */
static void
agree_once(const char *ca)
{
	memset(&a, 0, sizeof(a));
	strlcpy(a.task.name, "127.0.0.1", sizeof(a.task.name));
	strlcpy(a.task.ca, ca, sizeof(a.task.ca));
	a.task.addr = (struct addr){ .family = ADDR_IPV4, .port = NTS_PORT,
	    .bytes = { 127, 0, 0, 1 } };
	a.task.seconds = 10;
	a.deadline = instant_add(instant_now(), a.task.seconds);
	if (agree_connect(&a))
		agree_run(&a);
	if (a.keys.outcome != NTS_AGREED)
		errx(1, "%s", a.keys.why);
	SSL_free(a.ssl);
	close(a.fd);
}

int
main(int argc, char *argv[])
{
	int		 times = argc == 3 ? atoi(argv[2]) : 1;

	if (argc < 2 || argc > 3 || times < 1)
		errx(2, "usage: ntske ca-file [times]");
	while (times-- > 0)
		agree_once(argv[1]);
	print(a.keys.c2s, AEAD_KEY_MOST);
	putchar(':');
	print(a.keys.answer.cookies[0].bytes, a.keys.answer.cookies[0].len);
	putchar('\n');
	return 0;
}
