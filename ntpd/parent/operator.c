/*
 * Root's commands: taken from the socket, passed on to the engine or carried
 * out, and answered.
 *
 * What arrives is a record of fixed size from somebody who may do anything to
 * this machine anyway.  It is checked all the same, so that a wrong one has no
 * effect, and a loop in a script neither fills the log nor burdens servers.
 */
#include <sys/socket.h>

#include <bsd/string.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/format.h"
#include "common/log.h"
#include "ntpd/accept.h"
#include "ntpd/parent/localsocket.h"
#include "ntpd/parent/state.h"

/* By taste. */
#define HEAR		1.0	/* s for a command to come */
#define WAIT		5.0	/* s that the engine has */
#define IN_LINE		4	/* commands */

void
operator_open(struct operator *o, const char *path)
{
	int		 len;

	memset(o, 0, sizeof(*o));
	o->fd = o->slot = -1;
	o->limit = (struct log_limit){ .burst = 10, .interval = 1 };
	o->asking = (struct log_limit){ .burst = 2, .interval = 16 };
	o->starting = (struct log_limit){ .burst = 10, .interval = 16 };
	if (path[0] == '\0')
		return;
	len = snprintf(o->path, sizeof(o->path), "%s%s", path, OPERATOR_SUFFIX);
	if (len < 0 || (size_t)len >= CONFIG_SOCKET_LEN)
		log_warnx("the path of the control socket is too long to have "
		    "one for root beside it: there are no commands");
	else if ((o->fd = localsocket_listen(o->path, SOCK_SEQPACKET, 0600,
	    IN_LINE)) == -1)
		log_warn("cannot make %s: there are no commands", o->path);
	if (o->fd == -1)
		o->path[0] = '\0';
}

void
operator_close(struct operator *o)
{
	if (o->path[0] != '\0')
		unlinkat(AT_FDCWD, o->path, 0);
	o->path[0] = '\0';
}

void
operator_poll(struct operator *o, struct pollset *set)
{
	o->slot = -1;
	if (o->state == OPERATOR_IDLE && o->fd != -1)
		o->slot = pollset_add(set, o->fd, POLLIN);
	else if (o->state == OPERATOR_HEARS)
		o->slot = pollset_add(set, o->client, POLLIN);
}

struct instant
operator_deadline(const struct operator *o)
{
	return o->state == OPERATOR_IDLE ? INSTANT_NEVER : o->until;
}

static void
hang_up(struct operator *o)
{
	close(o->client);
	o->state = OPERATOR_IDLE;
}

/*
 * Say that it is done, to COUNT servers, or else WHY not.  An answer that is
 * not taken at once is lost.
 */
static void
finish(struct operator *o, uint32_t count, const char *why)
{
	struct operator_result result;

	memset(&result, 0, sizeof(result));
	result.version = CONTROL_VERSION;
	result.done = why == NULL;
	result.count = count;
	if (why != NULL)
		strlcpy(result.why, why, sizeof(result.why));
	(void)sendto(o->client, &result, sizeof(result),
	    MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0);
	hang_up(o);
}

static bool
is_printable(const char *text, size_t size)
{
	const char	*c = text;

	if (memchr(text, '\0', size) == NULL)
		return false;
	while (*c >= ' ' && *c <= '~')
		c++;
	return *c == '\0';
}

/* What is wrong with ORDER; NULL: nothing. */
static const char *
check(const struct operator_order *order)
{
	static const enum operator_argument arguments[] = {
#define COMMAND(name, word, argument)	argument,
		OPERATOR_COMMANDS(COMMAND)
#undef COMMAND
	};
	bool		 named = order->name[0] != '\0';

	if (order->version != CONTROL_VERSION)
		return "ntpd speaks another version of the protocol: restart "
		    "it if it was just upgraded";
	if (order->command >= OPERATOR_COUNT ||
	    !is_printable(order->name, sizeof(order->name)) ||
	    (named && arguments[order->command] == NO_SERVER) ||
	    (!named && arguments[order->command] == ONE_SERVER) ||
	    !isfinite(order->by))
		return "there is no such command";
	return NULL;
}

