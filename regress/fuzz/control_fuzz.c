/*
 * A client of the control socket that writes anything: it gets answers or is
 * dropped, and the parent is asked one thing at a time.  Input: a byte that
 * says whether it is root's, then what stream.h says.  The parent does not
 * answer a question of a chunk with STREAM_OWN.
 */
#include <string.h>

#include "common/control.h"
#include "ntpd/control/connections.h"
#include "regress/fuzz/fuzz.h"
#include "regress/fuzz/stream.h"

const size_t	 input_most = 512;

#define QUESTION	(sizeof(struct imsg_header) + sizeof(struct no_payload))
#define PAGE_QUESTION	(sizeof(struct imsg_header) +			\
			    sizeof(struct history_page))

static struct connections connections;
static struct channel	 parent;
static struct connection *const client = &connections.list[0];

static void
start(bool is_root)
{
	connections_init(&connections, -1, 7);
	imsgbuf_init(&client->buf, STREAM_FD);
	client->buf.refuse_fds = true;
	client->used = true;
	client->uid = is_root ? 0 : 1000;
	client->id = 6;
	client->deadline = instant_add((struct instant){ 0 }, 30);
	imsgbuf_init(&parent.buf, -1);
	parent.self = CONTROL;
	parent.peer = PARENT;
	parent.open = true;
}

/* The parent was asked as the client's state says, and forgets it. */
static void
check_questions(bool was_busy)
{
	bool		 asked = client->used && client->busy && !was_busy;

	require(asked ? channel_queued(&parent) == QUESTION ||
	    channel_queued(&parent) == PAGE_QUESTION :
	    channel_queued(&parent) == 0);
	imsgbuf_clear(&parent.buf);
	imsgbuf_init(&parent.buf, -1);
}

static void
answer(void)
{
	static const struct control_status status;
	static const struct control_end end;
	struct message	 msg = { .type = MSG_ANSWER_STATUS,
			    .id = client->id, .data = &status,
			    .size = sizeof(status) };

	connections_answer(&connections, &msg);
	msg.type = MSG_ANSWER_END;
	msg.data = &end;
	msg.size = sizeof(end);
	msg.id++;			/* somebody else's */
	connections_answer(&connections, &msg);
	require(!client->used || client->busy);
	msg.id--;
	connections_answer(&connections, &msg);
	require(!client->used || !client->busy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pollset	 set = { .n = 1 };
	struct instant	 now = { 0 };
	bool		 was_busy;

	if (size < 1)
		return 0;
	stream_open(data + 1, size - 1);
	start(data[0] & 1);
	set.fds[0].revents = POLLIN;
	while (stream_more() && client->used) {
		client->slot = 0;
		was_busy = client->busy;
		connections_transfer(&connections, &set, &parent, now);
		check_questions(was_busy);
		now = instant_add(now, stream_flags() & STREAM_OWN ? 6 : 0.1);
		if (client->used && client->busy &&
		    !(stream_flags() & STREAM_OWN))
			answer();
	}
	if (client->used)
		imsgbuf_clear(&client->buf);
	imsgbuf_clear(&parent.buf);
	require(stream_closed());
	return 0;
}

/* ---- seeds ---- */

static void
request(unsigned flags, enum control_type type, uint32_t version)
{
	const struct control_request req = { .version = version };
	const struct imsg_header hdr = { .type = type, .len = sizeof(req) };
	uint8_t		 frame[sizeof(hdr) + sizeof(req)];

	memcpy(frame, &hdr, sizeof(hdr));
	memcpy(frame + sizeof(hdr), &req, sizeof(req));
	stream_chunk(flags, frame, sizeof(frame));
}

/* From ROOT, questions: one of each kind, all at once, one left unanswered. */
static void
conversation(const char *name, uint8_t root)
{
	int		 type;

	seed_begin(name);
	seed_fill(root, 1);
	for (type = CONTROL_GET_STATUS; type <= CONTROL_GET_SAMPLES; type++)
		request(0, (enum control_type)type, CONTROL_VERSION);
	request(STREAM_OWN, CONTROL_GET_PEERS, CONTROL_VERSION);
	request(0, CONTROL_GET_SERVER, CONTROL_VERSION);
}

void
make_seeds(void)
{
	const struct imsg_header empty = { .type = CONTROL_GET_STATUS };

	conversation("of_root", 1);
	conversation("of_somebody", 0);
	seed_begin("versions");
	seed_fill(0, 1);
	request(0, CONTROL_GET_STATUS, CONTROL_VERSION - 1);
	request(0, CONTROL_GET_STATUS, CONTROL_VERSION);
	seed_begin("unknown");
	seed_fill(0, 1);
	request(0, CONTROL_STATUS, CONTROL_VERSION);
	seed_begin("without_payload");
	seed_fill(0, 1);
	stream_chunk(0, &empty, sizeof(empty));
	seed_begin("descriptor");
	seed_fill(0, 1);
	request(STREAM_ONE_FD, CONTROL_GET_STATUS, CONTROL_VERSION);
	request(STREAM_ONE_FD, CONTROL_GET_STATUS, CONTROL_VERSION);
}
