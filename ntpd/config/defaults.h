/*
 * What holds when ntpd.conf does not say otherwise.
 */
#ifndef NTPD_DEFAULTS_H
#define NTPD_DEFAULTS_H

#define CONFIG_DRIFTFILE	"/var/lib/ntpd/drift"
#define CONFIG_USER		"_ntpd"

#define MAX_DRIFT_MOST		500	/* ppm; MAXFREQ */

#define POLL_MIN_DEFAULT	6	/* log2 s */
#define POLL_MAX_DEFAULT	10
#define POOL_MAX_DEFAULT	4	/* associations of a pool */

#define RATELIMIT_INTERVAL	8000	/* ms */
#define RATELIMIT_BURST		16
#define RATELIMIT_LEAK		4
#define RATELIMIT_PREFIX4	32
#define RATELIMIT_PREFIX6	64

#endif
