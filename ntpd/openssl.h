/*
 * OpenSSL's headers.  They name a type ENGINE, which nothing here uses, and
 * which would be in the way of the process.
 */
#ifndef NTPD_OPENSSL_H
#define NTPD_OPENSSL_H

#include <stdbool.h>
#include <stdint.h>

#define ENGINE	openssl_engine
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#undef ENGINE

/* A certificate's time ASN1 as *UNIX_TIME, s.  False if it is none. */
bool	 openssl_unix_time(const ASN1_TIME *asn1, int64_t *unix_time);

#endif
