/*
 * The certificates of a TLS server, checked once more for another time than
 * that of our clock.  By OpenSSL's libcrypto, since libtls knows the dates of
 * the server's own certificate only, and not of those that vouch for it.
 */
#ifndef NTPD_TLS_CHAIN_H
#define NTPD_TLS_CHAIN_H

#include <stddef.h>
#include <stdint.h>

#include "ntpd/openssl.h"

/*
 * The certificates in LEN bytes of PEM, as those whose word is taken.  NULL if
 * there are none.  The caller's to free, with X509_STORE_free().
 */
X509_STORE *chain_authorities(const uint8_t *pem, size_t len);

/*
 * The server has shown LEN bytes of PEM, its own certificate first.  Does one
 * of AUTHORITIES vouch for it, if it is DATE, s since 1970?  NULL if so, else
 * why not: "certificate has expired".
 */
const char *chain_fault(X509_STORE *authorities, const uint8_t *pem,
	    size_t len, int64_t date);

#endif
