/*
 * Cookie keys: their file, and from one day to the next.
 */
#include <bsd/stdlib.h>
#include <errno.h>
#include <inttypes.h>
#include <nettle/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ntpd/parent/cookies.h"
#include "ntpd/parent/file.h"

#define FILE_MOST	128	/* bytes, longer than any that we wrote */
#define DAYS_MOST	40000	/* that are caught up with: a century */

/* What a secret is good for (RFC 5869 would be more than it takes). */
static void
derive(const uint8_t secret[COOKIES_SECRET_LEN], const char *purpose,
    uint8_t out[COOKIES_SECRET_LEN])
{
	struct hmac_sha256_ctx ctx;

	hmac_sha256_set_key(&ctx, COOKIES_SECRET_LEN, secret);
	hmac_sha256_update(&ctx, strlen(purpose), (const uint8_t *)purpose);
	hmac_sha256_digest(&ctx, COOKIES_SECRET_LEN, out);
}

static void
next_day(struct cookies *c)
{
	uint8_t		 secret[COOKIES_SECRET_LEN];

	derive(c->secret, "ntpd: the next day's secret", secret);
	memcpy(c->secret, secret, sizeof(secret));
	explicit_bzero(secret, sizeof(secret));
	c->day++;
}

/* The oldest day whose key is valid on DAY. */
static uint32_t
oldest(uint32_t day)
{
	return day < COOKIE_KEYS ? 0 : day - (COOKIE_KEYS - 1);
}

void
cookies_new(struct cookies *c, uint32_t day)
{
	c->day = oldest(day);
	arc4random_buf(c->secret, sizeof(c->secret));
}

bool
cookies_follow(struct cookies *c, uint32_t day, bool sure)
{
	const uint32_t	 from = c->day;

	if ((c->day > day && sure) || oldest(day) > c->day + DAYS_MOST)
		cookies_new(c, day);
	while (c->day < oldest(day))
		next_day(c);
	return c->day != from;
}

void
cookies_keys(const struct cookies *c, uint32_t day, struct cookie_keys *keys)
{
	struct cookies	 of = *c;

	memset(keys, 0, sizeof(*keys));
	for (; keys->n < COOKIE_KEYS; keys->n++) {
		keys->list[keys->n].id = of.day;
		derive(of.secret, "ntpd: the day's cookie key",
		    keys->list[keys->n].bytes);
		if (of.day <= day)
			keys->current = keys->n;
		next_day(&of);
	}
	explicit_bzero(&of, sizeof(of));
}

static bool
parse(const char *text, struct cookies *c)
{
	const char	*at = text + strspn(text, "0123456789");
	unsigned	 byte, i;

	if (at == text || at - text > 6 || *at != ' ')
		return false;
	c->day = (uint32_t)strtoul(text, NULL, 10);
	for (i = 0, at++; i < COOKIES_SECRET_LEN; i++, at += 2) {
		if (strspn(at, "0123456789abcdef") < 2 ||
		    sscanf(at, "%2x", &byte) != 1)
			return false;
		c->secret[i] = (uint8_t)byte;
	}
	return strcmp(at, "\n") == 0;
}

enum cookies_status
cookies_read(const char *file, struct cookies *c)
{
	char		 text[FILE_MOST + 1];
	const ssize_t	 n = file_read(file, FILE_SECRET, text, FILE_MOST);

	if (n == -1)
		return errno == ENOENT ? COOKIES_MISSING :
		    errno == EPERM ? COOKIES_UNSAFE : COOKIES_UNREADABLE;
	text[n] = '\0';
	return parse(text, c) ? COOKIES_OK : COOKIES_CORRUPT;
}

bool
cookies_write(const char *file, const struct cookies *c)
{
	char		 text[FILE_MOST];
	int		 len;
	unsigned	 i;

	len = snprintf(text, sizeof(text), "%" PRIu32 " ", c->day);
	for (i = 0; i < COOKIES_SECRET_LEN; i++)
		len += snprintf(text + len, sizeof(text) - (size_t)len, "%02x",
		    c->secret[i]);
	len += snprintf(text + len, sizeof(text) - (size_t)len, "\n");
	return file_replace(file, 0600, text, (size_t)len);
}
