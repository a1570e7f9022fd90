/*
 * What a word of a configuration can name.
 */
#include <string.h>

#include "common/hostname.h"
#include "common/place.h"

/* The kernel's rule, dev_valid_name(): also no blanks and no colons. */
static const char *
check_interface(const char *text)
{
	if (text[0] == '\0')
		return "it is empty";
	if (strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
		return "it cannot be an interface";
	if (strchr(text, '%') != NULL && strchr(text, ':') != NULL)
		return "no interface can be called so, or the address needs "
		    "none";
	if (strchr(text, ':') != NULL ||
	    text[strspn(text, "0123456789.")] == '\0')
		return "it is not a complete address";
	if (strchr(text, '/') != NULL)
		return "an interface has no '/' in its name";
	if (strlen(text) >= IF_NAMESIZE)
		return "it is too long for an interface, and host names are "
		    "not looked up here";
	if (strpbrk(text, " \t") != NULL)
		return "an interface has no blanks in its name";
	return NULL;
}

const char *
place_unicast(const struct addr *addr, const char *interface)
{
	if (!addr_is_unicast(addr))
		return "it is not a unicast address";
	if (addr_is_link_local(addr) && addr->scope == 0 &&
	    interface[0] == '\0')
		return "it is link-local and lacks its interface, as in "
		    "fe80::1%eth0";
	return NULL;
}

const char *
place_host(const char *text, struct addr *addr, char interface[IF_NAMESIZE])
{
	memset(addr, 0, sizeof(*addr));
	interface[0] = '\0';
	if (addr_parse_on(addr, text, NTP_PORT, interface))
		return place_unicast(addr, interface);
	if (strchr(text, '%') != NULL)
		return "no interface can be called so, or the address needs "
		    "none";
	if (!hostname_valid(text))
		return "it is neither an address nor a host name";
	return NULL;
}

const char *
place_listen(const char *text, struct addr *addr, char interface[IF_NAMESIZE])
{
	const char	*why;

	memset(addr, 0, sizeof(*addr));
	interface[0] = '\0';
	if (addr_parse_on(addr, text, NTP_PORT, interface))
		return addr_is_any(addr) ? NULL :
		    place_unicast(addr, interface);
	why = check_interface(text);
	if (why == NULL)
		memcpy(interface, text, strlen(text) + 1);
	return why;
}
