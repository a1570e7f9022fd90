/*
 * ntpctl -s sensors: of the peers, those that are reference clocks of this
 * machine.
 */
#include "ntpctl/show.h"

size_t
show_only_sensors(const struct control_peer *peers, size_t n,
    struct control_peer *sensors)
{
	size_t		 i, found = 0;

	for (i = 0; i < n; i++)
		if (peers[i].address.family == ADDR_SENSOR)
			sensors[found++] = peers[i];
	return found;
}

void
show_sensors(FILE *out, const struct control_peer *peers, size_t n,
    size_t width)
{
	static struct control_peer sensors[REPORT_PEERS_MAX];
	const size_t	 found = show_only_sensors(peers, n, sensors);

	if (found == 0)
		fprintf(out, "no sensors\n");
	else
		show_peers(out, sensors, found, width);
}
