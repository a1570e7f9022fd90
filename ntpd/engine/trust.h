/*
 * Trust: which servers have a part in the time.  The others are asked and
 * shown, but nothing that they say counts: they neither vote nor lead orphans.
 *
 *	authentication	servers that are not authenticated have a part
 *	prefer		if no server in the configuration is
 *	require		never
 *	mix		always
 *
 * It is the configuration that decides, not who answers: else one who keeps
 * the answers of authenticated servers from us could put his own in their
 * place.
 */
#ifndef NTPD_TRUST_H
#define NTPD_TRUST_H

#include <stdbool.h>

#include "ntpd/config_shared.h"
#include "ntpd/engine/hosts.h"

/* Are the answers of the statement CONF authenticated, or trusted as such? */
bool	 trust_is_authenticated(const struct config_server *conf);

/* Mark those of HOSTS that have no part under MODE. */
void	 trust_configure(struct hosts *hosts, enum authentication mode);

#endif
