/*
 * NTS key establishment (RFC 8915 section 4), the client's part: keys and
 * cookies that only this server and we know.  By OpenSSL's libssl, which can
 * export keys from a session; libtls cannot.
 */
#ifndef NTPD_TLS_AGREE_H
#define NTPD_TLS_AGREE_H

#include "common/instant.h"
#include "ntpd/payloads.h"
#include "ntpd/openssl.h"

struct agree {
	struct tls_task	 task;		/* its path is not used */
	struct instant	 deadline;
	SSL		*ssl;
	int		 fd;
	struct ke_input	 in;
	struct nts_keys	 keys;		/* the result */
};

/*
 * Before the sandbox: read the authorities' certificates, and connect.
 * False if that is not possible: a->keys says why.
 */
bool	 agree_connect(struct agree *a);

/* In it: shake hands, ask, and read the answer; a->keys is the result. */
void	 agree_run(struct agree *a);

#endif
