/*
 * The file of symmetric keys.
 */
#include "ntpd/config/keys.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ntpd/config/trusted.h"
#include "ntpd/config/value.h"

#define LINE_LEN	512	/* with its NUL; chosen, twice the longest */
#define WORDS		4	/* looked for in a line: one too many */
#define CHARACTERS_MOST	20	/* of a key without ASCII: or HEX: */
#define SECRET_LEAST	10	/* bytes; fewer than 80 bits can be guessed */

/* Divide LINE into words, WORDS at most.  Returns how many. */
static size_t
split(char *line, char *words[WORDS])
{
	size_t	 n = 0;

	if (line[0] != '\0' && strchr("#!;%", line[0]) != NULL)
		return 0;
	while (n < WORDS) {
		line += strspn(line, " \t\r");
		if (*line == '\0' || *line == '#')
			break;
		words[n++] = line;
		line += strcspn(line, " \t\r");
		if (*line != '\0')
			*line++ = '\0';
	}
	return n;
}

static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The secret of *KEY from TEXT in hexadecimal.  NULL, or what is wrong. */
static const char *
take_hex(struct mac_key *key, const char *text)
{
	size_t	 i, len = strlen(text);
	int	 high, low;

	if (len % 2 != 0)
		return "its hexadecimal digits are not pairs";
	if (len / 2 > sizeof(key->secret))
		return "it is longer than 64 bytes";
	for (i = 0; i < len / 2; i++) {
		high = digit_value(text[2 * i]);
		low = digit_value(text[2 * i + 1]);
		if (high == -1 || low == -1)
			return "it is not hexadecimal, write ASCII: before a "
			    "key of more than 20 characters";
		key->secret[i] = (uint8_t)(high << 4 | low);
	}
	key->length = (uint8_t)(len / 2);
	return NULL;
}

/* The same from characters. */
static const char *
take_characters(struct mac_key *key, const char *text)
{
	size_t	 len = strlen(text);

	if (len > sizeof(key->secret))
		return "it is longer than 64 bytes";
	memcpy(key->secret, text, len);
	key->length = (uint8_t)len;
	return NULL;
}

static const char *
take_secret(struct mac_key *key, const char *text)
{
	if (strncmp(text, "HEX:", 4) == 0)
		return take_hex(key, text + 4);
	if (strncmp(text, "ASCII:", 6) == 0)
		return take_characters(key, text + 6);
	/* In ntp.keys a comment begins there, in chrony.keys none does. */
	if (strchr(text, '#') != NULL)
		return "write ASCII: before a key with #";
	return strlen(text) <= CHARACTERS_MOST ? take_characters(key, text) :
	    take_hex(key, text);
}

/* Is KEY, of line LINE, one that can be used? */
static bool
check_key(struct parser *p, unsigned line, const struct mac_key *key)
{
	const enum mac_algorithm algorithm = (enum mac_algorithm)key->algorithm;
	size_t	 wanted = mac_secret_length(algorithm);

	if (key->length == 0)
		parser_error(p, line, "key %" PRIu32 ": it is empty", key->id);
	else if (wanted != 0 && key->length != wanted)
		parser_error(p, line, "key %" PRIu32 ": %s needs %zu bytes, "
		    "not %u", key->id, mac_name(algorithm), wanted,
		    key->length);
	else {
		if (key->length < SECRET_LEAST)
			parser_warn(p, line, "key %" PRIu32 ": %u bytes can "
			    "be guessed, use 16 or more", key->id,
			    key->length);
		return true;
	}
	return false;
}

/* Insert KEY in the order of numbers. */
static void
add_key(struct parser *p, unsigned line, const struct mac_key *key)
{
	struct config	*conf = p->conf;
	size_t		 i = conf->nkeys;

	if (conf->keys == NULL)
		conf->keys = calloc(CONFIG_MAX_KEYS, sizeof(*conf->keys));
	if (conf->keys == NULL) {
		parser_error(p, line, "out of memory");
		return;
	}
	if (conf->nkeys == CONFIG_MAX_KEYS) {
		parser_error(p, line, "too many keys, at most %d",
		    CONFIG_MAX_KEYS);
		return;
	}
	while (i > 0 && conf->keys[i - 1].id >= key->id)
		i--;
	if (i < conf->nkeys && conf->keys[i].id == key->id) {
		parser_error(p, line, "key %" PRIu32 " is already above, "
		    "remove one", key->id);
		return;
	}
	memmove(&conf->keys[i + 1], &conf->keys[i],
	    (conf->nkeys - i) * sizeof(*conf->keys));
	conf->keys[i] = *key;
	conf->nkeys++;
}

