/*
 * Which requests of a batch are to have an answer, and of what kind.
 */
#include "common/addr.h"
#include "ntpd/server/admit.h"

/* A port to send an answer to; nobody asks from port 0. */
static bool
name_usable(const union sender *name, socklen_t len)
{
	switch (name->sa.sa_family) {
	case AF_INET:
		return len == sizeof(name->in) && name->in.sin_port != 0;
	case AF_INET6:
		return len == sizeof(name->in6) && name->in6.sin6_port != 0;
	default:
		return false;
	}
}

/* Is datagram I a request?  It is counted if not; else it is in *ASKED. */
static bool
is_request(struct batch *b, unsigned i, struct ntp_packet *asked)
{
	switch (answer_read(asked, b->request[i], b->in[i].msg_len)) {
	case REQUEST_FINE:
		return true;
	case REQUEST_SHORT:
		b->counters.too_short++;
		return false;
	case REQUEST_VERSION:
		b->counters.bad_version++;
		return false;
	case REQUEST_MODE:
		b->counters.bad_mode++;
		return false;
	}
	return false;
}

/* Is FROM to have an answer?  It is counted if not; *P says of what kind. */
static bool
within_limit(struct batch *b, struct addrbits from, size_t set,
    struct instant now, struct pending *p)
{
	enum clients_verdict verdict = clients_ask(b->clients, from, set, now);

	p->kiss = verdict == CLIENTS_KISS;
	if (verdict == CLIENTS_SILENCE)
		b->counters.limited++;
	return verdict != CLIENTS_SILENCE;
}

/*
 * May request I be answered, as far as keys go?  It is counted if not; *P says
 * how.  One with NTS has no MAC: nothing follows its authenticator.
 */
static bool
has_right_mac(struct batch *b, unsigned i, struct pending *p)
{
	p->auth.key = NULL;
	if (b->in[i].msg_len == NTP_HEADER_LEN || p->nts != PROOF_NONE)
		return true;
	switch (keyring_judge(b->keyring, b->request[i], b->in[i].msg_len,
	    &p->auth)) {
	case KEYRING_PLAIN:
	case KEYRING_GOOD:
		return true;
	case KEYRING_BAD:
		break;
	}
	b->counters.bad_mac++;
	return false;
}

/*
 * Has datagram I NTS, and is it right?  Counted, and false, if it is to have no
 * answer.  What takes long is done here, before the answer has its time.
 */
static bool
is_proved(struct batch *b, unsigned i, unsigned n, struct pending *p)
{
	const size_t	 len = b->in[i].msg_len;

	p->nts = PROOF_NONE;
	if (len <= NTP_HEADER_LEN || b->jar == NULL || b->jar->n == 0)
		return true;
	proof_read(&b->proof[n], b->jar, b->request[i], len);
	p->nts = b->proof[n].verdict;
	if (p->nts != PROOF_WRONG)
		return true;
	b->counters.nts_wrong++;
	return false;
}

/* Did our own engine send ASKED?  It is counted if so, and noted. */
static bool
is_own(struct batch *b, const struct ntp_packet *asked, struct instant now)
{
	if (b->mark == NULL || !mark_is_ours(b->mark, asked->transmit, now))
		return false;
	b->counters.own++;
	b->own[b->nown++] = asked->transmit;
	return true;
}

/*
 * Datagram I is to have answer number N: is it a request from where it can be
 * answered?  All that does not depend on the time of sending is prepared, in P
 * and in the answer's message.
 */
static bool
admit_one(struct batch *b, unsigned i, unsigned n, struct instant now,
    struct pending *p)
{
	struct msghdr	*in = &b->in[i].msg_hdr, *out = &b->out[n].msg_hdr;
	struct addrbits	 from;
	size_t		 len;

	if (!name_usable(&b->name[i], in->msg_namelen)) {
		b->counters.bad_source++;
		return false;
	}
	from = addrbits_of_sender(&b->name[i]);
	if (!access_allows(b->access, from)) {
		b->counters.denied++;
		return false;
	}
	if (!is_request(b, i, &p->asked) || is_own(b, &p->asked, now))
		return false;
	/*
	 * Each socket asks for packet information, but one that is bound to an
	 * address, which gets and sends nothing else.  If it is not known where
	 * the request was sent to (there may be no room to be told), the answer
	 * could come from a wrong address, or go to a broadcast.
	 */
	len = arrival_read(in, &p->arrival, &b->source[n]);
	if ((len == 0 && !b->bound) || p->arrival.refused ||
	    (in->msg_flags & MSG_CTRUNC) != 0) {
		b->counters.bad_destination++;
		return false;
	}
	if (!within_limit(b, from, b->set[i], now, p) ||
	    !is_proved(b, i, n, p) || !has_right_mac(b, i, p))
		return false;
	out->msg_name = in->msg_name;
	out->msg_namelen = in->msg_namelen;
	out->msg_control = &b->source[n];
	out->msg_controllen = len;
	if (b->xleave != NULL)
		xleave_expect(b->xleave, &p->asked, p->arrival.time);
	return true;
}

unsigned
admit(struct batch *b, unsigned count, struct pending list[BATCH_MAX])
{
	struct instant	 now = instant_now();
	unsigned	 i, n = 0;

	for (i = 0; i < count; i++)
		b->set[i] = clients_expect(b->clients,
		    addrbits_of_sender(&b->name[i]));
	b->counters.received += count;
	for (i = 0; i < count; i++)
		if (admit_one(b, i, n, now, &list[n]))
			n++;
	return n;
}
