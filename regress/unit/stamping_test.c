/*
 * Having network cards stamp packets: drivers that can, that can less, that
 * choose more, that forget, and that refuse.
 */
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <linux/sockios.h>
#include <stdarg.h>
#include <string.h>

#include "common/log.h"
#include "ntpd/stamper/stamping.h"
#include "regress/unit/unit.h"

/* The driver of "eth0"; there is no other. */
static struct {
	struct hwtstamp_config conf;
	bool		 says;		/* it has SIOCGHWTSTAMP */
	unsigned	 filters;	/* bits that it has */
	int		 error;		/* to set it; 0: none */
	unsigned	 sets;
} driver;
static struct stampings	 stampings;

static int
set_driver(const struct hwtstamp_config *conf)
{
	driver.sets++;
	errno = driver.error;
	if (driver.error != 0)
		return -1;
	errno = ERANGE;
	if ((driver.filters & 1U << conf->rx_filter) == 0)
		return -1;
	driver.conf = *conf;
	return 0;
}

/* Played in the place of the C library's. */
int
ioctl(int fd, unsigned long request, ...)
{
	struct hwtstamp_config conf;
	struct ifreq	*ifr;
	va_list		 ap;

	(void)fd;
	va_start(ap, request);
	ifr = va_arg(ap, struct ifreq *);
	va_end(ap);
	errno = ENODEV;
	if (strcmp(ifr->ifr_name, "eth0") != 0)
		return -1;
	memcpy(&conf, ifr->ifr_data, sizeof(conf));
	if (request == SIOCSHWTSTAMP)
		return set_driver(&conf);
	assert_int_equal(request, SIOCGHWTSTAMP);
	errno = EOPNOTSUPP;
	if (!driver.says)
		return -1;
	memcpy(ifr->ifr_data, &driver.conf, sizeof(conf));
	return 0;
}

static int
begin(void **state)
{
	memset(&driver, 0, sizeof(driver));
	memset(&stampings, 0, sizeof(stampings));
	driver.says = true;
	driver.filters = 1U << HWTSTAMP_FILTER_NONE |
	    1U << HWTSTAMP_FILTER_ALL;
	return capture_begin(state);
}

static void
is_set_and_set_back(void **arg)
{
	(void)arg;
	stampings_set(&stampings, "eth0");
	assert_int_equal(driver.conf.tx_type, HWTSTAMP_TX_ON);
	assert_int_equal(driver.conf.rx_filter, HWTSTAMP_FILTER_ALL);
	stampings_restore(&stampings);
	assert_int_equal(driver.conf.tx_type, HWTSTAMP_TX_OFF);
	assert_int_equal(driver.conf.rx_filter, HWTSTAMP_FILTER_NONE);
	assert_int_equal(capture_count("\n"), 0);
}

/* Those that have a filter for NTP stamp nothing else. */
static void
ntp_alone_if_it_can(void **arg)
{
	(void)arg;
	driver.filters |= 1U << HWTSTAMP_FILTER_NTP_ALL;
	stampings_set(&stampings, "eth0");
	assert_int_equal(driver.conf.rx_filter, HWTSTAMP_FILTER_NTP_ALL);
}

/* Another program has set it: it keeps that. */
static void
others_are_left_alone(void **arg)
{
	(void)arg;
	driver.conf.tx_type = HWTSTAMP_TX_ON;
	driver.conf.rx_filter = HWTSTAMP_FILTER_ALL;
	stampings_set(&stampings, "eth0");
	stampings_restore(&stampings);
	assert_int_equal(driver.sets, 0);
	assert_int_equal(driver.conf.rx_filter, HWTSTAMP_FILTER_ALL);
}

/* It was for PTP before, is set, forgets, is set again, and set back. */
static void
forgets(void **arg)
{
	(void)arg;
	driver.conf.rx_filter = HWTSTAMP_FILTER_PTP_V2_EVENT;
	driver.filters |= 1U << HWTSTAMP_FILTER_PTP_V2_EVENT;
	stampings_set(&stampings, "eth0");
	driver.conf = (struct hwtstamp_config){ .flags = 0 };
	stampings_set(&stampings, "eth0");
	assert_int_equal(driver.conf.rx_filter, HWTSTAMP_FILTER_ALL);
	stampings_restore(&stampings);
	assert_int_equal(driver.conf.rx_filter, HWTSTAMP_FILTER_PTP_V2_EVENT);
}

/* Somebody else has changed it since: that is not set back. */
static void
changed_by_others(void **arg)
{
	(void)arg;
	stampings_set(&stampings, "eth0");
	driver.conf.rx_filter = HWTSTAMP_FILTER_PTP_V2_EVENT;
	stampings_restore(&stampings);
	assert_int_equal(driver.conf.rx_filter, HWTSTAMP_FILTER_PTP_V2_EVENT);
}

static void
refuses(void **arg)
{
	(void)arg;
	driver.error = EPERM;
	stampings_set(&stampings, "eth0");
	stampings_set(&stampings, "eth0");
	assert_int_equal(capture_count("cannot have the card of eth0 stamp "
	    "packets: Operation not permitted\n"), 1);
	assert_int_equal(capture_count("\n"), 1);
	stampings_restore(&stampings);
	driver.error = 0;
	stampings_set(&stampings, "eth0");
	assert_int_equal(driver.conf.tx_type, HWTSTAMP_TX_ON);
}

/* One without a request to ask it; one that is not there; too many. */
static void
silent_gone_and_many(void **arg)
{
	char		 name[IF_NAMESIZE] = "eth0";

	(void)arg;
	driver.says = false;
	stampings_set(&stampings, name);
	assert_int_equal(driver.conf.tx_type, HWTSTAMP_TX_ON);
	for (name[3] = '1'; name[3] <= '9'; name[3]++)
		stampings_set(&stampings, name);
	assert_int_equal(stampings.n, CARDS_MOST);
	stampings_restore(&stampings);
}

int
main(void)
{
#define TEST(name)	cmocka_unit_test_setup_teardown(name, begin, \
			capture_end)
	const struct CMUnitTest tests[] = {
		TEST(is_set_and_set_back), TEST(ntp_alone_if_it_can),
		TEST(others_are_left_alone), TEST(forgets),
		TEST(changed_by_others), TEST(refuses),
		TEST(silent_gone_and_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
