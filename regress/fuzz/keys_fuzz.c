/*
 * Fuzz target: any bytes as a file of keys.  What is accepted are keys that
 * authenticate, in the order of their ids; what is said about the file is one
 * line of printable ASCII that shows no key.
 */
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "common/mac.h"
#include "common/ntp.h"
#include "ntpd/config.h"
#include "regress/fuzz/fuzz.h"

const size_t	 input_most = 512;

static void
check_report(void *arg, int priority, const char *line)
{
	unsigned	*errors = arg;
	const char	*c;

	require(strncmp(line, "k:", 2) == 0);
	for (c = line; *c != '\0'; c++)
		require(*c >= ' ' && *c <= '~');
	*errors += priority == LOG_ERR;
}

static void
check_key(const struct mac_key *key)
{
	uint8_t	 packet[NTP_HEADER_LEN + MAC_LEN_MOST] = { 0x23 };
	size_t	 len;

	require(mac_key_valid(key));
	len = mac_append(key, packet, NTP_HEADER_LEN, MAC_DIGEST_V4);
	require(len == NTP_HEADER_LEN + 20 || len == NTP_HEADER_LEN + 24);
	require(mac_is_right(key, packet, NTP_HEADER_LEN,
	    packet + NTP_HEADER_LEN + 4, len - NTP_HEADER_LEN - 4));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config	 conf;
	unsigned	 errors = 0;
	size_t		 i;
	bool		 good;

	good = config_parse_keys(&conf, "k", (const char *)data, size,
	    &(struct config_reports){ check_report, &errors });
	require(good == (errors == 0));
	require(conf.nkeys <= CONFIG_MAX_KEYS);
	require(good || (conf.nkeys == 0 && conf.keys == NULL));
	for (i = 0; i < conf.nkeys; i++) {
		check_key(&conf.keys[i]);
		require(i == 0 || conf.keys[i].id > conf.keys[i - 1].id);
	}
	config_free(&conf);
	return 0;
}

/* ---- seeds ---- */

static const struct {
	const char	*name, *text;
} written[] = {
	{ "chrony", "1 AES128 HEX:00112233445566778899AABBCCDDEEFF\n"
	    "# 2\n25 SHA1 ASCII:secret#\n" },
	{ "ntp", "10 M 0123456789\n65535 SHA256 00112233445566778899aabb # x\n"
	    "2 AES-256-CMAC 00112233445566778899aabbccddeeff001122334455667788"
	    "99aabbccddeeff\n" },
	{ "wrong", "1 secret\n0 MD5 a\n1 MD5 a b\n2 AES 1\n3 SHA512 HEX:0\n"
	    "4 SHA1 #\n4294967296 SHA a\n" }
};

void
make_seeds(void)
{
	size_t	 i;

	for (i = 0; i < COUNT(written); i++)
		seed(written[i].name, written[i].text, strlen(written[i].text));
}
