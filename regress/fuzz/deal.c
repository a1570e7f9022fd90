/*
 * Messages of one process to another.
 */
#include <string.h>

#include "common/control.h"
#include "common/cookie.h"
#include "common/leap.h"
#include "common/operator.h"
#include "common/siphash.h"
#include "regress/fuzz/deal.h"
#include "regress/fuzz/fuzz.h"
#include "regress/fuzz/stream.h"

static const struct {
	enum process	 from, to;
	size_t		 size;
	enum message_fd	 fd;
} table[MESSAGE_COUNT] = {
	[MESSAGE_NONE] = { PROCESSES, PROCESSES, 0, NO_FD },
#define ROW(name, from, to, payload, fd, when, handler)			\
	[MSG_##name] = { from, to, sizeof(payload), fd },
	MESSAGES(ROW)
#undef ROW
};

/* The Nth of the messages that FROM may send TO; how many, beyond them. */
static size_t
find(enum process from, enum process to, size_t n, enum message_type *type)
{
	size_t		 i, found = 0;

	for (i = 0; i < MESSAGE_COUNT; i++) {
		if (table[i].from != from || table[i].to != to)
			continue;
		if (found++ == n)
			*type = (enum message_type)i;
	}
	return found;
}

bool
deal(struct deal *d, struct channel *ch)
{
	static uint8_t	 frame[sizeof(struct imsg_header) + IMSG_MAX_PAYLOAD];
	struct imsg_header hdr = { .type = 0 };
	enum message_type type = MESSAGE_NONE;
	size_t		 len, types = find(ch->peer, ch->self, SIZE_MAX, &type);

	if (d->size < 3)
		return false;
	(void)find(ch->peer, ch->self, d->data[0] % types, &type);
	len = d->data[2] * 8U;
	hdr.type = type;
	hdr.id = d->data[1];
	hdr.len = (uint32_t)table[type].size;
	hdr.has_fd = table[type].fd == WITH_FD;
	d->data += 3;
	d->size -= 3;
	if (len > d->size)
		len = d->size;
	if (len > hdr.len)
		len = hdr.len;
	memset(frame, 0, sizeof(hdr) + hdr.len);
	memcpy(frame, &hdr, sizeof(hdr));
	memcpy(frame + sizeof(hdr), d->data, len);
	d->data += len;
	d->size -= len;
	stream_deliver(frame, sizeof(hdr) + hdr.len, hdr.has_fd);
	require(imsgbuf_read(&ch->buf) == IMSG_OK);
	return true;
}

void
deal_seed(enum message_type type, uint8_t id, const void *payload)
{
	uint8_t		 head[3] = { 0, id, 0 };
	const uint8_t	*bytes = payload;
	size_t		 len = table[type].size, i;
	enum message_type other;

	for (i = 0; i < MESSAGE_COUNT; i++) {
		other = MESSAGE_NONE;
		(void)find(table[type].from, table[type].to, i, &other);
		if (other == type)
			head[0] = (uint8_t)i;
	}
	while (len > 0 && bytes[len - 1] == 0)
		len--;
	head[2] = (uint8_t)((len + 7) / 8);
	len = head[2] * 8U < table[type].size ? head[2] * 8U :
	    table[type].size;
	seed_add(head, sizeof(head));
	seed_add(bytes, len);
}
