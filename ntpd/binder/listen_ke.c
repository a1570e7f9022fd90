/*
 * Opening TCP sockets for key establishment.
 */
#include <errno.h>
#include <string.h>

#include "common/link.h"
#include "common/log.h"
#include "ntpd/binder/listen_ke.h"
#include "ntpd/binder/offer.h"
#include "ntpd/binder/socket.h"

#define CLOSING		0.5	/* s, until ke has closed the old ones; tuned */

/* Do A and B lie at the same place, whatever their ports? */
static bool
is_same_place(const struct config_listener *a, const struct config_listener *b)
{
	struct config_listener same = *b;

	same.port = a->port;
	same.addr.port = a->addr.port;
	return config_same_place(a, &same);
}

/* The places of SETUP into LIST; returns how many. */
static size_t
find_places(const struct binder_setup *setup,
    struct config_listener list[CONFIG_MAX_LISTENERS])
{
	size_t		 i, k, n = 0;

	for (i = 0; i < setup->nlisteners && setup->nts; i++) {
		for (k = 0; k < n; k++)
			if (is_same_place(&list[k], &setup->listeners[i]))
				break;
		if (k == n)
			list[n++] = setup->listeners[i];
	}
	return n;
}

void
ke_places_configure(struct ke_places *kp, const struct binder_setup *setup)
{
	struct config_listener list[CONFIG_MAX_LISTENERS];
	const size_t	 n = find_places(setup, list);
	size_t		 i = 0;

	while (i < n && i < kp->n && kp->list[i].conf.port == list[i].port &&
	    is_same_place(&kp->list[i].conf, &list[i]))
		i++;
	if (i == n && n == kp->n)
		return;
	kp->n = n;
	for (i = 0; i < n; i++)
		kp->list[i] = (struct ke_place){ .conf = list[i] };
	ke_places_forget(kp);
	ke_places_follow(kp);
}

void
ke_places_forget(struct ke_places *kp)
{
	size_t		 i;

	for (i = 0; i < kp->n; i++)
		memset(kp->list[i].given, 0, sizeof(kp->list[i].given));
	kp->closed = false;
	kp->retry = instant_now();
}

void
ke_places_follow(struct ke_places *kp)
{
	unsigned	 ifindex;
	bool		 changed = false;
	struct ke_place	*p;

	for (p = kp->list; p < kp->list + kp->n; p++) {
		if (p->conf.interface[0] == '\0')
			continue;
		ifindex = link_number(p->conf.interface);
		changed = changed || ifindex != p->ifindex;
		p->ifindex = ifindex;
	}
	if (changed)
		ke_places_forget(kp);
}

/* Open P's socket of FAMILY for ke.  False to try again. */
static bool
give(struct ke_places *kp, struct ke_place *p, unsigned family)
{
	const struct ke_socket payload = { .ntp_port = p->conf.port };
	struct config_listener at = offer_place(&p->conf, p->ifindex);
	char		 name[OFFER_NAME_LEN];
	int		 fd;

	at.port = NTS_PORT;
	fd = socket_open_tcp(&at, offer_families[family].socket);
	if (fd != -1)
		return channel_send(&kp->channel, MSG_KE_LISTEN, 0, fd,
		    &payload);
	if (errno == EAFNOSUPPORT && at.kind != LISTEN_ADDRESS)
		return true;
	if (!p->failed[family])
		log_warn("cannot listen for NTS on %s (%s), trying again "
		    "every %.0f s", offer_name(&at, name),
		    offer_families[family].name, LISTEN_RETRY);
	p->failed[family] = true;
	return false;
}

void
ke_places_update(struct ke_places *kp, struct instant now)
{
	unsigned	 family;
	struct ke_place	*p;
	bool		 again = false;

	if (!kp->channel.open || instant_before(now, kp->retry))
		return;
	if (!kp->closed) {
		kp->closed = channel_send(&kp->channel, MSG_KE_CLOSE, 0, -1,
		    NULL);
		kp->retry = instant_add(now, CLOSING);
		return;
	}
	for (p = kp->list; p < kp->list + kp->n; p++)
		for (family = 0; family < LISTEN_FAMILIES; family++) {
			if (p->given[family] || !offer_wants(&p->conf, family))
				continue;
			p->given[family] = give(kp, p, family);
			again = again || !p->given[family];
		}
	kp->retry = again ? instant_add(now, LISTEN_RETRY) : INSTANT_NEVER;
}
