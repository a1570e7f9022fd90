/*
 * Any bytes as a message of NTS key establishment: the first byte says whether
 * a server or a client reads it, and how it is cut into pieces.
 */
#include <string.h>

#include "common/ke.h"
#include "regress/fuzz/fuzz.h"

const size_t	 input_most = 1200;

static void
as_server(const struct ke_input *in)
{
	struct ke_request r;
	uint8_t		 bytes[64];
	struct ke_output out = { .bytes = bytes, .size = sizeof(bytes) };
	enum ke_error	 error = ke_read_request(&r, in);

	if (error != KE_FINE) {
		require(error <= KE_INTERNAL);
		ke_put_error(&out, error);
	} else {
		require(r.aead == AEAD_NONE ||
		    aead_key_len((uint16_t)r.aead) > 0);
		ke_put_answer(&out, &r);
	}
	require(!out.overflow);
}

static void
as_client(const struct ke_input *in)
{
	static struct ke_answer a;
	uint16_t	 code;
	uint32_t	 i;

	if (ke_read_answer(&a, in, &code) != KE_OK)
		return;
	require(aead_key_len((uint16_t)a.aead) > 0);
	require(a.ncookies >= 1 && a.ncookies <= KE_COOKIES);
	for (i = 0; i < a.ncookies; i++)
		require(a.cookies[i].len >= 1 &&
		    a.cookies[i].len <= KE_COOKIE_MOST);
	require(memchr(a.server, '\0', sizeof(a.server)) != NULL);
	require(strpbrk(a.server, " \n\t%/\"") == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ke_input in;
	enum ke_progress whole, pieces = KE_MORE;
	size_t		 step;

	if (size == 0 || size - 1 > sizeof(in.bytes))
		return 0;
	step = 1U + data[0] / 2;
	memcpy(in.bytes, data + 1, size - 1);
	in.next = 0;
	in.len = size - 1;
	whole = ke_progress(&in);
	/* In pieces it is the same, but complete as soon as it can be. */
	in.next = in.len = 0;
	while (pieces == KE_MORE && in.len < size - 1) {
		in.len += step < size - 1 - in.len ? step : size - 1 - in.len;
		pieces = ke_progress(&in);
		require(in.next <= in.len);
	}
	require(pieces == whole);
	if (whole != KE_COMPLETE)
		return 0;
	if (data[0] % 2 == 0)
		as_server(&in);
	else
		as_client(&in);
	return 0;
}

/* ---- seeds ---- */

/* Split everywhere, read by a server (0) or a client (1). */
#define BY_SERVER	"00"
#define BY_CLIENT	"01"
#define NTPV4		"800100020000"
#define SIV		"80040002000f"
#define COOKIE		"0005000401020304"
#define END		"80000000"

void
make_seeds(void)
{
	seed_hex("request", BY_SERVER NTPV4 SIV END);
	seed_hex("request_of_two", BY_SERVER NTPV4 "80040004000f001e"
	    "04000000" END);
	seed_hex("answer", BY_CLIENT NTPV4 SIV COOKIE COOKIE
	    "800600036e7470" "80070002007b" END);
	seed_hex("error", BY_CLIENT "800200020001" END);
	seed_hex("warning", BY_CLIENT NTPV4 SIV COOKIE "800300020001" END);
	seed_hex("nothing_fits", BY_CLIENT NTPV4 "80040000" END);
	seed_hex("too_long", BY_CLIENT "8005ffff00");
}
