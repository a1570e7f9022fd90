/*
 * Any name that the engine asks for, and any addresses that the C library
 * finds: what is looked up is a name, and what is answered are addresses that
 * servers can have, each once.  Input: a byte for the length of the name, the
 * name; then for each address a byte of its family and length, and bytes.
 */
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/param.h>

#include "ntpd/resolver/lookup.h"
#include "regress/fuzz/fuzz.h"

#define FOUND_MOST	40

const size_t	 input_most = 1024;

static void
check_name(const uint8_t *data, size_t size)
{
	struct resolve_request request;
	const char	*c;

	memset(&request, 0, sizeof(request));
	memcpy(request.name, data, MIN(size, sizeof(request.name)));
	if (!lookup_name_valid(&request))
		return;
	require(memchr(request.name, '\0', sizeof(request.name)) != NULL);
	require(request.name[0] != '\0' && request.name[0] != '.');
	require(strlen(request.name) <= 254);
	require(strstr(request.name, "..") == NULL);
	for (c = request.name; *c != '\0'; c++)
		require(strchr("-_.", *c) != NULL ||
		    ((unsigned char)*c < 128 && (*c >= '0' && *c <= '9')) ||
		    ((*c | 32) >= 'a' && (*c | 32) <= 'z'));
}

/* The address of an input in *SS; 1 and 2 are families that there are. */
static size_t
address(struct sockaddr_storage *ss, const uint8_t *data, size_t size)
{
	uint8_t		 bytes[28] = { 0 };

	memcpy(bytes, data + 1, MIN(size - 1, sizeof(bytes)));
	memset(ss, 0, sizeof(*ss));
	memcpy(ss, bytes, sizeof(bytes));
	ss->ss_family = (data[0] & 3) == 1 ? AF_INET :
	    (data[0] & 3) == 2 ? AF_INET6 : data[0] & 3;
	return data[0] >> 2;
}

static void
check_found(const struct addrinfo *list)
{
	struct resolve_reply reply;
	struct addr	 addr;
	uint32_t	 i, k;

	lookup_collect(&reply, list);
	require(reply.count <= RESOLVE_MAX);
	for (i = 0; i < reply.count; i++) {
		addr = reply.addrs[i];
		require(addr.port == 0);
		addr.port = 123;
		require(addr_valid(&addr) && addr_is_unicast(&addr));
		for (k = 0; k < i; k++)
			require(!addr_same_host(&reply.addrs[k], &addr));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sockaddr_storage addresses[FOUND_MOST];
	static struct addrinfo list[FOUND_MOST];
	size_t		 n, len;

	if (size < 1)
		return 0;
	len = MIN(data[0] + 20U, size - 1);	/* 275: longer than any */
	check_name(data + 1, len);
	data += 1 + len;
	size -= 1 + len;
	for (n = 0; n < FOUND_MOST && size > 1; n++) {
		list[n] = (struct addrinfo){
			.ai_addr = (struct sockaddr *)&addresses[n],
			.ai_addrlen = (socklen_t)address(&addresses[n], data,
			    size)
		};
		if (n > 0)
			list[n - 1].ai_next = &list[n];
		len = MIN(size, list[n].ai_addrlen + 1U);
		data += len;
		size -= len;
	}
	check_found(n > 0 ? list : NULL);
	return 0;
}

/* ---- seeds ---- */

static void
name(const char *text, size_t len)
{
	char		 padded[275] = "";

	memcpy(padded, text, strlen(text));
	seed_fill((uint8_t)(len - 20), 1);
	seed_add(padded, len);
}

/* An address of FAMILY that begins with TEXT behind port and flow. */
static void
found(int family, const char *text, size_t len)
{
	const size_t	 whole = family == 1 ? sizeof(struct sockaddr_in) :
	    sizeof(struct sockaddr_in6);
	const size_t	 before = family == 1 ? 4 : 8;

	seed_fill((uint8_t)(whole << 2 | (unsigned)family), 1);
	seed_fill(0, before);
	seed_add(text, len);
	seed_fill(0, whole - before - len);
}

void
make_seeds(void)
{
	char		 label[64];

	memset(label, 'a', sizeof(label) - 1);
	label[63] = '\0';
	seed_begin("usual");
	name("ntp.example.org", 20);
	found(1, "\300\0\2\1", 4);
	found(2, "\40\1\15\270", 4);
	found(1, "\300\0\2\1", 4);
	seed_begin("no_servers");
	name("_ntp-1.example.", 20);
	found(1, "\340\0\1\1", 4);
	found(2, "\377\2", 2);
	found(1, "\0\0\0\0", 4);
	seed_begin("long_label");
	name(label, 64);
	seed_begin("no_name");
	name("a..b", 20);
	found(3, "", 0);
}
