/*
 * A peer that writes any bytes, cut anywhere, with descriptors anywhere: the
 * messages are those that are in the bytes, one after the other, each with the
 * descriptor that is its own, and no descriptor stays open.
 *
 * Input: what stream.h says.  Nobody takes messages after a chunk with
 * STREAM_OWN.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/imsg.h"
#include "regress/fuzz/fuzz.h"
#include "regress/fuzz/stream.h"

const size_t	 input_most = 700;

/* How far the messages have come. */
struct taken {
	size_t		 bytes;		/* of the stream */
	int		 fd;		/* the last one */
};

/* MSG is what is next in the stream. */
static void
check_message(const struct imsg *msg, struct taken *taken)
{
	const uint8_t	*came;
	size_t		 n;

	came = stream_came(&n);
	require(n - taken->bytes >= sizeof(msg->hdr) + msg->hdr.len);
	require(msg->hdr.len <= IMSG_MAX_PAYLOAD);
	require((uintptr_t)msg->data % 8 == 0);
	require(memcmp(&msg->hdr, came + taken->bytes, sizeof(msg->hdr)) == 0);
	require(memcmp(msg->data, came + taken->bytes + sizeof(msg->hdr),
	    msg->hdr.len) == 0);
	require((msg->fd != -1) == (msg->hdr.has_fd == 1));
	taken->bytes += sizeof(msg->hdr) + msg->hdr.len;
	if (msg->fd == -1)
		return;
	require(msg->fd == taken->fd + 1);
	taken->fd = msg->fd;
	close(msg->fd);
}

/* Take all messages; false after a bad frame. */
static bool
take(struct imsgbuf *buf, struct taken *taken)
{
	struct imsg	 msg;
	enum imsg_status status;

	while ((status = imsg_get(buf, &msg)) == IMSG_OK)
		check_message(&msg, taken);
	require(status == IMSG_AGAIN || errno == EBADMSG);
	return status == IMSG_AGAIN;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct taken	 taken = { .fd = STREAM_FD };
	struct imsgbuf	 buf;
	enum imsg_status status;
	bool		 good = true;

	stream_open(data, size);
	imsgbuf_init(&buf, STREAM_FD);
	while (stream_more() && good) {
		status = imsgbuf_read(&buf);
		require(buf.nfds <= IMSG_MAX_FDS);
		if (status == IMSG_EOF || status == IMSG_ERROR)
			break;
		/* With a full input nothing comes until some are taken. */
		if (!(stream_flags() & STREAM_OWN) || status == IMSG_AGAIN)
			good = take(&buf, &taken);
	}
	(void)take(&buf, &taken);
	imsgbuf_clear(&buf);
	require(stream_closed());
	return 0;
}

/* ---- seeds ---- */

/* The header of a message of LEN bytes that says HAS_FD. */
static struct imsg_header
header(size_t len, uint32_t has_fd)
{
	return (struct imsg_header){ .type = 1, .len = (uint32_t)len,
	    .id = 9, .has_fd = has_fd };
}

/* A message in as few chunks as it takes. */
static void
message(unsigned flags, size_t len, uint32_t has_fd)
{
	struct imsg_header hdr = header(len, has_fd);
	uint8_t		 frame[sizeof(hdr) + IMSG_MAX_PAYLOAD];

	memcpy(frame, &hdr, sizeof(hdr));
	memset(frame + sizeof(hdr), 'x', len);
	stream_chunks(flags, frame, sizeof(hdr) + len);
}

static void
seeds_of_frames(void)
{
	static const uint8_t zeros[IMSG_MAX_PAYLOAD - STREAM_ZEROS];
	struct imsg_header hdr = header(0, 0);
	size_t		 i;

	seed_begin("byte_by_byte");
	for (i = 0; i < sizeof(hdr); i++)
		stream_chunk(0, (const uint8_t *)&hdr + i, 1);
	seed_begin("one");
	message(0, 5, 0);
	seed_begin("three");
	message(0, 0, 0);
	message(0, 3, 0);
	message(0, 600, 0);
	seed_begin("not_taken");
	for (i = 0; i < 4; i++)
		message(STREAM_OWN, 200, 0);
	message(0, 0, 0);
	seed_begin("too_long");
	hdr = header(IMSG_MAX_PAYLOAD + 1, 0);
	stream_chunk(0, &hdr, sizeof(hdr));
	seed_begin("too_long_and_there");
	for (i = 0; i < 4; i++)
		stream_chunk(STREAM_LONG, &hdr, sizeof(hdr));
	seed_begin("largest");
	hdr = header(IMSG_MAX_PAYLOAD, 0);
	for (i = 0; i < 6; i++) {
		stream_chunk(STREAM_LONG | STREAM_OWN, &hdr, sizeof(hdr));
		stream_chunk(0, zeros, IMSG_MAX_PAYLOAD - STREAM_ZEROS);
	}
	seed_begin("huge");
	hdr = header(UINT32_MAX, 0);
	stream_chunk(0, &hdr, sizeof(hdr));
}

static void
seeds_of_errors(void)
{
	static const unsigned errors[] = { STREAM_EINTR, STREAM_EAGAIN,
			    STREAM_ENOMEM, STREAM_ECONNRESET, STREAM_EIO };
	size_t		 i;

	seed_begin("errors");
	for (i = 0; i < COUNT(errors); i++)
		message(errors[i], 2, 0);
	seed_begin("error_and_descriptor");
	for (i = 0; i < 2; i++)
		message(STREAM_EAGAIN | STREAM_ONE_FD, 2, 1);
}

static void
seeds_of_descriptors(void)
{
	int		 i;

	seed_begin("descriptor");
	message(STREAM_ONE_FD, 2, 1);
	seed_begin("descriptor_missing");
	message(0, 2, 1);
	seed_begin("descriptors");
	message(STREAM_ONE_FD, 0, 1);
	message(0, 0, 0);
	message(STREAM_ONE_FD, 1, 1);
	seed_begin("unannounced");
	for (i = 0; i < IMSG_MAX_FDS + 2; i++)
		message(STREAM_ONE_FD, 2, 0);
	message(STREAM_ONE_FD, 2, 1);
	seed_begin("three_each");
	for (i = 0; i < 10; i++)
		message(STREAM_THREE_FDS, 2, 1);
	seed_begin("no_room");
	message(STREAM_MANY_FDS, 2, 1);
	message(STREAM_ONE_FD, 2, 1);
	seed_begin("two_announced");
	message(STREAM_ONE_FD, 0, 2);
}

void
make_seeds(void)
{
	seeds_of_frames();
	seeds_of_errors();
	seeds_of_descriptors();
}
