/*
 * The whole of what the engine knows.  Only eight files see it: engine.c, the
 * loop, calls engine_events.c, which shows the order of what follows from each
 * event, engine_answers.c, which has that of answers, engine_keys.c, which has
 * those about keys of NTS, engine_leap.c, which has those about leap seconds,
 * and engine_ntpctl.c, which has those of ntpctl.  They call engine_actions.c
 * and engine_hosts.c, which do it.  All other files take what they need and
 * return what they want done.
 */
#ifndef NTPD_ENGINE_STATE_H
#define NTPD_ENGINE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/instant.h"
#include "common/log.h"
#include "common/mark.h"
#include "ntpd/channel.h"
#include "ntpd/engine/association.h"
#include "ntpd/engine/associations.h"
#include "ntpd/engine/clocks.h"
#include "ntpd/engine/disruption.h"
#include "ntpd/engine/history.h"
#include "ntpd/engine/hosts.h"
#include "ntpd/engine/orphan.h"
#include "ntpd/engine/members.h"
#include "ntpd/engine/patience.h"
#include "ntpd/engine/report.h"
#include "ntpd/engine/sensors.h"
#include "ntpd/engine/smeared.h"
#include "ntpd/engine/steer.h"
#include "ntpd/messages.h"
#include "ntpd/sync/sync.h"

/* The first decision, while there is none. */
struct decision {
	bool		 begun;		/* there was an answer */
	struct instant	 since;		/* the first one */
	size_t		 newest;	/* who gave the last one */
	bool		 waiting;	/* for others, and it is logged */
	struct instant	 until;		/* but not longer than that */
};

struct engine {
	struct channel	 parent;
	struct channel	 resolver;
	struct channel	 servers[SERVERS_MOST];
	struct {
		struct channel	 channel;
		struct sensor_state state;
	}		 sensors[SENSORS_MOST];
	struct engine_setup setup;
	bool		 configured;	/* setup is there */
	struct hosts	 hosts;
	struct association associations[MAX_ASSOCIATIONS];
	struct sync	 sync;
	struct decision	 decision;
	struct steer	 steer;
	struct disruption disruption;
	struct smeared	 smeared;
	struct orphan	 orphan;
	uint32_t	 nts_serial;	/* of the last question about keys */
	struct marker	 marker;	/* of our requests */
	struct own_refids own;		/* as the parent says */
	struct clocks	 clocks;
	struct clock_state clock;	/* as the parent says */
	struct instant	 slew_end;	/* of the slew in progress */
	int8_t		 precision;	/* log2 s */
	struct instant	 publish_at;
	struct instant	 look_again;	/* after a change of the network */
	struct instant	 looked_at;	/* the last one */
	struct history	 history;
	struct log_limit complaints;	/* about answers */
};

/* engine_events.c */

/* The parent says what the clock does: a struct clock_state. */
void	 engine_on_clock_state(struct engine *e, const struct message *msg);

/* The clock jumped, and not by us (struct clock_jumped): all begins anew. */
void	 engine_on_jump(struct engine *e, const struct message *msg);

/* Nothing of what the servers said so far counts: ask all of them anew. */
void	 engine_begin_again(struct engine *e, struct instant now);

/* A server of ours has got a request with our mark (struct own_request). */
void	 engine_on_own_request(struct engine *e, const struct message *msg);

/* A sensor has said what the time is (struct sensor_sample). */
void	 engine_on_sensor(struct engine *e, const struct message *msg);

/* The hypervisor's marker is a struct sensor_marker. */
void	 engine_on_marker(struct engine *e, const struct message *msg);

/* The resolver has answered a question: a struct resolve_reply. */
void	 engine_on_resolved(struct engine *e, const struct message *msg);

/* Interfaces or addresses of this machine may have changed. */
void	 engine_on_links(struct engine *e, const struct message *msg);

/* Time has passed: give up overdue answers, send requests that are due. */
void	 engine_on_time(struct engine *e, struct instant now);

/* engine_answers.c */

/* Something has come to the socket of association I. */
void	 engine_on_packets(struct engine *e, size_t i, struct instant now);

/* Take an answer of association I that is good, if what it says can be. */
void	 engine_take_answer(struct engine *e, size_t i,
	    const struct answer *answer, struct instant now);

