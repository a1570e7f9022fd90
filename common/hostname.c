/*
 * What a host name is.  RFC 1123 2.1, and '_', which is there in practice.
 */
#include <string.h>

#include "common/hostname.h"

#define LABEL_MOST	63

/* Not isalnum(3): its answer depends on the locale. */
#define DIGITS		"0123456789"
#define LETTERS		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

bool
hostname_valid(const char *text)
{
	const char	*label = text;
	size_t		 len = strlen(text);

	if (len > 0 && text[len - 1] == '.')
		len--;
	if (len > HOSTNAME_MOST)
		return false;
	for (;;) {
		len = strspn(label, LETTERS DIGITS "-_");
		if (len == 0 || len > LABEL_MOST)
			return false;
		if (label[0] == '-' || label[len - 1] == '-')
			return false;
		if (label[len] == '\0' || strcmp(label + len, ".") == 0)
			break;
		if (label[len] != '.')
			return false;
		label += len + 1;
	}
	return strspn(label, DIGITS) != len;
}
