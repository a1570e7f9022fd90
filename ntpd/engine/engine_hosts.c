/*
 * Who is asked: associations are started and stopped as the hosts want it, and
 * names are looked up.
 */
#include "common/log.h"
#include "ntpd/engine/engine_state.h"

static void
stop(struct engine *e, size_t i)
{
	association_stop(&e->associations[i]);
	sync_remove(&e->sync, i);
	smeared_forget(&e->smeared, i);
}

static void
start(struct engine *e, const struct change *change, struct instant now)
{
	const struct config_server *conf = &e->hosts.list[change->host].conf;

	association_start(&e->associations[change->association], change->host,
	    conf, &change->addr, now);
	e->associations[change->association].barred =
	    e->hosts.list[change->host].barred;
	sync_add(&e->sync, change->association, conf->weight);
	/* It, or another one, may have said something long ago. */
	if (conf->sensor.kind != SENSOR_NONE)
		e->sensors[conf->sensor.number].state =
		    (struct sensor_state){ .unnumbered = false };
}

static void
retire(struct engine *e, const struct change *change)
{
	const struct association *a = &e->associations[change->association];

	log_info("%s: giving up %s, which is none of its addresses any more",
	    e->hosts.list[change->host].conf.name, a->name);
	stop(e, change->association);
}

static void
replace(struct engine *e, const struct change *change, struct instant now)
{
	const struct association *a = &e->associations[change->association];
	const struct association old = *a;

	stop(e, change->association);
	start(e, change, now);
	log_info("%s: asking %s instead of %s",
	    e->hosts.list[change->host].conf.name, a->name, old.name);
}

void
engine_change_hosts(struct engine *e, struct instant now)
{
	struct change	 change;

	while (members_change(&e->hosts, e->associations, &change)) {
		switch (change.kind) {
		case CHANGE_STOP:
			stop(e, change.association);
			break;
		case CHANGE_RETIRE:
			retire(e, &change);
			break;
		case CHANGE_START:
			start(e, &change, now);
			break;
		case CHANGE_REPLACE:
			replace(e, &change, now);
			break;
		}
	}
	members_review(&e->hosts, e->associations, now);
}

void
engine_resolve(struct engine *e, struct instant now)
{
	struct resolve_request request;
	uint32_t	 id;

	while (hosts_question(&e->hosts, now, &id, &request))
		if (!channel_send(&e->resolver, MSG_RESOLVE, id, -1, &request))
			hosts_unasked(&e->hosts, id, now);
}
