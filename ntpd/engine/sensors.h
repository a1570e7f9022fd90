/*
 * Reference clocks of this machine: associations that are not asked, as they
 * say by themselves what the time is.  What they say in the interval of a
 * schedule is their answer.
 */
#ifndef NTPD_SENSORS_H
#define NTPD_SENSORS_H

#include <stdbool.h>
#include <stddef.h>

#include "ntpd/engine/association.h"
#include "ntpd/engine/hosts.h"
#include "ntpd/payloads.h"
#include "ntpd/sync/window.h"

struct sensor_state {
	struct window	 window;
	uint8_t		 leap;		/* that it announced last */
	bool		 unnumbered;	/* there were pulses, but nobody says
					   of which second */
};

/* What a sample of a sensor is judged by. */
struct sensor_view {
	const struct clocks *clocks;
	const struct sync *sync;
	const struct hosts *hosts;
	const struct association *all;	/* MAX_ASSOCIATIONS of them */
};

/* The association of sensor process NUMBER, MAX_ASSOCIATIONS if none. */
size_t	 sensors_find(const struct sensor_view *v, size_t number);

/*
 * Take SAMPLE of association I, which is of S.  A pulse gets its second from
 * the sensor that its statement names, else from the estimate.  False if the
 * sample is impossible.
 */
bool	 sensor_take(struct sensor_state *s, const struct sensor_view *v,
	    size_t i, const struct sensor_sample *sample);

/*
 * The end of an interval: what S, of the statement CONF, has said in it becomes
 * an ANSWER at R.  False if it has said nothing that counts; then *REASON says
 * why, if it is not silence.
 */
bool	 sensor_answer(struct sensor_state *s, const struct config_sensor *conf,
	    const struct reading *r, struct answer *answer,
	    enum reason *reason);

/* The clock jumped: forget what it has said in this interval. */
void	 sensor_forget(struct sensor_state *s);

#endif
