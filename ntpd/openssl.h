/*
 * OpenSSL's headers.  They name a type ENGINE, which nothing here uses, and
 * which would be in the way of the process.
 */
#ifndef NTPD_OPENSSL_H
#define NTPD_OPENSSL_H

#define ENGINE	openssl_engine
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#undef ENGINE

#endif
