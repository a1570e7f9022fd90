/*
 * The server's certificate and its key, from two open files.
 */
#ifndef NTPD_KE_CERTIFICATE_H
#define NTPD_KE_CERTIFICATE_H

#include "ntpd/ke/validity.h"
#include "ntpd/openssl.h"

/*
 * What has to be done once, before the sandbox: libssl reads no file then.
 */
void	 certificate_prepare(void);

/*
 * Make a context for servers with the certificates in the file CERTIFICATE, in
 * PEM, our own first, and the private key in KEY.  Both are closed.  *DATES is
 * when they are valid.  NULL, and why is logged, if they do not fit or are
 * none.
 */
SSL_CTX	*certificate_load(int certificate, int key,
	    struct validity *dates);

#endif
