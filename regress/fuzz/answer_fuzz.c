/*
 * Any snapshot, any request: the answer keeps what answer.h promises.  Input:
 * a struct snapshot, two timestamps, a request.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/ntp.h"
#include "ntpd/server/answer.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct answer_source src;
	struct input	 in;
	struct ntp_packet asked;
	uint8_t		 answer[NTP_HEADER_LEN];

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
	answer_write(&src, &asked, in.receive, in.transmit, answer);
	check(data, size, answer, &in);
	return 0;
}
