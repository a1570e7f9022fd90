/*
 * What happens in a session.
 */
#include <sys/param.h>

#include <bsd/stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ntpd/ke/sessions.h"

void
sessions_init(struct sessions *s)
{
	uint8_t		 seed[16];
	size_t		 i;

	arc4random_buf(seed, sizeof(seed));
	cookie_init(&s->jar, seed);
	for (i = 0; i < SESSIONS_MOST; i++)
		s->list[i].fd = s->list[i].slot = -1;
}

/* End S1, and count it. */
static void
finish(struct sessions *s, struct session *one, uint64_t *counter)
{
	(*counter)++;
	s->news = true;
	SSL_free(one->ssl);
	close(one->fd);
	explicit_bzero(one, sizeof(*one));
	one->fd = one->slot = -1;
	while (s->used > 0 && s->list[s->used - 1].state == SESSION_FREE)
		s->used--;
}

/* A free place, or that of the oldest session. */
static struct session *
find_place(struct sessions *s)
{
	struct session	*one, *oldest = s->list;

	for (one = s->list; one < s->list + s->used; one++) {
		if (one->state == SESSION_FREE)
			return one;
		if (instant_before(one->deadline, oldest->deadline))
			oldest = one;
	}
	if (s->used < SESSIONS_MOST)
		return &s->list[s->used];
	finish(s, oldest, &s->counters.ke_crowded);
	return oldest;
}

/*
 * Have SSL use FD.  What it writes is collected until it is flushed, so that
 * the answer and the end of the session leave together.
 */
static bool
use_socket(SSL *ssl, int fd)
{
	BIO		*socket = BIO_new_socket(fd, BIO_NOCLOSE);
	BIO		*collect = BIO_new(BIO_f_buffer());

	if (socket == NULL || collect == NULL) {
		BIO_free(socket);
		BIO_free(collect);
		return false;
	}
	BIO_up_ref(socket);
	SSL_set0_rbio(ssl, socket);
	SSL_set0_wbio(ssl, BIO_push(collect, socket));
	return true;
}

/*
 * RESULT is what a call of libssl for ONE returned.  True if it goes on when
 * the client does.
 */
static bool
waits(struct session *one, int result)
{
	const int	 error = SSL_get_error(one->ssl, result);

	ERR_clear_error();
	if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
		return false;
	one->events = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
	return true;
}

/* Did the client say that it speaks the protocol? */
static bool
speaks_ke(const SSL *ssl)
{
	const unsigned char *protocol;
	unsigned	 len;

	SSL_get0_alpn_selected(ssl, &protocol, &len);
	return len == sizeof(KE_ALPN) - 2 &&
	    memcmp(protocol, &KE_ALPN[1], len) == 0;
}

static bool
export_keys(struct session *one, const struct ke_request *r,
    struct cookie_secret *secret)
{
	const size_t	 len = aead_key_len((uint16_t)r->aead);
	uint8_t		 c2s[KE_CONTEXT_LEN], s2c[KE_CONTEXT_LEN];

	ke_context(c2s, r->aead, r->compliant, KE_C2S);
	ke_context(s2c, r->aead, r->compliant, KE_S2C);
	secret->aead = r->aead;
	return SSL_export_keying_material(one->ssl, secret->c2s, len,
	    KE_EXPORTER, sizeof(KE_EXPORTER) - 1, c2s, sizeof(c2s), 1) == 1 &&
	    SSL_export_keying_material(one->ssl, secret->s2c, len,
	    KE_EXPORTER, sizeof(KE_EXPORTER) - 1, s2c, sizeof(s2c), 1) == 1;
}

static void
put_cookies(struct sessions *s, struct ke_output *out,
    const struct cookie_secret *secret)
{
	uint8_t		 cookie[COOKIE_MOST];
	unsigned	 i;

	for (i = 0; i < KE_COOKIES; i++) {
		cookie_make(&s->jar, secret, cookie);
		ke_put(out, KE_COOKIE, KE_IGNORABLE, cookie,
		    cookie_len(secret->aead));
	}
}

