/*
 * What the kernel tells of a request: when it came, and where to.
 */
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <string.h>
#include <time.h>

#include "ntpd/server/arrival.h"

/*
 * The kernel's own idea of where an answer comes from (ipi_spec_dst) is the
 * address that was asked, but for broadcast and multicast: no answer to those,
 * one forged request would have a whole network answering.
 */
static bool
source_ipv4(const struct in_pktinfo *info, union batch_source *source)
{
	struct in_pktinfo reply = { .ipi_spec_dst = info->ipi_spec_dst };
	struct cmsghdr	*cmsg = (struct cmsghdr *)source;

	if (info->ipi_addr.s_addr != info->ipi_spec_dst.s_addr)
		return false;
	cmsg->cmsg_level = IPPROTO_IP;
	cmsg->cmsg_type = IP_PKTINFO;
	cmsg->cmsg_len = CMSG_LEN(sizeof(reply));
	memcpy(CMSG_DATA(cmsg), &reply, sizeof(reply));
	return true;
}

/* Only a link-local address needs an interface; others leave by the route. */
static bool
source_ipv6(const struct in6_pktinfo *info, union batch_source *source)
{
	struct in6_pktinfo reply = *info;
	struct cmsghdr	*cmsg = (struct cmsghdr *)source;

	if (IN6_IS_ADDR_MULTICAST(&info->ipi6_addr))
		return false;
	if (!IN6_IS_ADDR_LINKLOCAL(&info->ipi6_addr))
		reply.ipi6_ifindex = 0;
	cmsg->cmsg_level = IPPROTO_IPV6;
	cmsg->cmsg_type = IPV6_PKTINFO;
	cmsg->cmsg_len = CMSG_LEN(sizeof(reply));
	memcpy(CMSG_DATA(cmsg), &reply, sizeof(reply));
	return true;
}

/* Is CMSG a message of LEVEL and TYPE with at least SIZE bytes, in *DATA? */
static bool
control_is(struct cmsghdr *cmsg, int level, int type, void *data, size_t size)
{
	if (cmsg->cmsg_level != level || cmsg->cmsg_type != type ||
	    cmsg->cmsg_len < CMSG_LEN(size))
		return false;
	memcpy(data, CMSG_DATA(cmsg), size);
	return true;
}

size_t
arrival_read(struct msghdr *hdr, struct arrival *arrival,
    union batch_source *source)
{
	struct in_pktinfo info4;
	struct in6_pktinfo info6;
	struct timespec	 ts;
	struct cmsghdr	*cmsg;
	size_t		 len = 0;

	memset(arrival, 0, sizeof(*arrival));
	for (cmsg = CMSG_FIRSTHDR(hdr); cmsg != NULL;
	    cmsg = CMSG_NXTHDR(hdr, cmsg)) {
		if (control_is(cmsg, SOL_SOCKET, SCM_TIMESTAMPNS, &ts,
		    sizeof(ts)) ||
		    /* Of its three, the first is the software's. */
		    control_is(cmsg, SOL_SOCKET, SCM_TIMESTAMPING, &ts,
		    sizeof(ts))) {
			arrival->time = ntptime_from_timespec(&ts);
			arrival->stamped = ts.tv_sec != 0;
		} else if (control_is(cmsg, IPPROTO_IP, IP_PKTINFO, &info4,
		    sizeof(info4))) {
			arrival->refused |= !source_ipv4(&info4, source);
			len = CMSG_SPACE(sizeof(info4));
		} else if (control_is(cmsg, IPPROTO_IPV6, IPV6_PKTINFO, &info6,
		    sizeof(info6))) {
			arrival->refused |= !source_ipv6(&info6, source);
			len = CMSG_SPACE(sizeof(info6));
		}
	}
	return len;
}
