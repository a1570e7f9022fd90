/*
 * Messages of one process to another.
 */
#include <stdlib.h>
#include <string.h>

#include "regress/fuzz/deal.h"
#include "regress/fuzz/fuzz.h"
#include "regress/fuzz/stream.h"

static const struct {
	enum process	 from, to;
	size_t		 size;
} table[MESSAGE_COUNT] = {
	[MESSAGE_NONE] = { PROCESSES, PROCESSES, 0 },
#define MESSAGE(name, from, to, payload)				\
	[MSG_##name] = { from, to, sizeof(payload) },
	MESSAGES
#undef MESSAGE
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
deal(struct deal *d, enum process from, enum process to, struct message *msg)
{
	static uint8_t	*payload;
	enum message_type type = MESSAGE_NONE;
	size_t		 len, types = find(from, to, SIZE_MAX, &type);

	free(payload);		/* of its exact size, for the sanitizer */
	payload = NULL;
	if (d->size < 3)
		return false;
	(void)find(from, to, d->data[0] % types, &type);
	len = d->data[2] * 8U;
	*msg = (struct message){ .type = type, .id = d->data[1] & 0x7f,
	    .fd = d->data[1] & DEAL_FD ? stream_descriptor() : -1 };
	d->data += 3;
	d->size -= 3;
	if (len > d->size)
		len = d->size;
	if (len > table[type].size)
		len = table[type].size;
	if ((payload = calloc(1, table[type].size)) == NULL)
		abort();
	memcpy(payload, d->data, len);
	d->data += len;
	d->size -= len;
	msg->data = payload;
	return true;
}

void
deal_seed(enum message_type type, unsigned id, const void *payload)
{
	uint8_t		 head[3] = { 0, (uint8_t)id, 0 };
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