/*
 * Is OFFSET, s, by which the server of association I says that our clock is
 * off at R, impossible by the constraints or by its own certificate?
 */
bool	 engine_contradicts(const struct engine *e, size_t i, double offset,
	    const struct reading *r);

/* Requests leave, or answers come, that did not before. */
void	 engine_on_network(struct engine *e, const struct planning *p);

/* engine_keys.c */

/* What keys could not be agreed on for may be mended: try again now. */
void	 engine_retry_keys(struct engine *e, struct instant now);

/* No authentic answer of A has come: if new keys are wanted, ask for them. */
void	 engine_keys_missed(struct association *a, struct instant now);

/* It would be time to ask association I, if there were keys for it. */
void	 engine_keyless_turn(struct engine *e, size_t i, struct instant now);

/* All keys of NTS are to be agreed on anew. */
void	 engine_on_forget(struct engine *e, const struct message *msg);

/* The parent has news of an exchange for keys: a struct nts_keys. */
void	 engine_on_keys(struct engine *e, const struct message *msg);

/*
 * The resolver has answered a question, a struct resolve_reply: true if it is
 * the name of an NTP server that there are keys for.
 */
bool	 engine_on_named(struct engine *e, const struct message *msg);

/* engine_actions.c */

/* Association I is no source any more: vote without it, look for another. */
void	 engine_lose(struct engine *e, size_t i, struct instant now);

/* What sensors have said so far does not count. */
void	 engine_forget_sensors(struct engine *e);

/* What the plans for the next requests are made of. */
struct planning	 engine_planning(struct engine *e, struct instant now);

/*
 * If there is no estimate yet, but servers agree, and others need not be waited
 * for: make one.  True if that was done.
 */
bool	 engine_decide(struct engine *e, struct instant now);

/* The estimate may have changed: adjust the clock, tell everybody. */
void	 engine_update(struct engine *e, struct instant now);

/*
 * Ask the parent to set the clock right now, as root wants it, unless no
 * majority of the servers says what time it is.
 */
void	 engine_step(struct engine *e);

/* The estimate is the same, but the bounds or the state are not: tell it. */
void	 engine_tell(struct engine *e, struct instant now);

/* Tell parent and servers how good the clock is, at least once a minute. */
void	 engine_publish(struct engine *e, struct instant now);

/*
 * A slew is over, and before it the clock was not right: it may be now, long
 * before the next answer.  If the slew has left something, correct that.
 */
void	 engine_slew_ended(struct engine *e, struct instant now);

/*
 * Give up all requests: the clock is about to be stepped, and times of before
 * and after a step cannot be compared.
 */
void	 engine_close_queries(struct engine *e);

/* See whether the local clock is the last resort. */
void	 engine_run_local(struct engine *e, struct instant now);

/* What reports are made of. */
struct report_view engine_view(const struct engine *e, struct instant now);

/* engine_hosts.c */

/* Start and stop associations as the hosts want it. */
void	 engine_change_hosts(struct engine *e, struct instant now);

/* Ask the resolver what is to be asked. */
void	 engine_resolve(struct engine *e, struct instant now);

/* engine_leap.c */

/* The clock had the leap second that was announced. */
void	 engine_on_leap(struct engine *e, struct instant now);

/* What the list of leap seconds says. */
void	 engine_on_leap_plan(struct engine *e, const struct message *msg);

/*
 * Association I says SAMPLE, which is not learned yet.  If that shows who
 * smears a leap second, those that have no part in the time until it is over
 * are silenced, and it is logged.
 */
void	 engine_watch_smear(struct engine *e, size_t i,
	    const struct sample *sample);

/* engine_ntpctl.c */

/* Answer ntpctl's question; of the history, a page (struct history_page). */
void	 engine_show_status(struct engine *e, const struct message *msg);
void	 engine_show_peers(struct engine *e, const struct message *msg);
void	 engine_show_history(struct engine *e, const struct message *msg);
void	 engine_show_samples(struct engine *e, const struct message *msg);

/* Root wants something: a struct operator_order. */
void	 engine_operate(struct engine *e, const struct message *msg);

#endif
