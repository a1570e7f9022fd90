/*
 * Any bytes as a packet: what decodes must encode to the same bytes, and its
 * fields and MAC must lie inside and be all there is.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/ntp.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static void
walk(const struct ntp_packet *pkt)
{
	struct ntp_field	 field;
	size_t			 pos = 0, sum = 0, rest;
	unsigned		 values = 0;

	while (ntp_next_field(pkt, &pos, &field)) {
		require(field.len >= 12 && field.len % 4 == 0);
		require(field.value + field.len == pkt->fields + pos);
		require(pos == (sum += 4 + field.len));
		/* Read it all, for the sanitizers. */
		while (field.len > 0)
			values += field.value[--field.len];
	}
	(void)values;
	rest = pkt->fields_len - sum;
	require(rest == 0 || rest == 20 || rest == 24 ||
	    rest == (pkt->version == 4 ? 4 : 12));
	require(sum == 0 || pkt->version == 4);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ntp_packet	 pkt, before;
	uint8_t			 again[NTP_HEADER_LEN];
	char			 text[16];

	memset(&pkt, 0xa5, sizeof(pkt));
	before = pkt;
	if (ntp_decode(&pkt, data, size) != NTP_OK) {
		require(memcmp(&pkt, &before, sizeof(pkt)) == 0);
		return 0;
	}
	require(size >= NTP_HEADER_LEN && size <= NTP_MAX_LEN);
	require(pkt.version >= 1 && pkt.version <= 4);
	require(pkt.fields_len == size - NTP_HEADER_LEN);
	ntp_encode(&pkt, again);
	require(memcmp(again, data, sizeof(again)) == 0);
	require(strlen(ntp_format_refid(pkt.refid, pkt.stratum, text)) < 16);
	walk(&pkt);
	return 0;
}
