/*
 * The time by the Date header of an HTTPS server, as a constraint for what NTP
 * servers say.
 */
#ifndef NTPD_TLS_HTTPS_H
#define NTPD_TLS_HTTPS_H

#include <tls.h>

#include "common/instant.h"
#include "ntpd/openssl.h"
#include "ntpd/payloads.h"

struct https {
	struct tls_task	 task;
	struct instant	 deadline;
	struct tls	*tls;
	X509_STORE	*authorities;	/* whose word is taken */
	int		 fd;
	struct tls_date	 date;		/* the result */
};

/*
 * Before the sandbox: read the authorities' certificates, and connect.
 * False if that is not possible: h->date.why says it.
 */
bool	 https_connect(struct https *h);

/* In it: ask for the date, which is h->date then. */
void	 https_ask(struct https *h);

#endif
