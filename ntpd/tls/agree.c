/*
 * NTS key establishment with one server.
 */
#include <sys/param.h>

#include <arpa/inet.h>

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <tls.h>

#include "ntpd/tls/agree.h"
#include "ntpd/tls/reach.h"

#define REQUEST_MOST	64	/* bytes; ours has 22 */

static bool __attribute__((format(printf, 3, 4)))
fail(struct agree *a, enum nts_outcome outcome, const char *fmt, ...)
{
	va_list		 args;

	a->keys.outcome = outcome;
	va_start(args, fmt);
	vsnprintf(a->keys.why, sizeof(a->keys.why), fmt, args);
	va_end(args);
	return false;
}

/* Why libssl could not do WHAT. */
static bool
fail_ssl(struct agree *a, const char *what)
{
	const unsigned long error = ERR_peek_last_error();
	const long	 verdict = a->ssl != NULL ?
	    SSL_get_verify_result(a->ssl) : X509_V_OK;
	const char	*reason = ERR_reason_error_string(error);

	if (verdict != X509_V_OK)
		reason = X509_verify_cert_error_string(verdict);
	return fail(a, NTS_REFUSED, "%s: %s", what, reason != NULL ? reason :
	    "the server has hung up");
}

/* Why there are no authorities in FILE. */
static bool
fail_file(struct agree *a, const char *file)
{
	const unsigned long error = ERR_peek_error();

	return fail(a, NTS_UNREACHABLE, "cannot read the certificates in "
	    "%.100s: %s", file, ERR_SYSTEM_ERROR(error) ?
	    strerror(ERR_GET_REASON(error)) : "it has none");
}

static bool
fail_late(struct agree *a, const char *what)
{
	return fail(a, NTS_REFUSED, "%s took more than %.0f s", what,
	    a->task.seconds);
}

/* The certificate has to be that of NAME, a host name or an address. */
static bool
expect_name(SSL *ssl, const char *name)
{
	struct in6_addr	 bytes;

	if (inet_pton(AF_INET, name, &bytes) == 1 ||
	    inet_pton(AF_INET6, name, &bytes) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl),
		    name) == 1;
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return SSL_set1_host(ssl, name) == 1 &&
	    SSL_set_tlsext_host_name(ssl, name) == 1;
}

/*
 * OpenSSL calls this for each certificate, and where it finds a fault.  Whether
 * one is valid now is not known by a clock that may be wrong; all else counts.
 */
static int
overlook_dates(int good, X509_STORE_CTX *ctx)
{
	const int	 error = X509_STORE_CTX_get_error(ctx);
	SSL		*ssl;
	struct agree	*a;

	if (good || (error != X509_V_ERR_CERT_NOT_YET_VALID &&
	    error != X509_V_ERR_CERT_HAS_EXPIRED))
		return good;
	ssl = X509_STORE_CTX_get_ex_data(ctx,
	    SSL_get_ex_data_X509_STORE_CTX_idx());
	a = SSL_get_app_data(ssl);
	a->keys.unproven = 1;
	X509_STORE_CTX_set_error(ctx, X509_V_OK);
	return 1;
}

static void
set_dates(struct agree *a)
{
	SSL_set_app_data(a->ssl, a);
	if (a->task.dates == DATES_LATER)
		SSL_set_verify(a->ssl, SSL_VERIFY_PEER, overlook_dates);
	else if (a->task.dates == DATES_AT)
		X509_VERIFY_PARAM_set_time(SSL_get0_param(a->ssl),
		    a->task.at);
}

/* When are all certificates valid that were used, up to the authority's? */
static bool
find_validity(struct agree *a)
{
	const STACK_OF(X509) *chain = SSL_get0_verified_chain(a->ssl);
	int64_t		 first, last;
	int		 i;

	a->keys.first = INT64_MIN;
	a->keys.last = INT64_MAX;
	for (i = 0; i < sk_X509_num(chain); i++) {
		const X509	*x = sk_X509_value(chain, i);

		if (!openssl_unix_time(X509_get0_notBefore(x), &first) ||
		    !openssl_unix_time(X509_get0_notAfter(x), &last))
			return fail(a, NTS_REFUSED, "a certificate has no "
			    "dates");
		a->keys.first = MAX(a->keys.first, first);
		a->keys.last = MIN(a->keys.last, last);
	}
	return i > 0 || fail(a, NTS_REFUSED, "no certificate");
}

