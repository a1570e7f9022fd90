/*
 * Reading certificates and keys.
 */
#include <time.h>
#include <unistd.h>

#include "common/ke.h"
#include "common/log.h"
#include "ntpd/ke/certificate.h"

#define PEM_MOST	65536	/* bytes of a file */
#define CHAIN_MOST	16	/* certificates in it */

void
certificate_prepare(void)
{
	tzset();
	OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG |
	    OPENSSL_INIT_LOAD_SSL_STRINGS |
	    OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL);
	/* Everything that is found out at the first use. */
	SSL_CTX_free(SSL_CTX_new(TLS_server_method()));
}

/* All of FD, which is closed, as something to read from; NULL if it is none. */
static BIO *
read_file(int fd, uint8_t buf[PEM_MOST])
{
	size_t		 len = 0;
	ssize_t		 n;

	while ((n = read(fd, buf + len, PEM_MOST - len)) > 0)
		len += (size_t)n;
	close(fd);
	if (n == -1 || len == 0 || len == PEM_MOST)
		return NULL;
	return BIO_new_mem_buf(buf, (int)len);
}

/* Our own certificate, then those that lead to an authority. */
static bool
use_chain(SSL_CTX *ctx, BIO *bio, struct validity *dates)
{
	X509		*x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	bool		 ok;
	int		 i;

	if (x == NULL)
		return false;
	ok = SSL_CTX_use_certificate(ctx, x) == 1 && validity_add(dates, x);
	X509_free(x);
	for (i = 0; i < CHAIN_MOST && ok; i++) {
		x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
		if (x == NULL)
			break;
		ok = SSL_CTX_add1_chain_cert(ctx, x) == 1 &&
		    validity_add(dates, x);
		X509_free(x);
	}
	ERR_clear_error();	/* the end of the file is one, too */
	return ok;
}

/* A key with a password cannot be used: there is nobody to ask. */
static int
no_password(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

static bool
use_key(SSL_CTX *ctx, BIO *bio)
{
	EVP_PKEY	*key = PEM_read_bio_PrivateKey(bio, NULL, no_password,
	    NULL);
	/* One of another type is taken as well, but does not fit. */
	int		 ok = key != NULL &&
	    SSL_CTX_use_PrivateKey(ctx, key) == 1 &&
	    SSL_CTX_check_private_key(ctx) == 1;

	EVP_PKEY_free(key);
	return ok == 1;
}

/* The client has to speak what we do. */
static int
choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
    const unsigned char *in, unsigned in_len, void *arg)
{
	unsigned char	*chosen;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&chosen, out_len,
	    (const unsigned char *)KE_ALPN, sizeof(KE_ALPN) - 1, in,
	    in_len) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

/* A context without certificate: TLS 1.3, nothing remembered of a client. */
static SSL_CTX *
make_context(void)
{
	SSL_CTX		*ctx = SSL_CTX_new(TLS_server_method());

	if (ctx == NULL)
		return NULL;
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	/* The file has the whole chain: none is looked for each time. */
	SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
	SSL_CTX_set_read_ahead(ctx, 1);	/* fewer system calls */
	SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
	/*
	 * AES-128 before AES-256: the keys for NTP, which is all that is
	 * sent, are of 128 bits, and SHA-384 would be a tenth of the work, as
	 * it would be to look through all groups that there are.
	 */
	SSL_CTX_set_options(ctx, SSL_OP_CIPHER_SERVER_PREFERENCE);
	if (SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1 &&
	    SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256:"
	    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256") == 1 &&
	    SSL_CTX_set1_groups_list(ctx, "X25519:P-256:P-384") == 1 &&
	    SSL_CTX_set_num_tickets(ctx, 0) == 1)
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
}

SSL_CTX *
certificate_load(int certificate, int key, struct validity *dates)
{
	static uint8_t	 bytes[2][PEM_MOST];
	BIO		*chain = read_file(certificate, bytes[0]);
	BIO		*private = read_file(key, bytes[1]);
	SSL_CTX		*ctx = make_context();
	const char	*wrong = NULL;

	validity_init(dates);
	if (ctx == NULL)
		wrong = "no memory for the certificate";
	else if (chain == NULL || !use_chain(ctx, chain, dates))
		wrong = "the certificate's file has no certificate in PEM";
	else if (private == NULL || !use_key(ctx, private))
		wrong = "the key's file has no key in PEM that fits the "
		    "certificate and has no password";
	BIO_free(chain);
	BIO_free(private);
	explicit_bzero(bytes, sizeof(bytes));
	ERR_clear_error();
	if (wrong == NULL)
		return ctx;
	log_warnx("NTS: %s", wrong);
	SSL_CTX_free(ctx);
	return NULL;
}
