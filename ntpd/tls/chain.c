/*
 * Whether certificates lead to an authority at some time.
 */
#include <limits.h>

#include "ntpd/tls/chain.h"

#define CHAIN_MOST	16	/* certificates that are looked at */

static BIO *
open_bytes(const uint8_t *pem, size_t len)
{
	return len > INT_MAX ? NULL : BIO_new_mem_buf(pem, (int)len);
}

X509_STORE *
chain_authorities(const uint8_t *pem, size_t len)
{
	X509_STORE	*store = X509_STORE_new();
	BIO		*bio = open_bytes(pem, len);
	X509		*x;
	int		 n = 0;

	while (store != NULL && bio != NULL &&
	    (x = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		n += X509_STORE_add_cert(store, x);
		X509_free(x);
	}
	ERR_clear_error();	/* the end of the bytes is one, too */
	BIO_free(bio);
	if (n > 0)
		return store;
	X509_STORE_free(store);
	return NULL;
}

/* Those that the server has shown beside its own. */
static STACK_OF(X509) *
read_others(BIO *bio)
{
	STACK_OF(X509)	*others = sk_X509_new_null();
	X509		*x;

	while (others != NULL && sk_X509_num(others) < CHAIN_MOST &&
	    (x = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
		if (sk_X509_push(others, x) == 0) {
			X509_free(x);
			break;
		}
	ERR_clear_error();
	return others;
}

/* What is wrong with LEAF by AUTHORITIES and OTHERS at DATE; NULL: nothing. */
static const char *
verify(X509_STORE *authorities, X509 *leaf, STACK_OF(X509) *others,
    int64_t date)
{
	X509_STORE_CTX	*ctx = X509_STORE_CTX_new();
	const char	*fault = "out of memory";

	if (ctx != NULL &&
	    X509_STORE_CTX_init(ctx, authorities, leaf, others) == 1 &&
	    X509_STORE_CTX_set_default(ctx, "ssl_server") == 1) {
		X509_STORE_CTX_set_time(ctx, 0, (time_t)date);
		fault = X509_verify_cert(ctx) == 1 ? NULL :
		    X509_verify_cert_error_string(
		    X509_STORE_CTX_get_error(ctx));
	}
	X509_STORE_CTX_free(ctx);
	return fault;
}

const char *
chain_fault(X509_STORE *authorities, const uint8_t *pem, size_t len,
    int64_t date)
{
	const char	*fault = "no certificate";
	BIO		*bio = open_bytes(pem, len);
	STACK_OF(X509)	*others;
	X509		*leaf;

	leaf = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);
	if (leaf != NULL) {
		others = read_others(bio);
		fault = verify(authorities, leaf, others, date);
		sk_X509_pop_free(others, X509_free);
	}
	X509_free(leaf);
	BIO_free(bio);
	return fault;
}