/* A session to be of TLS 1.3, with certificates checked, and no tickets. */
static bool
prepare(struct agree *a)
{
	const char	*ca = a->task.ca[0] != '\0' ? a->task.ca :
			    tls_default_ca_cert_file();
	SSL_CTX		*ctx;
	bool		 ready;

	tzset();	/* for dates; it looks for the zone's file only now */
	OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG |
	    OPENSSL_INIT_LOAD_SSL_STRINGS, NULL);
	if ((ctx = SSL_CTX_new(TLS_client_method())) == NULL)
		return fail_ssl(a, "cannot prepare TLS");
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	ready = SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1 &&
	    SSL_CTX_set_alpn_protos(ctx, (const unsigned char *)KE_ALPN,
	    sizeof(KE_ALPN) - 1) == 0;
	if (!ready || SSL_CTX_load_verify_file(ctx, ca) != 1) {
		SSL_CTX_free(ctx);
		return fail_file(a, ca);
	}
	a->ssl = SSL_new(ctx);
	SSL_CTX_free(ctx);	/* the session holds on to it */
	if (a->ssl == NULL || !expect_name(a->ssl, a->task.name))
		return fail_ssl(a, "cannot prepare TLS");
	set_dates(a);
	return true;
}

bool
agree_connect(struct agree *a)
{
	if (!prepare(a))
		return false;
	a->fd = reach(&a->task.addr, a->deadline);
	if (a->fd == -1)
		return fail(a, NTS_UNREACHABLE, "cannot connect: %s",
		    strerror(errno));
	return SSL_set_fd(a->ssl, a->fd) == 1 ||
	    fail_ssl(a, "cannot prepare TLS");
}

/*
 * RESULT is what a call of libssl returned.  True if it is to be called again,
 * after the wait for that; else it has failed, and why is said.
 */
static bool
again(struct agree *a, int result, const char *what)
{
	const int	 error = SSL_get_error(a->ssl, result);

	if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
		return fail_ssl(a, what);
	ERR_clear_error();
	return reach_wait(a->fd, error == SSL_ERROR_WANT_READ ? POLLIN :
	    POLLOUT, a->deadline) || fail_late(a, what);
}

static bool
shake_hands(struct agree *a)
{
	const unsigned char *protocol;
	unsigned	 len;
	int		 result;

	while ((result = SSL_connect(a->ssl)) != 1)
		if (!again(a, result, "handshake"))
			return false;
	SSL_get0_alpn_selected(a->ssl, &protocol, &len);
	/* In KE_ALPN its length comes first. */
	if (len != sizeof(KE_ALPN) - 2 ||
	    memcmp(protocol, &KE_ALPN[1], len) != 0)
		return fail(a, NTS_REFUSED, "the server does not speak "
		    "ntske/1");
	return true;
}

static bool
send_request(struct agree *a)
{
	uint8_t		 bytes[REQUEST_MOST];
	struct ke_output out = { .bytes = bytes, .size = sizeof(bytes) };
	int		 n;

	ke_put_request(&out);
	/* A partial write is not a success for libssl. */
	while ((n = SSL_write(a->ssl, bytes, (int)out.len)) <= 0)
		if (!again(a, n, "request"))
			return false;
	return true;
}

static bool
read_answer(struct agree *a)
{
	struct ke_input	*in = &a->in;
	enum ke_progress progress = KE_MORE;
	int		 n;

	while (progress == KE_MORE) {
		n = SSL_read(a->ssl, in->bytes + in->len,
		    (int)(sizeof(in->bytes) - in->len));
		if (n <= 0) {
			if (!again(a, n, "answer"))
				return false;
			continue;
		}
		in->len += (size_t)n;
		progress = ke_progress(in);
		/* Byte by byte it never waits. */
		if (!instant_before(instant_now(), a->deadline))
			return fail_late(a, "answer");
	}
	return progress == KE_COMPLETE || fail(a, NTS_REFUSED,
	    "its answer is longer than %zu bytes", sizeof(in->bytes));
}

static bool
export_key(struct agree *a, enum ke_direction direction, uint8_t *key)
{
	const struct ke_answer *answer = &a->keys.answer;
	uint8_t		 context[KE_CONTEXT_LEN];

	ke_context(context, answer->aead, answer->compliant, direction);
	return SSL_export_keying_material(a->ssl, key,
	    aead_key_len((uint16_t)answer->aead), KE_EXPORTER,
	    sizeof(KE_EXPORTER) - 1, context, sizeof(context), 1) == 1;
}

void
agree_run(struct agree *a)
{
	enum ke_result	 result;
	uint16_t	 code;

	if (!shake_hands(a) || !find_validity(a) || !send_request(a) ||
	    !read_answer(a))
		return;
	result = ke_read_answer(&a->keys.answer, &a->in, &code);
	if (result == KE_REFUSED || result == KE_WARNED)
		fail(a, NTS_REFUSED, "%s (%u)", ke_strresult(result), code);
	else if (result != KE_OK)
		fail(a, NTS_REFUSED, "%s", ke_strresult(result));
	else if (!export_key(a, KE_C2S, a->keys.c2s) ||
	    !export_key(a, KE_S2C, a->keys.s2c))
		fail_ssl(a, "keys");
}
