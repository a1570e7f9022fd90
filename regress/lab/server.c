/*
 * The servers and the paths to them.  A request waits in the list of packets
 * until it has crossed the path, is answered with the server's clock of that
 * moment, and waits again until it has come back.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <err.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "regress/lab/truth.h"

#define NTP_PORT	123
#define NTP_UNIX_DELTA	2208988800LL	/* s from 1900 to 1970 */
#define TURNAROUND	10e-6		/* s in the server */

void
servers_open(struct world *w)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
			    .sin_port = htons(NTP_PORT) };
	char		 text[32];

	for (int i = 0; i < w->nservers; i++) {
		snprintf(text, sizeof(text), "203.0.113.%d", i + 1);
		inet_pton(AF_INET, text, &sin.sin_addr);
		w->servers[i].fd = socket(AF_INET, SOCK_DGRAM, 0);
		if (w->servers[i].fd == -1 || bind(w->servers[i].fd,
		    (struct sockaddr *)&sin, sizeof(sin)) == -1)
			err(1, "%s", text);
	}
}

/* The error that a drifting server's clock has gathered by R. */
static double
drift(struct server *s, double r)
{
	if (r < s->start)
		return 0;
	if (s->drifted_at < s->start)
		s->drifted_at = s->start;
	while (r >= s->drifted_at + 1) {
		s->drift += s->freq + s->walk;
		s->drifted_at += 1;
		if (s->wander > 0)
			s->walk += s->wander * normal(&s->random);
	}
	return s->drift + (s->freq + s->walk) * (r - s->drifted_at);
}

/* What the changes of a server's frequency have made of its clock by R. */
static double
crept(const struct server *s, double r)
{
	double		 sum = 0;

	for (int i = 0; i < s->fsteps.n; i++) {
		const struct event *e = &s->fsteps.event[i];

		if (r > e->at)
			sum += e->by * (r - e->at);
	}
	return sum;
}

static double
server_clock(struct world *w, struct server *s, double r)
{
	double		 t = true_time(w, r);

	t = (s->smears ? smeared(w, t) : utc(w, t)) + s->offset;
	t += events_sum(&s->steps, r) + crept(s, r);
	if (s->jump_every > 0 && r >= s->start)
		t += fmod(floor((r - s->start) / s->jump_every), 2) == 0 ?
		    s->jump : -s->jump;
	return t + drift(s, r);
}

static bool
inside(const struct window *window, double r)
{
	return r >= window->from && r < window->to;
}

static bool
is_out(const struct server *s, double r)
{
	for (int i = 0; i < s->nout; i++)
		if (inside(&s->out[i], r))
			return true;
	return false;
}

/* How long a packet that starts at R takes in this direction. */
static double
crossing(struct world *w, struct server *s, int direction, double r)
{
	const struct path *p = &s->path[direction];
	double		 d = p->delay + draw(&w->random, p) +
			    events_sum(&p->shifts, r);

	if (inside(&s->detour, r))
		d += p->shift;
	if (s->burst_on <= 0)
		return d;
	while (r >= s->burst_until) {
		s->bursting = !s->bursting;
		s->burst_until += exponential(&w->random,
		    s->bursting ? s->burst_on : s->burst_off);
	}
	if (s->bursting && p->burst > 0)
		d += exponential(&w->random, p->burst);
	return d;
}

static void
packet_add(struct world *w, const struct packet *p)
{
	if (w->npackets == MAX_PACKETS)
		errx(1, "too many packets under way");
	w->packets[w->npackets++] = *p;
}

