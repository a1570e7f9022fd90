/*
 * Which modules getaddrinfo(3) will want.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "ntpd/resolver/modules.h"

#define NSSWITCH	"/etc/nsswitch.conf"
#define DATABASE	"hosts:"
#define LINE_SIZE	1024	/* a longer one is cut */
#define SPACE		" \t\n"
#define NAME_CHARACTERS	"abcdefghijklmnopqrstuvwxyz"			\
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

size_t
modules_named(const char *line, char names[MODULES_MOST][MODULE_NAME])
{
	size_t		 len, n = 0;

	line += strspn(line, SPACE);
	if (strncmp(line, DATABASE, strlen(DATABASE)) != 0)
		return 0;
	line += strlen(DATABASE);
	while (n < MODULES_MOST) {
		line += strspn(line, SPACE);
		if (*line == '\0' || *line == '#')
			break;
		if (*line == '[') {
			line += strcspn(line, "]");
			line += *line == ']';
			continue;
		}
		len = strcspn(line, SPACE "[#");
		if (len == strspn(line, NAME_CHARACTERS) && len < MODULE_NAME) {
			memcpy(names[n], line, len);
			names[n++][len] = '\0';
		}
		line += len;
	}
	return n;
}

static void
load(const char *name)
{
	char		 file[MODULE_NAME + sizeof("libnss_.so.2")];

	snprintf(file, sizeof(file), "libnss_%.*s.so.2", MODULE_NAME - 1, name);
	if (dlopen(file, RTLD_NOW) == NULL)
		log_debug("no module %s", file);
}

void
modules_load(void)
{
	char		 line[LINE_SIZE];
	char		 names[MODULES_MOST][MODULE_NAME];
	size_t		 i, n;
	FILE		*f;

	if ((f = fopen(NSSWITCH, "re")) == NULL)
		return;
	while (fgets(line, sizeof(line), f) != NULL) {
		n = modules_named(line, names);
		for (i = 0; i < n; i++)
			load(names[i]);
	}
	fclose(f);
}
