/*
 * An engine that tells a server process anything: the server goes on, and
 * what it would answer is possible.  Input: what stream.h says.
 */
#include "ntpd/server/server.c"

#include "common/ntp.h"
#include "regress/fuzz/fuzz.h"
#include "regress/fuzz/stream.h"

const size_t	 input_most = 512;

/* Its tables are large, and nothing that is said here changes them. */
static struct server	 server;

/* An answer that is not unsynchronized has a stratum, and its bounds. */
static void
check_answer(void)
{
	const struct ntp_packet asked = { .version = NTP_VERSION,
			    .mode = NTP_MODE_CLIENT, .transmit = { 42 } };
	const struct ntptime now = ntptime_from_ns(1800000000000000000);
	struct ntp_packet pkt;
	uint8_t		 bytes[NTP_HEADER_LEN];

	answer_write(&server.source, &asked,
	    &(struct answer_times){ now, now, { 0 } }, bytes);
	require(ntp_decode(&pkt, bytes, sizeof(bytes)) == NTP_OK);
	require(pkt.stratum < NTP_MAX_STRATUM);
	require((pkt.stratum == 0) == (pkt.leap == LEAP_UNKNOWN));
	require(pkt.root_delay <= 16U << 16);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	stream_open(data, size);
	answer_source_none(&server.source);
	server.batch.mark = NULL;
	server.bad_snapshots = (struct log_limit){ .burst = 1, .interval = 1 };
	channel_open(&server.engine, STREAM_FD, SERVER, ENGINE);
	server.set.n = 1;
	server.set.fds[0].revents = POLLIN;
	while (stream_more() && server.engine.open) {
		server.engine.slot = 0;
		(void)server_hear(&server, &server.engine);
		check_answer();
	}
	channel_close(&server.engine);
	require(stream_closed());
	return 0;
}

/* ---- seeds ---- */

static void
message(unsigned flags, enum message_type type, const void *data, size_t len)
{
	const struct imsg_header hdr = { .type = type, .len = (uint32_t)len };
	uint8_t		 frame[sizeof(hdr) + sizeof(struct snapshot)];

	memcpy(frame, &hdr, sizeof(hdr));
	memcpy(frame + sizeof(hdr), data, len);
	stream_chunk(flags, frame, sizeof(hdr) + len);
}

void
make_seeds(void)
{
	struct snapshot	 snap = { .stratum = 2, .precision = -20,
			    .refid = { 192, 0, 2, 1 }, .root_delay = 0.01,
			    .root_dispersion = 0.01, .dispersion_rate = 15e-6,
			    .reference = { 0xecff748000000000 } };
	const struct siphash_key key = { 1, 2 };

	seed_begin("snapshots");
	message(0, MSG_SERVER_MARK, &key, sizeof(key));
	message(0, MSG_SNAPSHOT, &snap, sizeof(snap));
	snap.root_delay = -1;
	message(0, MSG_SNAPSHOT, &snap, sizeof(snap));
	seed_begin("descriptor");
	message(STREAM_ONE_FD, MSG_SNAPSHOT, &snap, sizeof(snap));
	seed_begin("not_the_engine_s");
	message(0, MSG_OWN_REQUEST, &snap, sizeof(struct own_request));
	seed_begin("cut_off");
	message(0, MSG_SNAPSHOT, &snap, sizeof(snap) - 1);
}
