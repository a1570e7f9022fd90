/*
 * ntpctl -s sensors.  Sensors are clocks attached to the machine; they have
 * their place in the output so that scripts need not change when they come.
 */
#include "ntpctl/show.h"

void
show_sensors(FILE *out)
{
	fprintf(out, "no sensors\n");
}
