/*
 * Any bytes from a reference clock's socket, in its shared memory, as what the
 * kernel says of a pulse or a PTP clock, or in the hypervisor's page: what is
 * taken for a reading is one, and the engine can place it.  Input: a byte that
 * says which, then it.
 */
#include <math.h>
#include <string.h>

#include "common/ns.h"
#include "common/ntp.h"
#include "ntpd/messages.h"
#include "ntpd/sensor/pps.h"
#include "ntpd/sensor/ptp.h"
#include "ntpd/sensor/relation.h"
#include "ntpd/sensor/shm.h"
#include "ntpd/sensor/sock.h"
#include "ntpd/sensor/vmclock.h"
#include "regress/fuzz/fuzz.h"

#define TRIPLES		4

const size_t	 input_most = 1 + TRIPLES * sizeof(struct ptp_triple);

_Static_assert(sizeof(struct vmclock_page) < TRIPLES *
    sizeof(struct ptp_triple), "a page is long enough");

static void
check(const struct reading *r)
{
	struct relation	 rel = { .looks = 0 };
	struct clock_pair c = { r->at / 2 + 1, 1 };
	int64_t		 raw;
	int		 i;

	require(isfinite(r->error) && r->error >= 0 &&
	    r->error <= SENSOR_MOST_ERROR);
	require(r->leap < LEAP_UNKNOWN);
	require(r->at >= 0);
	require(r->pulse ? r->truth - r->at < NS_PER_S &&
	    r->at - r->truth < NS_PER_S : r->truth >= 0);
	for (i = 0; i < 4; i++) {
		relation_look(&rel, &c);
		if (relation_find(&rel, r->at, &raw))
			require(raw <= c.raw + NS_PER_S / 1000);
		c.real += r->at / 8;
		c.raw += NS_PER_S / 10;
	}
}

static bool
decode_page(struct reading *r, const uint8_t *data, size_t size)
{
	const struct vmclock_moment m = { .counter = VMCLOCK_X86,
	    .value = 1ULL << 62, .raw = 1 };
	struct vmclock_page page = { .size = 0 };
	bool		 wait;

	memcpy(&page, data, size < sizeof(page) ? size : sizeof(page));
	return vmclock_is_page(&page, size, &wait) &&
	    vmclock_decode(r, &page, &m);
}

static bool
decode(struct reading *r, unsigned which, const uint8_t *data, size_t size)
{
	struct shm_segment s = { .mode = 0 };
	struct pps_kinfo info = { .current_mode = 0 };
	struct pps	 pps = { .known = true };
	struct ptp_triple t[TRIPLES];

	if (which == 4)
		return decode_page(r, data, size);
	if (which % 4 == 0)
		return sock_decode(r, data, size);
	if (which % 4 == 1) {
		memcpy(&s, data, size < sizeof(s) ? size : sizeof(s));
		return shm_decode(r, &s);
	}
	if (which % 4 == 2) {
		memcpy(&info, data, size < sizeof(info) ? size : sizeof(info));
		return pps_decode(&pps, r, &info, which / 4 % 2 != 0);
	}
	memset(t, 0, sizeof(t));
	memcpy(t, data, size < sizeof(t) ? size : sizeof(t));
	return ptp_decode(r, t, size / sizeof(t[0]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading	 r;

	if (size > 0 && size <= input_most &&
	    decode(&r, data[0], data + 1, size - 1))
		check(&r);
	return 0;
}

#define NOW	1790000000

void
make_seeds(void)
{
	static const struct {
		int64_t		 sec, usec;
		double		 offset;
		int32_t		 pulse, leap, pad, magic;
	} datagram = { NOW, 999999, -.25, 0, 1, 0, 0x534f434b };
	static const struct shm_segment segment = {
		.mode = 1, .count = 2, .clock_sec = NOW, .receive_sec = NOW,
		.precision = -20, .valid = 1
	};
	static const struct pps_kinfo info = { .assert_sequence = 2,
		.clear_sequence = 3, .assert_tu = { NOW, 1000, 0 },
		.clear_tu = { NOW, 999000000, 0 } };
	static const struct ptp_triple triple = { { NOW, 10, 0 },
		{ NOW, 15, 0 }, { NOW, 30, 0 } };
	static const struct vmclock_page page = {
		.magic = "VCLK", .size = 4096, .version = 1,
		.counter = VMCLOCK_X86, .type = VMCLOCK_TAI,
		.flags = UINT64_MAX, .status = VMCLOCK_SYNCHRONIZED,
		.tai = 37, .shift = 29, .value = (1ULL << 62) - 12345,
		.period = 0x89705F4136B4A597, .period_error = 1000,
		.seconds = NOW, .error = 10000 };
	static const struct {
		const char	*name;
		uint8_t		 which;
		const void	*data;
		size_t		 size;
	} seeds[] = {
		{ "sock", 0, &datagram, sizeof(datagram) },
		{ "shm", 1, &segment, sizeof(segment) },
		{ "pps", 2, &info, sizeof(info) },
		{ "falling", 6, &info, sizeof(info) },
		{ "ptp", 3, &triple, sizeof(triple) },
		{ "vmclock", 4, &page, sizeof(page) },
	};
	size_t		 i;

	for (i = 0; i < COUNT(seeds); i++) {
		seed_begin(seeds[i].name);
		seed_fill(seeds[i].which, 1);
		seed_add(seeds[i].data, seeds[i].size);
	}
}
