/*
 * What OpenSSL does not say in our terms.
 */
#include <time.h>

#include "ntpd/openssl.h"

bool
openssl_unix_time(const ASN1_TIME *asn1, int64_t *unix_time)
{
	struct tm	 tm;

	if (ASN1_TIME_to_tm(asn1, &tm) != 1)
		return false;
	*unix_time = timegm(&tm);
	return true;
}
