/*
 * The file of symmetric keys: a line for each, as ntp.org's ntp.keys and
 * chrony.keys have it.
 *
 *	NUMBER TYPE KEY
 *
 * A KEY of up to 20 characters is these characters, a longer one is bytes in
 * hexadecimal, as in ntp.keys.  ASCII: and HEX: before it say which, as in
 * chrony.keys.  Lines that begin with one of "#!;%", and what follows a word
 * that begins with "#", are comments.
 *
 * Other daemons know other types, and ntp.keys has keys for some addresses
 * only.  Such keys are left out with a warning.
 */
#ifndef NTPD_KEYS_H
#define NTPD_KEYS_H

#include <stddef.h>

#include "ntpd/config/statement.h"

/*
 * Add the keys in LEN bytes of TEXT to P->conf, which then owns them, in the
 * order of their numbers.  Errors and warnings, which never show a key, are
 * reported for P->name.
 */
void	 keys_parse(struct parser *p, const char *text, size_t len);

/* Give the servers of P->conf their keys; an error for one that has none. */
void	 keys_give(struct parser *p);

#endif