/* The request of ONE is complete: make the answer, and the end of it all. */
static void
make_answer(struct sessions *s, struct session *one)
{
	uint8_t		 answer[SESSION_ANSWER_MOST];
	struct ke_output out = { .bytes = answer, .size = sizeof(answer) };
	struct cookie_secret secret;
	struct ke_request r;
	enum ke_error	 error = ke_read_request(&r, &one->in);

	if (error != KE_FINE)
		ke_put_error(&out, error);
	else if (!r.ntpv4 || r.aead == AEAD_NONE) {
		ke_put_answer(&out, &r);
		ke_put(&out, KE_END, KE_CRITICAL, NULL, 0);
	} else if (s->jar.n == 0 || !export_keys(one, &r, &secret))
		ke_put_error(&out, KE_INTERNAL);
	else {
		ke_put_answer(&out, &r);
		if (one->ntp_port != NTP_PORT)
			ke_put_number(&out, KE_PORT_NUMBER, KE_IGNORABLE,
			    one->ntp_port);
		put_cookies(s, &out, &secret);
		ke_put(&out, KE_END, KE_CRITICAL, NULL, 0);
		one->agreed = !out.overflow;
	}
	explicit_bzero(&secret, sizeof(secret));
	s->counters.ke_bad += error != KE_FINE;
	s->counters.ke_unfit += error == KE_FINE && !one->agreed;
	one->state = SESSION_WRITES;
	if (out.overflow || SSL_write(one->ssl, answer, (int)out.len) <= 0)
		finish(s, one, &s->counters.ke_failed);
	else
		(void)SSL_shutdown(one->ssl);
}

/* Go on with the handshake of ONE.  True if there is more to do now. */
static bool
shake(struct sessions *s, struct session *one)
{
	const int	 result = SSL_accept(one->ssl);

	if (result == 1 && speaks_ke(one->ssl)) {
		one->state = SESSION_READS;
		return true;
	}
	if (result == 1 || !waits(one, result))
		finish(s, one, &s->counters.ke_failed);
	return false;
}

/* Read more of the request. */
static bool
take(struct sessions *s, struct session *one)
{
	struct ke_input	*in = &one->in;
	const int	 n = SSL_read(one->ssl, in->bytes + in->len,
	    (int)(sizeof(in->bytes) - in->len));

	if (n <= 0) {
		if (!waits(one, n))
			finish(s, one, &s->counters.ke_bad);
		return false;
	}
	in->len += (size_t)n;
	switch (ke_progress(in)) {
	case KE_MORE:
		return true;
	case KE_COMPLETE:
		make_answer(s, one);
		return true;
	case KE_TOO_LONG:
		break;
	}
	finish(s, one, &s->counters.ke_bad);
	return false;
}

/* Send what has been made and end. */
static bool
give(struct sessions *s, struct session *one)
{
	BIO		*out = SSL_get_wbio(one->ssl);
	const bool	 left = BIO_flush(out) == 1;
	uint64_t	 nothing = 0;

	if (!left && BIO_should_retry(out)) {
		one->events = POLLOUT;
		return false;
	}
	ERR_clear_error();
	/* Why there are no keys in it was counted when it was made. */
	finish(s, one, !one->agreed ? &nothing : left ?
	    &s->counters.ke_agreed : &s->counters.ke_failed);
	return false;
}

static void
run(struct sessions *s, struct session *one)
{
	static bool	 (*const steps[])(struct sessions *,
			    struct session *) = {
		[SESSION_SHAKES] = shake, [SESSION_READS] = take,
		[SESSION_WRITES] = give
	};
	int		 turns = 3;

	/* A request of single bytes does not keep the others waiting. */
	while (turns-- > 0 && steps[one->state](s, one) &&
	    one->state != SESSION_FREE)
		continue;
}

void
sessions_add(struct sessions *s, SSL_CTX *ctx, int fd, uint16_t ntp_port,
    struct instant now)
{
	struct session	*one = find_place(s);
	SSL		*ssl = SSL_new(ctx);

	if (ssl == NULL || !use_socket(ssl, fd)) {
		SSL_free(ssl);
		close(fd);
		s->counters.ke_failed++;
		return;
	}
	SSL_set_accept_state(ssl);
	s->used = MAX(s->used, (size_t)(one - s->list) + 1);
	one->state = SESSION_SHAKES;
	one->fd = fd;
	one->ssl = ssl;
	one->events = POLLIN;
	one->deadline = instant_add(now, SESSION_SECONDS);
	one->ntp_port = ntp_port;
	run(s, one);		/* the client has begun */
}

void
sessions_poll(struct sessions *s, struct pollset *set)
{
	struct session	*one;

	for (one = s->list; one < s->list + s->used; one++)
		one->slot = one->state == SESSION_FREE ? -1 :
		    pollset_add(set, one->fd, one->events);
}

void
sessions_run(struct sessions *s, const struct pollset *set,
    struct instant now)
{
	struct session	*one;

	for (one = s->list; one < s->list + s->used; one++) {
		if (one->state == SESSION_FREE)
			continue;
		if (!instant_before(now, one->deadline))
			finish(s, one, &s->counters.ke_late);
		else if (pollset_ready(set, one->slot, one->events) ||
		    (one->state != SESSION_SHAKES &&
		    SSL_has_pending(one->ssl)))
			run(s, one);
	}
}

struct instant
sessions_deadline(const struct sessions *s)
{
	struct instant	 first = INSTANT_NEVER;
	const struct session *one;

	for (one = s->list; one < s->list + s->used; one++)
		if (one->state != SESSION_FREE)
			first = instant_min(first, one->deadline);
	return first;
}
