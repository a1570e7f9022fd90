/*
 * The engine's side of ntpctl: what it shows, what it keeps for that, and what
 * root wants done.
 */
#include <string.h>
#include <strings.h>

#include "common/operator.h"
#include "ntpd/engine/engine_state.h"

/* Records of the history that ntpctl gets at once: less than 32 kB; tuned. */
#define PAGE			256

/*
 * A flood of questions is not answered: the same queue carries what the clock
 * needs.
 */
static bool
is_flooded(const struct engine *e)
{
	return e->parent.buf.queued > IMSG_MAX_QUEUED / 2;
}

static void
send_end(struct engine *e, uint32_t id, uint32_t records)
{
	struct control_end end = {
		.version = CONTROL_VERSION, .records = records
	};

	channel_send(&e->parent, MSG_END_RECORD, id, -1, &end);
}

void
engine_show_status(struct engine *e, const struct message *msg)
{
	struct report_view v = engine_view(e, msg->at);
	struct control_status st;

	if (is_flooded(e))
		return;
	/* Clients and the log are told the same. */
	if (v.system.synchronized != e->steer.synchronized)
		engine_publish(e, msg->at);
	report_status(&v, &st);
	channel_send(&e->parent, MSG_STATUS_RECORD, msg->id, -1, &st);
	send_end(e, msg->id, 1);
}

void
engine_show_peers(struct engine *e, const struct message *msg)
{
	struct report_view v = engine_view(e, msg->at);
	struct report_cursor cursor = { 0 };
	struct control_peer p;
	uint32_t	 records;

	if (is_flooded(e))
		return;
	for (records = 0; report_peer(&v, &cursor, &p); records++)
		channel_send(&e->parent, MSG_PEER_RECORD, msg->id, -1, &p);
	send_end(e, msg->id, records);
}

void
engine_show_history(struct engine *e, const struct message *msg)
{
	const struct history_page *page = msg->data;
	uint32_t	 records, from = page->from;
	struct control_point point;

	if (is_flooded(e))
		return;
	for (records = 0; records < PAGE && history_point(&e->history, from,
	    msg->at, &point); records++) {
		channel_send(&e->parent, MSG_POINT_RECORD, msg->id, -1,
		    &point);
		from = point.number + 1;
	}
	send_end(e, msg->id, records);
}

void
engine_show_samples(struct engine *e, const struct message *msg)
{
	const struct history_page *page = msg->data;
	uint32_t	 records, from = page->from;
	struct control_sample sample;

	if (is_flooded(e))
		return;
	for (records = 0; records < PAGE && history_sample(&e->history, from,
	    msg->at, &sample); records++) {
		channel_send(&e->parent, MSG_SAMPLE_RECORD, msg->id, -1,
		    &sample);
		from = sample.number + 1;
	}
	send_end(e, msg->id, records);
}

/* Ask the servers called NAME, or with that address, now; "": all. */
static uint32_t
ask_now(struct engine *e, const char *name, struct instant now)
{
	struct association *a = e->associations;
	uint32_t	 n = 0;

	for (; a < e->associations + MAX_ASSOCIATIONS; a++)
		if (a->used && (name[0] == '\0' ||
		    strcasecmp(a->name, name) == 0 ||
		    strcasecmp(e->hosts.list[a->host].conf.name, name) == 0)) {
			association_hurry(a, now);
			n++;
		}
	hosts_retry(&e->hosts, now);
	return n;
}

/* Others have to vote without those that are off, or with those that are on. */
static uint32_t
switch_servers(struct engine *e, const char *name, bool off,
    struct instant now)
{
	const size_t	 n = hosts_switch(&e->hosts, name, off);

	engine_change_hosts(e, now);
	engine_update(e, now);
	return (uint32_t)n;
}

void
engine_operate(struct engine *e, const struct message *msg)
{
	struct operator_order order =
	    *(const struct operator_order *)msg->data;
	struct operator_done done = { .count = 0 };

	order.name[sizeof(order.name) - 1] = '\0';
	if (order.command == OPERATOR_ASK)
		done.count = ask_now(e, order.name, msg->at);
	else if (order.command == OPERATOR_OFF ||
	    order.command == OPERATOR_ON)
		done.count = switch_servers(e, order.name,
		    order.command == OPERATOR_OFF, msg->at);
	else if (order.command == OPERATOR_STEP)
		engine_step(e);
	channel_send(&e->parent, MSG_OPERATED, msg->id, -1, &done);
}
