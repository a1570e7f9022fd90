/*
 * Any snapshot, any request: the answer keeps what answer.h promises.  Input:
 * a struct snapshot, two timestamps, a request.  Each is answered in
 * interleaved mode, too, in which the timestamps are anything but in order.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/ntp.h"
#include "ntpd/server/answer.h"
#include "ntpd/server/xleave.h"
#include "regress/fuzz/fuzz.h"

const size_t	 input_most = 256;

struct input {
	struct snapshot	 snap;
	struct ntptime	 receive, transmit;
};

static void
check(const uint8_t *request, size_t len, const uint8_t *answer,
    const struct input *in)
{
	struct ntp_packet pkt;
	bool		 unsynchronized;

	if (len < NTP_HEADER_LEN || (request[0] & 7) != NTP_MODE_CLIENT ||
	    ntp_decode(&pkt, answer, NTP_HEADER_LEN) != NTP_OK)
		abort();
	unsynchronized = pkt.stratum == 0;
	if (pkt.mode != NTP_MODE_SERVER ||
	    pkt.version != (request[0] >> 3 & 7) ||
	    memcmp(answer + 24, request + 40, 8) != 0 ||
	    pkt.stratum >= NTP_MAX_STRATUM ||
	    unsynchronized != (pkt.leap == LEAP_UNKNOWN) ||
	    !ntptime_equal(pkt.transmit, in->transmit))
		abort();
	/* 17 s: what rounding up may add to 16 s in half an era. */
	if (pkt.root_dispersion > 17U << 16 || pkt.root_delay > 16U << 16)
		abort();
	if (!unsynchronized && (int64_t)(pkt.transmit.value -
	    pkt.reference.value) < 0)
		abort();
	if ((int64_t)(pkt.transmit.value - pkt.receive.value) < 0)
		abort();
}

/* What interleaved mode makes of receive and transmit. */
static void
check_marks(const struct input *in)
{
	struct ntptime	 receive = in->receive, transmit = in->transmit;

	xleave_mark(&receive, &transmit);
	if ((receive.value & 1) == 0 || (transmit.value & 1) != 0 ||
	    ntptime_is_zero(transmit) ||
	    ((int64_t)(transmit.value - receive.value) < 0 &&
	    transmit.value != 2))
		abort();
}

/* ANSWER is INTERLEAVED's, but for two fields. */
static void
check_interleaved(const uint8_t *request, const uint8_t *answer,
    const uint8_t *interleaved, const struct input *in)
{
	struct ntp_packet pkt;

	if (ntp_decode(&pkt, interleaved, NTP_HEADER_LEN) != NTP_OK ||
	    memcmp(answer, interleaved, 24) != 0 ||
	    memcmp(interleaved + 24, request + 32, 8) != 0 ||
	    memcmp(answer + 32, interleaved + 32, 8) != 0 ||
	    !ntptime_equal(pkt.transmit, in->receive))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct answer_source src;
	struct input	 in;
	struct ntp_packet asked;
	uint8_t		 answer[NTP_HEADER_LEN], interleaved[NTP_HEADER_LEN];

	if (size < sizeof(in))
		return 0;
	memcpy(&in, data, sizeof(in));
	data += sizeof(in);
	size -= sizeof(in);
	answer_source_set(&src, &in.snap);
	if (answer_read(&asked, data, size) != REQUEST_FINE)
		return 0;
	/* What is sent is never more than what came. */
	if (size < sizeof(answer))
		abort();
	answer_write(&src, &asked,
	    &(struct answer_times){ in.receive, in.transmit, { 0 } }, answer);
	check(data, size, answer, &in);
	check_marks(&in);
	if (ntptime_is_zero(in.receive))
		return 0;
	answer_write(&src, &asked,
	    &(struct answer_times){ in.receive, in.transmit, in.receive },
	    interleaved);
	check_interleaved(data, answer, interleaved, &in);
	return 0;
}

/* ---- seeds ---- */

static const struct input usual = {
	.snap = { .leap = LEAP_NONE, .stratum = 2, .precision = -23,
	    .refid = { 192, 0, 2, 1 }, .root_delay = 0.5,
	    .root_dispersion = 0.25, .dispersion_rate = 15e-6,
	    .reference = { 0xecff748000000000 } },
	.receive = { 0xecff748040000000 }, .transmit = { 0xecff748040001234 }
};

/* A request of VERSION and MODE, with LEN of its bytes. */
static void
exchange(const char *name, const struct input *in, uint8_t version,
    enum ntp_mode mode, size_t len)
{
	const struct ntp_packet pkt = { .version = version,
			    .mode = (uint8_t)mode, .poll = 6, .precision = -23,
			    .transmit = { 0x0102030405060708 } };
	uint8_t		 bytes[NTP_HEADER_LEN];

	ntp_encode(&pkt, bytes);
	seed_begin(name);
	seed_add(in, sizeof(*in));
	seed_add(bytes, len);
}

void
make_seeds(void)
{
	struct input	 in = usual;

	exchange("usual", &in, 4, NTP_MODE_CLIENT, NTP_HEADER_LEN);
	exchange("version_1", &in, 1, NTP_MODE_CLIENT, NTP_HEADER_LEN);
	exchange("control", &in, 4, NTP_MODE_CONTROL, NTP_HEADER_LEN);
	exchange("short", &in, 4, NTP_MODE_CLIENT, NTP_HEADER_LEN - 1);
	exchange("mac", &in, 4, NTP_MODE_CLIENT, NTP_HEADER_LEN);
	seed_fill(0, 20);
	in.snap.stratum = NTP_MAX_STRATUM;
	exchange("unsynchronized", &in, 4, NTP_MODE_CLIENT, NTP_HEADER_LEN);
	in = usual;
	in.snap.root_delay = NAN;
	exchange("not_a_number", &in, 4, NTP_MODE_CLIENT, NTP_HEADER_LEN);
	in = usual;
	in.snap.reference.value = 1;
	exchange("old", &in, 4, NTP_MODE_CLIENT, NTP_HEADER_LEN);
	in = usual;
	in.snap.dispersion_rate = 1;
	exchange("much_dispersion", &in, 4, NTP_MODE_CLIENT, NTP_HEADER_LEN);
	in = usual;
	in.receive = usual.transmit;
	in.transmit = usual.receive;
	exchange("backwards", &in, 4, NTP_MODE_CLIENT, NTP_HEADER_LEN);
}