void
server_receive(struct world *w, int i)
{
	struct server	*s = &w->servers[i];
	struct packet	 p = { .server = i, .direction = FORWARD };
	socklen_t	 len;
	uint8_t		 buf[2048];
	ssize_t		 n;
	double		 r = raw_now(w);

	for (;;) {
		len = sizeof(p.client);
		n = recvfrom(s->fd, buf, sizeof(buf), MSG_DONTWAIT,
		    (struct sockaddr *)&p.client, &len);
		if (n < 0)
			return;
		if (n < PACKET_LEN || (buf[0] & 7) != 3)
			continue;
		s->received++;
		if (is_out(s, r) || uniform(&w->random) < s->loss)
			continue;
		memcpy(p.data, buf, PACKET_LEN);
		p.asked = r;
		p.due = r + crossing(w, s, FORWARD, r);
		packet_add(w, &p);
	}
}

static void
put32(uint8_t *p, uint32_t value)
{
	value = htonl(value);
	memcpy(p, &value, sizeof(value));
}

static void
put_short(uint8_t *p, double t)
{
	put32(p, (uint32_t)(t * 65536));
}

static void
put_time(const struct world *w, uint8_t *p, double t)
{
	double		 whole = floor(t);

	put32(p, (uint32_t)(w->epoch + (long long)whole + NTP_UNIX_DELTA));
	put32(p + 4, (uint32_t)((t - whole) * 4294967296.0));
}

/* The leap indicator of a server whose clock reads T. */
static int
indicator(const struct world *w, const struct server *s, double t)
{
	if (s->leap != 0 || s->smears || w->leapat <= 0 || t >= w->leapat ||
	    w->leapsecret)
		return s->leap;
	return w->leap > 0 ? 1 : 2;
}

/* Make the request in P the answer that the server's clock gives at T. */
static void
answer(const struct world *w, const struct server *s, uint8_t *p, double t)
{
	uint8_t		 request[PACKET_LEN];

	memcpy(request, p, PACKET_LEN);
	memset(p, 0, PACKET_LEN);
	p[0] = (uint8_t)(indicator(w, s, t) << 6 | (request[0] & 0x38) | 4);
	p[1] = (uint8_t)(s->kod ? 0 : s->stratum);
	p[2] = request[2];
	p[3] = (uint8_t)-25;
	put_short(p + 4, s->rootdelay);
	put_short(p + 8, s->rootdisp);
	memcpy(p + 12, s->kod ? "RATE" : s->stratum == 1 ? "GPS" :
	    "\xcb\x00\x71\x01", 4);
	put_time(w, p + 16, t - 10);
	memcpy(p + 24, request + 40, 8);
	put_time(w, p + 32, t);
	put_time(w, p + 40, t + TURNAROUND);
}

static void
arrive(struct world *w, struct packet *p)
{
	struct server	*s = &w->servers[p->server];
	double		 r = raw_now(w);

	answer(w, s, p->data, server_clock(w, s, r));
	if (uniform(&w->random) < s->loss)
		return;
	p->direction = REVERSE;
	p->due = r + TURNAROUND + crossing(w, s, REVERSE, r);
	packet_add(w, p);
}

static void
deliver(struct world *w, const struct packet *p)
{
	struct server	*s = &w->servers[p->server];

	if (sendto(s->fd, p->data, PACKET_LEN, 0,
	    (const struct sockaddr *)&p->client, sizeof(p->client)) !=
	    PACKET_LEN)
		return;
	s->sent++;
	fprintf(w->answers, "%.3f %.3f %d\n", raw_now(w), p->asked,
	    p->server + 1);
}

void
packets_move(struct world *w, double r)
{
	struct packet	 p;
	int		 i = 0;

	while (i < w->npackets) {
		if (w->packets[i].due > r) {
			i++;
			continue;
		}
		p = w->packets[i];
		w->packets[i] = w->packets[--w->npackets];
		if (p.direction == FORWARD)
			arrive(w, &p);
		else
			deliver(w, &p);
	}
}

double
packets_due(const struct world *w, double limit)
{
	for (int i = 0; i < w->npackets; i++)
		if (w->packets[i].due < limit)
			limit = w->packets[i].due;
	return limit;
}
