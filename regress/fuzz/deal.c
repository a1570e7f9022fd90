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

/* What may pass from one to another: of the table, in its order. */
static struct {
	enum message_type list[MESSAGE_COUNT];
	size_t		 n;
} passing[PROCESSES][PROCESSES];

static bool
may_pass(size_t type, size_t from, size_t to)
{
	return type != MESSAGE_NONE &&
	    (table[type].from == from || table[type].from == PROCESSES) &&
	    (table[type].to == to || table[type].to == PROCESSES);
}

static void
fill_passing(void)
{
	size_t		 from, to, type;

	for (from = 0; from < PROCESSES; from++)
		for (to = 0; to < PROCESSES; to++)
			for (type = 0; type < MESSAGE_COUNT; type++)
				if (may_pass(type, from, to))
					passing[from][to].list[
					    passing[from][to].n++] =
					    (enum message_type)type;
}

/* The Nth of the messages that FROM may send TO, from 0; or one of them. */
static enum message_type
find(enum process from, enum process to, size_t n)
{
	if (passing[from][to].n == 0)
		fill_passing();
	return passing[from][to].list[n % passing[from][to].n];
}

bool
deal(struct deal *d, struct channel *ch)
{
	static uint8_t	 frame[sizeof(struct imsg_header) + IMSG_MAX_PAYLOAD];
	struct imsg_header hdr = { .type = 0 };
	enum message_type type;
	size_t		 len;

	if (d->size < 3)
		return false;
	type = find(ch->peer, ch->self, d->data[0]);
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
	size_t		 len = table[type].size;
	/* The first of those that any may send is the first of each. */
	const enum process from = table[type].from < PROCESSES ?
	    table[type].from : ENGINE;

	while (find(from, table[type].to, head[0]) != type)
		head[0]++;
	while (len > 0 && bytes[len - 1] == 0)
		len--;
	head[2] = (uint8_t)((len + 7) / 8);
	len = head[2] * 8U < table[type].size ? head[2] * 8U :
	    table[type].size;
	seed_add(head, sizeof(head));
	seed_add(bytes, len);
}