static void
log_order(const struct operator_order *order)
{
	static const char *const words[] = {
#define COMMAND(name, word, argument)	#word,
		OPERATOR_COMMANDS(COMMAND)
#undef COMMAND
	};
	char		 step[FORMAT_LEN];

	if (order->command == OPERATOR_STEP)
		log_info("root tells ntpd to set the clock %s",
		    format_step(order->by, step));
	else
		log_info("root tells ntpd: %s%s%s", words[order->command],
		    order->name[0] != '\0' ? " " : "", order->name);
}

/* Let the engine do it, if it is the time for it; operator_done() goes on. */
static void
pass_on(struct parent *p, const struct operator_order *order,
    struct instant now)
{
	struct operator	*o = &p->operator;
	enum verdict	 verdict;

	if (order->command == OPERATOR_STEP) {
		if (p->clock.read_only) {
			finish(o, 0, "ntpd -x never touches the clock");
			return;
		}
		constrain_policy(p);
		verdict = policy_order(&p->policy, order->by, now);
		if (verdict != PERMITTED) {
			finish(o, 0, policy_reason(verdict));
			return;
		}
	}
	if (!channel_send(p->children.engine, MSG_OPERATE, ++o->id, -1,
	    order)) {
		finish(o, 0, "the engine is too busy; try again");
		return;
	}
	o->state = OPERATOR_WAITS;
	o->command = (enum operator_command)order->command;
	o->asked = false;
	o->until = instant_add(now, WAIT);
}

/* May there be another command now, and one that has servers asked? */
static bool
is_allowed(struct operator *o, uint32_t command, struct instant now)
{
	if (!log_allowed(&o->limit, now, NULL))
		return false;
	if (command == OPERATOR_ASK)
		return log_allowed(&o->asking, now, NULL);
	return command != OPERATOR_ON || log_allowed(&o->starting, now, NULL);
}

static void
carry_out(struct parent *p, const struct operator_order *order,
    struct instant now)
{
	struct operator	*o = &p->operator;
	const char	*wrong = check(order);

	if (wrong != NULL)
		finish(o, 0, wrong);
	else if (!is_allowed(o, order->command, now))
		finish(o, 0, "too many commands; try again in 16 s");
	else {
		log_order(order);
		if (order->command != OPERATOR_RELOAD)
			pass_on(p, order, now);
		else if (configure_reload(p))
			finish(o, 0, NULL);
		else
			finish(o, 0, "the configuration has errors, the log "
			    "says which: the old one stays");
	}
}

static void
take_client(struct operator *o, struct instant now)
{
	o->until = now;
	o->client = accept_client(o->fd, "root's commands", NULL, NULL,
	    &o->until);
	if (o->client != -1) {
		o->state = OPERATOR_HEARS;
		o->until = instant_add(now, HEAR);
	} else if (instant_before(now, o->until))
		o->state = OPERATOR_RESTS;
}

static void
hear(struct parent *p, struct instant now)
{
	struct operator	*o = &p->operator;
	struct operator_order order;
	ssize_t		 n;

	n = recvfrom(o->client, &order, sizeof(order),
	    MSG_DONTWAIT | MSG_TRUNC, NULL, NULL);
	if (n == sizeof(order))
		carry_out(p, &order, now);
	else
		hang_up(o);
}

void
operator_receive(struct parent *p, const struct pollset *set,
    struct instant now)
{
	struct operator	*o = &p->operator;

	if (pollset_ready(set, o->slot, POLLIN)) {
		if (o->state == OPERATOR_IDLE)
			take_client(o, now);
		else if (o->state == OPERATOR_HEARS)
			hear(p, now);
	}
	if (instant_before(now, operator_deadline(o)))
		return;
	if (o->state == OPERATOR_WAITS)
		finish(o, 0, "the engine does not answer");
	else if (o->state == OPERATOR_RESTS)
		o->state = OPERATOR_IDLE;
	else
		hang_up(o);
}

void
operator_done(struct parent *p, const struct message *msg)
{
	const struct operator_done *done = msg->data;
	struct operator	*o = &p->operator;

	if (o->state != OPERATOR_WAITS || msg->id != o->id)
		return;
	if (o->command != OPERATOR_STEP)
		finish(o, done->count, done->count > 0 ? NULL :
		    "no server has that name or address");
	else if (!o->asked)
		finish(o, 0, "no majority of the servers says now what time "
		    "it is");
	else
		finish(o, 0, o->refusal);
}
