/*
 * Which addresses and reference ids are this machine's, as a kernel would say
 * that has some of them; the real one is asked in regress/net.
 */
#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ntpd/engine/self.h"
#include "regress/unit/unit.h"

#define FD		77

/* The kernel: it has the first address of a subnet, and others. */
static const char *const has[] = {
	"192.0.2.1", "192.0.2.77", "10.0.0.1", "2001:db8::1", "2001:db8::77",
	"fe80::1%2"
};
static struct {
	bool		 nonlocal;	/* who wants may bind to any address */
	bool		 no_sockets;
	bool		 open;
	struct addr	 bound, connected;
} kernel;

static struct addr
address(const char *text)
{
	struct addr	 addr;

	assert_true(addr_parse(&addr, text, 123));
	return addr;
}

static bool
is_local(const struct addr *addr)
{
	struct addr	 local;
	size_t		 i;

	for (i = 0; i < COUNT(has); i++) {
		local = address(has[i]);
		if (addr_same_host(&local, addr))
			return true;
	}
	return addr->family == ADDR_IPV4 && addr->bytes[0] == 127;
}

int
socket(int family, int type, int protocol)
{
	(void)family;
	(void)type;
	(void)protocol;
	assert_false(kernel.open);
	errno = EMFILE;
	if (kernel.no_sockets)
		return -1;
	memset(&kernel.bound, 0, sizeof(kernel.bound));
	memset(&kernel.connected, 0, sizeof(kernel.connected));
	kernel.open = true;
	return FD;
}

int
close(int fd)
{
	assert_int_equal(fd, FD);
	assert_true(kernel.open);
	kernel.open = false;
	return 0;
}

int
bind(int fd, __CONST_SOCKADDR_ARG sa, socklen_t len)
{
	assert_int_equal(fd, FD);
	assert_true(addr_from_sockaddr(&kernel.bound, sa.__sockaddr__,
	    len));
	assert_int_equal(kernel.bound.port, 0);
	errno = EADDRNOTAVAIL;
	return kernel.nonlocal || is_local(&kernel.bound) ? 0 : -1;
}

int
connect(int fd, __CONST_SOCKADDR_ARG sa, socklen_t len)
{
	assert_int_equal(fd, FD);
	assert_true(addr_from_sockaddr(&kernel.connected, sa.__sockaddr__,
	    len));
	assert_int_not_equal(kernel.connected.port, 0);
	errno = ENETUNREACH;
	if (kernel.bound.family == ADDR_IPV4 && !is_local(&kernel.bound))
		return -1;
	return 0;
}

/* IPv4 answers with its first address, IPv6 with the same if it can. */
int
getsockname(int fd, __SOCKADDR_ARG sa, socklen_t *len)
{
	struct sockaddr_storage ss;
	struct addr	 local;

	assert_int_equal(fd, FD);
	if (kernel.connected.family == ADDR_IPV4)
		local = address("192.0.2.1");
	else if (is_local(&kernel.connected))
		local = kernel.connected;
	else
		local = address("2001:db8::1");
	*len = addr_to_sockaddr(&local, &ss);
	memcpy(sa.__sockaddr__, &ss, *len);
	return 0;
}

static const struct {
	const char	*text;
	bool		 ours;
} addresses[] = {
	{ "192.0.2.1",		true },
	{ "192.0.2.77",		true },
	{ "192.0.2.2",		false },
	{ "198.51.100.1",	false },
	{ "127.0.0.1",		true },
	{ "127.0.1.1",		true },
	{ "127.127.1.0",	true },
	{ "::ffff:127.0.0.1",	true },
	{ "::1",		true },
	{ "2001:db8::1",	true },
	{ "2001:db8::77",	true },
	{ "2001:db8::2",	false },
	{ "fe80::1%2",		true },
	{ "fe80::1%3",		false },
};

static void
test_address(void **state)
{
	struct addr	 addr;
	size_t		 i;

	(void)state;
	for (i = 0; i < 2 * COUNT(addresses); i++) {
		kernel.nonlocal = i % 2;
		addr = address(addresses[i / 2].text);
		if (self_has_address(&addr) != addresses[i / 2].ours)
			fail_msg("%s, nonlocal %d", addresses[i / 2].text,
			    kernel.nonlocal);
		assert_false(kernel.open);
	}
	memset(&addr, 0, sizeof(addr));
	assert_false(self_has_address(&addr));
}

/* In doubt it is another machine: a server must not be lost. */
static void
test_no_sockets(void **state)
{
	struct addr	 addr = address("192.0.2.1");

	(void)state;
	kernel.no_sockets = true;
	assert_false(self_has_address(&addr));
	kernel.no_sockets = false;
}

static const struct {
	uint8_t		 refid[4];
	bool		 ours;
} refids[] = {
	{ { 192, 0, 2, 1 },	true },
	{ { 192, 0, 2, 77 },	true },
	{ { 10, 0, 0, 1 },	true },
	{ { 192, 0, 2, 2 },	false },
	{ { 127, 127, 1, 1 },	false },
	{ { 127, 0, 0, 1 },	false },
	{ { 0, 0, 0, 0 },	false },
	{ { 255, 255, 255, 255 }, false },
	{ { 224, 0, 1, 1 },	false },
	{ "ABCD",		true },
	{ { 250, 251, 252, 253 }, true },
	{ "DCBA",		false },
};

static void
test_refid(void **state)
{
	static struct own_refids own = {
		.count = 2, .refids = { "ABCD", { 250, 251, 252, 253 } }
	};
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(refids); i++)
		if (self_has_refid(&own, refids[i].refid) != refids[i].ours)
			fail_msg("%u.%u.%u.%u", refids[i].refid[0],
			    refids[i].refid[1], refids[i].refid[2],
			    refids[i].refid[3]);
	/* More than there is room for is nothing that the parent sends. */
	own.count = UINT32_MAX;
	assert_false(self_has_refid(&own, refids[3].refid));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_no_sockets),
		cmocka_unit_test(test_refid),
	};

	return cmocka_run_group_tests_name("self", tests, NULL, NULL);
}
