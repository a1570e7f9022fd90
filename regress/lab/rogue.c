/*
 * An engine that was taken over: linked into ntpd in place of the real one, in
 * its sandbox, it asks the parent for what moves the clock farthest and lies to
 * ntpctl.  The name of the first server in the configuration says what it does,
 * once a minute, and if it ends itself after ten.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/control.h"
#include "ntpd/child.h"

#define A_DAY		86400.0
#define INTERVAL	60.0
#define ATTACKS		10		/* before it ends itself */

static struct channel	 parent;
static char		 mode[CONFIG_NAME_LEN];
static bool		 configured;
static unsigned		 attacks;

static void
say_synchronized(uint8_t synchronized)
{
	struct clock_quality quality = { .synchronized = synchronized,
	    .stratum = 2, .esterror = 1e-6, .maxerror = 1e-6 };

	channel_send(&parent, MSG_CLOCK_QUALITY, 0, -1, &quality);
}

static void
ask_slew(double rate)
{
	struct clock_slew slew = { .rate = rate, .duration = A_DAY };

	channel_send(&parent, MSG_CLOCK_SLEW, 0, -1, &slew);
}

static void
ask_frequency(double frequency)
{
	struct clock_frequency wanted = { .frequency = frequency,
	    .error = 1e-9 };

	channel_send(&parent, MSG_CLOCK_FREQUENCY, 0, -1, &wanted);
}

/* By a day, an hour and a minute: one of them may be within the limit. */
static void
ask_steps(void)
{
	static const double most[] = { A_DAY, 3600, 60 };
	struct clock_new_start pause;
	struct clock_step step;
	size_t		 i;

	for (i = 0; i < sizeof(most) / sizeof(most[0]); i++) {
		pause.by = step.by = most[i];
		channel_send(&parent, MSG_CLOCK_NEW_START, 0, -1, &pause);
		channel_send(&parent, MSG_CLOCK_STEP, 0, -1, &step);
	}
}

static void
attack(void)
{
	say_synchronized(1);
	if (strstr(mode, "slew-forward") != NULL)
		ask_slew(0.1);
	if (strstr(mode, "slew-back") != NULL)
		ask_slew(-0.1);
	if (strstr(mode, "frequency") != NULL)
		ask_frequency(0.1);
	if (strstr(mode, "step") != NULL)
		ask_steps();
	say_synchronized(0);
	if (strstr(mode, "ends") != NULL && ++attacks == ATTACKS)
		exit(0);
}

/* All is well, says the status, and nothing is done to the clock. */
static void
lie(const struct message *msg)
{
	struct control_status st;
	struct control_end end = { .version = CONTROL_VERSION, .records = 1 };

	memset(&st, 0, sizeof(st));
	st.version = CONTROL_VERSION;
	st.synchronized = st.read_only = 1;
	st.frequency = 1.25;
	st.budget_left = 1000;
	channel_send(&parent, MSG_STATUS_RECORD, msg->id, -1, &st);
	channel_send(&parent, MSG_END_RECORD, msg->id, -1, &end);
}

static void
take(const struct message *msg)
{
	const struct config_server *host = msg->data;

	switch (msg->type) {
	case MSG_ENGINE_SERVER:
		memcpy(mode, host->name, sizeof(mode));
		mode[sizeof(mode) - 1] = '\0';
		break;
	case MSG_ENGINE_SETUP:
		configured = true;
		break;
	case MSG_SHOW_STATUS:
		lie(msg);
		break;
	default:
		break;
	}
}

void
engine_main(unsigned instance)
{
	struct pollset	 set;
	struct message	 msg;
	struct instant	 next;

	child_begin(&parent, ENGINE, instance);
	next = instant_now();
	for (;;) {
		while (channel_receive(&parent, &msg))
			take(&msg);
		if (configured && !instant_before(instant_now(), next)) {
			next = instant_add(instant_now(), INTERVAL);
			attack();
		}
		pollset_clear(&set);
		channel_poll(&parent, &set);
		pollset_wait(&set, next, NULL);
		if (!channel_transfer(&parent, &set))
			exit(1);
	}
}
