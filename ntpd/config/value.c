/*
 * Is a word of ntpd.conf what it should be?
 */
#include "ntpd/config/value.h"

#include <bsd/stdlib.h>
#include <string.h>

#include "common/hostname.h"
#include "ntpd/config.h"

#define DIGITS		"0123456789"
#define LETTERS		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

bool
value_first(const char *words, const char *word)
{
	size_t		 len = strcspn(words, " ");

	return strlen(word) == len && strncmp(words, word, len) == 0;
}

const char *
value_rest(const char *words)
{
	const char	*blank = strchr(words, ' ');

	return blank == NULL ? NULL : blank + 1;
}

bool
value_number(const char *text, unsigned min, unsigned max, unsigned *n)
{
	const char	*error;
	long long	 value;

	/* strtonum(3) would let blanks and signs pass. */
	if (text[0] == '\0' || text[strspn(text, DIGITS)] != '\0')
		return false;
	value = strtonum(text, min, max, &error);
	if (error != NULL)
		return false;
	*n = (unsigned)value;
	return true;
}

bool
value_range(const char *text, unsigned min, unsigned max, unsigned *low,
    unsigned *high)
{
	char		 first[16];
	size_t		 len = strcspn(text, "-");
	unsigned	 l, h;

	if (len >= sizeof(first))
		return false;
	memcpy(first, text, len);
	first[len] = '\0';
	if (!value_number(first, min, max, &l))
		return false;
	h = l;
	if (text[len] == '-' && !value_number(text + len + 1, min, max, &h))
		return false;
	if (l > h)
		return false;
	*low = l;
	*high = h;
	return true;
}

/* VLANs have names with one dot and a number: eth0.100. */
bool
value_like_host(const char *text)
{
	const char	*dot = strrchr(text, '.');

	return dot != NULL && hostname_valid(text);
}

const char *
value_network(const char *text, struct config_rule *rule)
{
	char		 address[ADDR_STRLEN];
	size_t		 len = strcspn(text, "/");
	struct addr	 addr;
	unsigned	 most, length;

	if (len >= sizeof(address) || strchr(text, '%') != NULL)
		return "it cannot be an address";
	memcpy(address, text, len);
	address[len] = '\0';
	if (!addr_parse(&addr, address, 0))
		return "it is not a complete address";
	most = addr.family == ADDR_IPV4 ? 32 : 128;
	length = most;
	if (text[len] == '/' && !value_number(text + len + 1, 0, most, &length))
		return addr.family == ADDR_IPV4 ?
		    "the length of the prefix is not 0 to 32" :
		    "the length of the prefix is not 0 to 128";
	/* Nobody asks from there. */
	if (addr_is_mapped(&addr))
		return "it is IPv4 written as IPv6";
	rule->family = addr.family;
	rule->length = (uint8_t)length;
	memcpy(rule->bytes, addr.bytes, sizeof(rule->bytes));
	return NULL;
}

bool
value_user(const char *text, size_t size)
{
	size_t	 len = strspn(text, LETTERS DIGITS "_-.");

	return text[len] == '\0' && len > 0 && len < size && text[0] != '-' &&
	    strspn(text, DIGITS) != len;
}

bool
value_wildcard(const struct config_listener *l)
{
	static const uint8_t	 zeros[sizeof(l->addr.bytes)];

	return l->kind == LISTEN_ANY || (l->kind == LISTEN_ADDRESS &&
	    memcmp(l->addr.bytes, zeros, sizeof(zeros)) == 0);
}