/* Is TEXT like the addresses that ntp.keys can have behind a key? */
static bool
is_addresses(const char *text)
{
	return text[strspn(text, "0123456789abcdefABCDEF.:,/")] == '\0' &&
	    strpbrk(text, ".:") != NULL;
}

/* The words of line LINE, which are a key or should be. */
static void
take_key(struct parser *p, unsigned line, char *words[WORDS], size_t n)
{
	struct mac_key	 key = { 0 };
	const char	*wrong;
	unsigned	 id;

	/* Which of these is the secret one is not known: show none. */
	if (n < 3 || (n > 3 && !is_addresses(words[3]))) {
		parser_error(p, line, "there must be three words: number, "
		    "type and key");
		return;
	}
	if (!value_number(words[0], 1, UINT32_MAX, &id)) {
		parser_error(p, line, "the number of a key must be 1 to "
		    "%" PRIu32, UINT32_MAX);
		return;
	}
	key.id = id;
	key.algorithm = (uint8_t)mac_find(words[1]);
	if (n > 3)
		parser_warn(p, line, "key %u is for some addresses only: left "
		    "out", id);
	else if (key.algorithm == MAC_NONE)
		parser_warn(p, line, "key %u has an unknown type: left out; "
		    "there are AES128, AES256, SHA1, SHA256, SHA512 and MD5",
		    id);
	else if ((wrong = take_secret(&key, words[2])) != NULL)
		parser_error(p, line, "key %u: %s", id, wrong);
	else if (check_key(p, line, &key))
		add_key(p, line, &key);
	mac_wipe(&key);
}

static void
take_line(struct parser *p, unsigned number, const char *text, size_t len)
{
	char	 line[LINE_LEN];
	char	*words[WORDS];
	size_t	 n, i;

	if (len >= sizeof(line)) {
		parser_error(p, number, "longer than %zu characters",
		    sizeof(line) - 1);
		return;
	}
	memcpy(line, text, len);
	line[len] = '\0';
	for (i = 0; i < len; i++)
		if (line[i] == '\0' || line[i] == 127 ||
		    (line[i] > 0 && line[i] < ' ' &&
		    strchr("\t\r", line[i]) == NULL)) {
			parser_error(p, number, "a character that is not "
			    "printable");
			break;
		}
	if (i == len && (n = split(line, words)) > 0)
		take_key(p, number, words, n);
	explicit_bzero(line, sizeof(line));
}

void
keys_parse(struct parser *p, const char *text, size_t len)
{
	const char	*end;
	unsigned	 number;
	size_t		 n;

	if (len > TRUSTED_MOST) {
		parser_error(p, 0, "larger than 1 MiB");
		return;
	}
	for (number = 1; len > 0; number++) {
		end = memchr(text, '\n', len);
		n = end == NULL ? len : (size_t)(end - text);
		take_line(p, number, text, n);
		if (end != NULL)
			n++;
		text += n;
		len -= n;
	}
}

static int
compare_id(const void *id, const void *key)
{
	uint32_t	 a = *(const uint32_t *)id;
	uint32_t	 b = ((const struct mac_key *)key)->id;

	return (a > b) - (a < b);
}

void
keys_give(struct parser *p)
{
	struct config	*conf = p->conf;
	struct config_server *s = conf->servers;
	const struct mac_key *key;
	size_t		 i;

	for (i = 0; i < conf->nservers; i++) {
		if (s[i].auth != AUTH_KEY)
			continue;
		key = conf->nkeys == 0 ? NULL : bsearch(&s[i].key.id,
		    conf->keys, conf->nkeys, sizeof(*conf->keys), compare_id);
		if (key != NULL)
			s[i].key = *key;
		else
			parser_error(p, p->server_lines[i], "key %" PRIu32
			    " is not in %.200s", s[i].key.id, conf->keyfile);
	}
}
