/*
 * From what a sensor process says to an answer like a server's.
 */
#include <math.h>
#include <string.h>

#include "common/ns.h"
#include "ntpd/engine/sensors.h"

/* How old a reading may be, and how far ahead of now, s; by taste. */
#define OLDEST		8.0
#define EARLY		0.001

/*
 * A pulse is of the nearest second if that is no further than this, s, and the
 * estimate may be off by no more for certain.  By taste: less than half a
 * second, beyond which the next one is nearer.
 */
#define NEAR		0.3

size_t
sensors_find(const struct sensor_view *v, size_t number)
{
	const struct config_sensor *conf;
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		if (!v->all[i].used)
			continue;
		conf = &v->hosts->list[v->all[i].host].conf.sensor;
		if (conf->kind != SENSOR_NONE && conf->number == number)
			break;
	}
	return i;
}

/* True minus oscillator time at NOW by the source called NAME in *OFFSET. */
static bool
named_offset(const struct sensor_view *v, const char *name, double now,
    double *offset)
{
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		if (!v->all[i].used || v->sync->sources[i].nsamples == 0 ||
		    strcmp(v->hosts->list[v->all[i].host].conf.name, name) != 0)
			continue;
		*offset = sync_source_offset(v->sync, i, now);
		return true;
	}
	return false;
}

/* The same by the estimate. */
static bool
estimated_offset(const struct sensor_view *v, double now, double *offset)
{
	double		 low, high;

	if (!sync_ready(v->sync) ||
	    !sync_certain(v->sync, now, &low, &high) ||
	    high - low > 2 * NEAR)
		return false;
	*offset = sync_estimate(v->sync, now).offset;
	return true;
}

/* Which second is it?  *OFFSET, that of any, becomes that of the right one. */
static bool
number_pulse(const struct sensor_view *v, const struct config_sensor *conf,
    double now, double *offset)
{
	double		 base;

	if (!(conf->lock[0] != '\0' ?
	    named_offset(v, conf->lock, now, &base) :
	    estimated_offset(v, now, &base)))
		return false;
	*offset += round(base - *offset);
	return fabs(base - *offset) <= NEAR;
}

bool
sensor_take(struct sensor_state *s, const struct sensor_view *v, size_t i,
    const struct sensor_sample *sample)
{
	const struct config_sensor *conf =
	    &v->hosts->list[v->all[i].host].conf.sensor;
	double		 when, offset, now = clocks_read(v->clocks).now;

	/* Written so that NaN fails. */
	if (!(sample->error >= 0 && sample->error <= SENSOR_MOST_ERROR) ||
	    sample->leap >= LEAP_UNKNOWN ||
	    !clocks_place(v->clocks, sample->raw, sample->truth, &when,
	    &offset) || when < now - OLDEST || when > now + EARLY)
		return false;
	offset += conf->correction;
	if (sample->pulse != 0 && !number_pulse(v, conf, when, &offset)) {
		s->unnumbered = true;
		return true;
	}
	s->leap = sample->leap;
	window_add(&s->window, when, offset, sample->error);
	return true;
}

bool
sensor_answer(struct sensor_state *s, const struct config_sensor *conf,
    const struct reading *r, struct answer *answer, enum reason *reason)
{
	const struct ntptime now = ntptime_from_ns(r->real);
	struct sample	*sample = &answer->sample;

	*reason = s->unnumbered ? REASON_UNNUMBERED : REASON_NONE;
	s->unnumbered = false;
	memset(answer, 0, sizeof(*answer));
	if (!window_close(&s->window, sample))
		return false;
	sample->leap = s->leap;
	sample->stratum = (uint8_t)(conf->stratum - 1);
	answer->kind = ANSWER_GOOD;
	answer->has_sample = true;
	answer->pkt = (struct ntp_packet){
		.leap = s->leap, .version = NTP_VERSION,
		.mode = NTP_MODE_SERVER, .stratum = sample->stratum,
		.root_dispersion = ntpshort_from_seconds(sample->trip / 2),
		.reference = now, .receive = now, .transmit = now
	};
	memcpy(answer->pkt.refid, conf->refid, sizeof(conf->refid));
	return true;
}

void
sensor_forget(struct sensor_state *s)
{
	window_clear(&s->window);
}
