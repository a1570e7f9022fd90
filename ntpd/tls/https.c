/*
 * HTTPS by libtls: a HEAD request, and of the response its Date.
 *
 * Whether the server's certificate is valid now depends on what time it is,
 * which is the question.  So libtls checks all but that, and here it has to be
 * valid at the time that the server says it is, and so have those that vouch
 * for it.
 */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ntpd/tls/chain.h"
#include "ntpd/tls/http.h"
#include "ntpd/tls/https.h"
#include "ntpd/tls/reach.h"

#define DAY_LEN		11		/* "2026-11-28" */

static bool __attribute__((format(printf, 2, 3)))
fail(struct https *h, const char *fmt, ...)
{
	va_list		 args;

	va_start(args, fmt);
	vsnprintf(h->date.why, sizeof(h->date.why), fmt, args);
	va_end(args);
	return false;
}

/* Nothing has come until the deadline. */
static bool
fail_late(struct https *h, const char *what)
{
	return fail(h, "%s took more than %.0f s", what, h->task.seconds);
}

static struct tls_config *
make_config(struct https *h)
{
	const char	*file = h->task.ca[0] != '\0' ? h->task.ca :
			    tls_default_ca_cert_file();
	struct tls_config *config = tls_config_new();
	uint8_t		*ca;
	size_t		 len;

	if (config == NULL) {
		fail(h, "out of memory");
		return NULL;
	}
	tls_config_insecure_noverifytime(config);
	ca = tls_load_file(file, &len, NULL);
	if (ca != NULL)
		h->authorities = chain_authorities(ca, len);
	if (h->authorities != NULL &&
	    tls_config_set_ca_mem(config, ca, len) == 0)
		return config;
	fail(h, "cannot read the certificates in %.100s: %s", file,
	    strerror(errno));
	tls_config_free(config);
	return NULL;
}

bool
https_connect(struct https *h)
{
	struct tls_config *config;
	bool		 ready;

	tzset();	/* timegm(3) looks for the zone's file only now */
	if (tls_init() == -1 || (h->tls = tls_client()) == NULL)
		return fail(h, "out of memory");
	if ((config = make_config(h)) == NULL)
		return false;
	h->fd = reach(&h->task.addr, h->deadline);
	if (h->fd == -1) {
		tls_config_free(config);
		if (errno == ETIMEDOUT)
			return fail_late(h, "connecting");
		return fail(h, "cannot connect: %s", strerror(errno));
	}
	ready = tls_configure(h->tls, config) == 0 &&
	    tls_connect_socket(h->tls, h->fd, h->task.name) == 0;
	tls_config_free(config);
	return ready || fail(h, "%s", tls_error(h->tls));
}

/*
 * RESULT is what a call of libtls returned.  True if it is to be called again,
 * after the wait for that; else it has failed, and why is said.
 */
static bool
again(struct https *h, ssize_t result, const char *what)
{
	if (result != TLS_WANT_POLLIN && result != TLS_WANT_POLLOUT) {
		const char	*error = tls_error(h->tls);

		return error != NULL ? fail(h, "%s", error) :
		    fail(h, "%s: it has hung up", what);
	}
	return reach_wait(h->fd, result == TLS_WANT_POLLIN ? POLLIN : POLLOUT,
	    h->deadline) || fail_late(h, what);
}

static bool
shake_hands(struct https *h)
{
	int		 result;

	while ((result = tls_handshake(h->tls)) != 0)
		if (!again(h, result, "handshake"))
			return false;
	return true;
}

static bool
send_request(struct https *h)
{
	char		 request[CONFIG_NAME_LEN + CONFIG_URL_LEN + 64];
	size_t		 sent = 0, len;
	ssize_t		 n;
	bool		 v6 = strchr(h->task.name, ':') != NULL;

	len = (size_t)snprintf(request, sizeof(request), "HEAD %s HTTP/1.1\r\n"
	    "Host: %s%s%s\r\nConnection: close\r\n\r\n", h->task.path,
	    v6 ? "[" : "", h->task.name, v6 ? "]" : "");
	while (sent < len) {
		n = tls_write(h->tls, request + sent, len - sent);
		if (n > 0)
			sent += (size_t)n;
		else if (!again(h, n, "request"))
			return false;
	}
	return true;
}

/* Why there is no date in it. */
static bool
fail_response(struct https *h, const struct http *http)
{
	switch (http->state) {
	case HTTP_UNDATED:
		return fail(h, "its answer (%u) has no date", http->status);
	case HTTP_BAD_DATE:
		return fail(h, "its answer (%u) has a date that is none",
		    http->status);
	case HTTP_TOO_LONG:
		return fail(h, "its answer has more than %d bytes of header",
		    HTTP_HEAD_MOST);
	default:
		return fail(h, "its answer is not HTTP");
	}
}

static bool
read_response(struct https *h, struct http *http)
{
	char		 buf[4096];
	ssize_t		 n;
	bool		 more;

	http_begin(http);
	do {
		n = tls_read(h->tls, buf, sizeof(buf));
		if (n == 0)
			return fail(h, "it has hung up before its date");
		more = n > 0 ? http_take(http, buf, (size_t)n) :
		    again(h, n, "answer");
		if (n <= 0 && !more)
			return false;
		/* Byte by byte it never waits. */
		if (more && !instant_before(instant_now(), h->deadline))
			return fail_late(h, "answer");
	} while (more);
	return http->state == HTTP_DATED || fail_response(h, http);
}

static const char *
day(time_t t, char text[DAY_LEN])
{
	struct tm	 tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(text, DAY_LEN, "%Y-%m-%d", &tm) == 0)
		return "?";
	return text;
}

/* Those that vouch for the certificate are valid at DATE as well? */
static bool
check_chain(struct https *h, int64_t date)
{
	char		 now[DAY_LEN];
	size_t		 len = 0;
	const uint8_t	*pem = tls_peer_cert_chain_pem(h->tls, &len);
	const char	*fault;

	if (pem == NULL)
		len = 0;
	fault = chain_fault(h->authorities, pem, len, date);
	return fault == NULL || fail(h, "it says that today is %s, but then "
	    "nobody vouches for it: %s", day(date, now), fault);
}

/*
 * T is what libtls returned.  On machines of 32 bits its time_t may be half as
 * long as ours (Debian 12): then the upper half of T is anything.
 */
static time_t
time_of_library(time_t t)
{
	if (sizeof(long) >= sizeof(t))
		return t;
	return (uint32_t)t == UINT32_MAX ? -1 : (time_t)(uint32_t)t;
}

/* Was the certificate valid at the time DATE? */
static bool
check_validity(struct https *h, int64_t date)
{
	const time_t	 first = time_of_library(
	    tls_peer_cert_notbefore(h->tls));
	const time_t	 last = time_of_library(
	    tls_peer_cert_notafter(h->tls));
	char		 now[DAY_LEN], from[DAY_LEN], to[DAY_LEN];

	if (first == -1 || last == -1)
		return fail(h, "its certificate has no dates");
	if (date >= first && date <= last)
		return check_chain(h, date);
	return fail(h, "it says that today is %s, but its certificate is valid "
	    "from %s to %s", day(date, now), day(first, from), day(last, to));
}

void
https_ask(struct https *h)
{
	struct http	 http;

	if (!shake_hands(h) || !send_request(h) || !read_response(h, &http) ||
	    !check_validity(h, http.date))
		return;
	h->date.unix_time = http.date;
	if (http.status >= 300 && http.status < 400)
		fail(h, "it redirects (%u), which is not followed",
		    http.status);
}
