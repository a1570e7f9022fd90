/*
 * Children that tell the parent anything: what is done to the clock is in
 * bounds, whatever is asked for, and the records pass on.  The clock is played
 * here.  Input: a byte of the configuration; then a byte that says who speaks
 * (odd: a server; bit 1: control; 8: tls, if there is a constraint; 4: one of
 * the others, by the next byte) or what happens, and a message as in deal.h,
 * and so on.
 */
#include "ntpd/parent/parent.c"

#include <math.h>
#include <string.h>

#include "regress/fuzz/deal.h"
#include "regress/fuzz/fuzz.h"
#include "regress/fuzz/stream.h"

#define NOW		1800000000LL	/* in 2027 */
#define THRESHOLD	0.128
#define LIMIT		3600.0
#define SERVERS		2

const size_t	 input_most = 1024;

static struct parent	 parent;
static struct parent_options options = { .config_file = "f" };
static double		 unix_time;	/* s, what the clock says */
static bool		 evidence;	/* the kernel has seen a jump */
static struct instant	 now;
static struct instant	 began;
static double		 spent;		/* s, moved beyond 500 ppm */
static double		 slewing;	/* s/s */
static struct instant	 slew_end;
static struct child	*tls;
static struct child	*others;	/* one of each: */
static const enum process kinds_of_others[] = { RESOLVER, KE, BINDER,
			    LAUNCHER, OPENER, SENSOR, STAMPER };

#define OTHERS		(sizeof(kinds_of_others) / sizeof(kinds_of_others[0]))

_Static_assert(PROCESSES == OTHERS + 5,
    "a child is neither among the others nor engine, servers, control or tls");

/* ---- the clock ---- */

void
clock_open(struct clock *c, bool read_only)
{
	(void)c;
	(void)read_only;
}

double
clock_jump(struct clock *c, double *how_long)
{
	(void)c;
	*how_long = 0;
	return evidence ? 10 : 0;
}

bool
clock_set_frequency(struct clock *c, double frequency)
{
	require(fabs(frequency) <= POLICY_MAX_FREQUENCY);
	c->frequency = frequency;
	return true;
}

bool
clock_set_slew(struct clock *c, double rate, double duration,
    struct instant when)
{
	require(fabs(rate) <= POLICY_MAX_SLEW_LARGE);
	require(duration >= 0 && duration <= POLICY_MAX_SLEW_TIME);
	c->slew = slewing = rate;
	slew_end = instant_add(when, duration);
	return true;
}

bool
clock_tend_slew(struct clock *c, struct instant when)
{
	(void)c;
	(void)when;
	return false;
}

double
clock_slew_left(const struct clock *c)
{
	(void)c;
	return 0;
}

/* No step is one that the configuration forbids, or out of this age. */
bool
clock_step(struct clock *c, double by)
{
	(void)c;
	require(parent.policy.step.when != STEP_NEVER && isfinite(by));
	require(fabs(by) >= THRESHOLD);
	require(parent.constraints.n == 0 ||
	    (parent.policy.bounds.state == CONSTRAINTS_KNOWN &&
	    by >= parent.policy.bounds.low && by <= parent.policy.bounds.high));
	slewing = 0;
	unix_time += by;
	require(unix_time >= (double)NTPTIME_LEAST - 1 &&
	    unix_time <= (double)POLICY_LAST_TIME + 1);
	return true;
}

void
clock_set_quality(struct clock *c, bool synchronized, double esterror,
    double maxerror, enum ntp_leap leap)
{
	(void)c;
	(void)synchronized;
	(void)esterror;
	(void)maxerror;
	require(leap <= LEAP_UNKNOWN);
}

bool
clock_set_tai(struct clock *c, int64_t tai)
{
	(void)c;
	require(tai >= 0 && tai <= 255);
	return true;
}

void
clock_watch(struct clock *c)
{
	(void)c;
}

int64_t
clock_unix_time(void)
{
	return (int64_t)unix_time;
}

void
clock_close(struct clock *c)
{
	(void)c;
}

static double
beyond(double rate)
{
	return fmax(0, fabs(rate) - BUDGET_FREE_RATE - 1e-12);
}

/* The clock runs until T; it is moved no farther than ntpd(8) says. */
static void
run_until(struct instant t)
{
	double		 slewed = instant_diff(instant_min(t, slew_end), now);

	spent += beyond(slewing) * fmax(0, slewed) + instant_diff(t, now) *
	    beyond(parent.clock.frequency - parent.budget.home);
	now = t;
	require(spent <= 0.1 + BUDGET_PER_DAY *
	    (1 + ceil(instant_diff(now, began) / BUDGET_DAY)));
}

/* As the parent's loop does, which wakes at its deadlines. */
static void
pass(double s)
{
	struct instant	 end = instant_add(now, s);

	while (instant_before(budget_deadline(&parent.budget), end)) {
		run_until(budget_deadline(&parent.budget));
		command_tend_budget(&parent, now);
	}
	run_until(end);
}

/* ---- the parent ---- */

static void
begin_others(void)
{
	size_t		 i;

	others = tls + 1;
	for (i = 0; i < OTHERS; i++) {
		others[i].process = kinds_of_others[i];
		channel_open(&others[i].channel, stream_descriptor(), PARENT,
		    kinds_of_others[i]);
	}
	parent.children.resolver = &others[0];
	parent.children.ke = &others[1];
	parent.children.binder = &others[2].channel;
	parent.children.launcher = &others[3].channel;
	parent.children.opener = &others[4].channel;
	parent.children.sensors = &others[5];
	parent.sensors.list[0].used = true;
	parent.sensors.list[0].device.kind = SENSOR_PTP;
	parent.sensors.list[0].path[0] = '/';
	sensors_need(&parent.sensors, 0, SENSORS_BEGIN, now);
}

static void
begin(uint8_t how)
{
	size_t		 i;

	memset(&parent, 0, sizeof(parent));
	parent.options = &options;
	parent.timerfd = parent.notify.fd = parent.background.fd = -1;
	parent.control.fd = -1;
	parent.drift_error = -1;
	unix_time = NOW;
	evidence = false;
	policy_start(&parent.policy);
	now = began = slew_end = (struct instant){ 1000000000000 };
	spent = slewing = 0;
	budget_begin(&parent.budget, 0, now);
	parent.policy.step.when = (enum step_when)(how % 3);
	parent.policy.step.threshold = THRESHOLD;
	parent.policy.step.limit = how & 0x80 ? CONFIG_NO_LIMIT : LIMIT;
	stream_open(NULL, 0);
	parent.children.engine = &parent.children.list[0].channel;
	channel_open(parent.children.engine, STREAM_FD, PARENT, ENGINE);
	parent.children.servers = &parent.children.list[1];
	parent.children.nservers = SERVERS;
	for (i = 0; i < SERVERS; i++)
		channel_open(&parent.children.servers[i].channel,
		    stream_descriptor(), PARENT, SERVER);
	parent.children.control = &parent.children.list[1 + SERVERS];
	channel_open(&parent.children.control->channel, stream_descriptor(),
	    PARENT, CONTROL);
	tls = parent.children.control + 1;
	channel_open(&tls->channel, stream_descriptor(), PARENT, TLS);
	begin_others();
	parent.constraints.n = how & 0x40 ? 1 : 0;
}

/* A constraint is being asked. */
static void
ask_constraint(void)
{
	struct constraint *c = &parent.constraints.list[0];

	c->state = CONSTRAINT_ASKS;
	c->serial = 1;
	c->naddrs = 1;
	c->next = 0;
	parent.exchanges.list[0] = (struct exchange){
		.state = EXCHANGE_RUNS, .what = MSG_TLS_ASK_DATE, .id = 1,
		.child = tls
	};
}

static void
check_sums(void)
{
	const struct collect *c = &parent.collect;
	uint32_t	 i;

	require(c->top.n <= CLIENTS_SHOWN);
	for (i = 1; i < c->top.n; i++)
		require(c->top.list[i].requests <= c->top.list[i - 1].requests);
	for (i = 0; i < c->top.n; i++)
		require(addr_valid(&c->top.list[i].addr));
#define COUNTER(name, label, text)					\
	require(c->sum.counters.name <= COUNTER_MOST);
	COUNTERS
#undef COUNTER
}

/* One message of a child. */
static bool
hear(struct deal *d, struct channel *ch)
{
	struct message	 msg;

	if (!deal(d, ch))
		return false;
	while (channel_receive(ch, &msg)) {
		msg.at = now;
		handlers[msg.type](&parent, &msg);
	}
	check_sums();
	give_sensors(&parent, now);
	require(fabs(parent.clock.frequency) <= POLICY_MAX_FREQUENCY);
	channel_flush(parent.children.engine);
	channel_flush(&parent.children.control->channel);
	return true;
}

/* A server owes what it was asked. */
static struct channel *
ask_server(size_t i)
{
	parent.collect.round = 1;
	parent.collect.awaited[i] = true;
	parent.collect.owes[i] = true;
	return &parent.children.servers[i].channel;
}

/* Who speaks, by WHAT and perhaps another byte of D. */
static struct channel *
speaker(struct deal *d, uint8_t what)
{
	if (what & 1)
		return ask_server(what >> 1 & 1);
	if ((what & 0xf) == 8 && parent.constraints.n > 0) {
		ask_constraint();
		return &tls->channel;
	}
	if ((what & 0xf) == 4 && d->size > 0) {
		d->size--;
		return &others[*d->data++ % OTHERS].channel;
	}
	return what & 2 ? &parent.children.control->channel :
	    parent.children.engine;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct deal	 d;
	size_t		 i;
	uint8_t		 what;

	if (size < 1)
		return 0;
	d = (struct deal){ data + 1, size - 1 };
	begin(data[0]);
	while (d.size > 0) {
		what = *d.data++;
		d.size--;
		pass(what & 0xf0 ? 100.0 * what : 0);
		evidence = (what & 0xc) == 0xc;
		if (!hear(&d, speaker(&d, what)))
			break;
		if (collect_run(&parent.collect, NULL, 0, now))
			control_answer_collected(&parent);
	}
	for (i = 0; i < OTHERS; i++)
		channel_close(&others[i].channel);
	channel_close(&tls->channel);
	channel_close(&parent.children.control->channel);
	for (i = 0; i < SERVERS; i++)
		channel_close(&parent.children.servers[i].channel);
	channel_close(parent.children.engine);
	require(stream_closed());
	return 0;
}

/* ---- seeds ---- */

#define SPEAKS_ENGINE	0
#define SPEAKS_SERVER	1
#define SPEAKS_CONTROL	2
#define SPEAKS_TLS	8
#define SPEAKS_OTHER	4

static void
seeds_of_constraints(void)
{
	const struct tls_date date = { .unix_time = NOW + 1000, .why = "late" };
	const struct clock_step step = { .by = 1000 };
	const struct clock_slew slew = { .rate = 0.1, .duration = 5000 };

	seed_begin("constraint");
	seed_fill(STEP_ALWAYS | 0x40, 1);
	seed_fill(SPEAKS_ENGINE, 1);
	deal_seed(MSG_CLOCK_STEP, 0, &step);
	seed_fill(SPEAKS_TLS, 1);
	deal_seed(MSG_TLS_DATE, 0, &date);
	seed_fill(SPEAKS_ENGINE, 1);
	deal_seed(MSG_CLOCK_STEP, 0, &step);
	seed_fill(SPEAKS_ENGINE, 1);
	deal_seed(MSG_CLOCK_SLEW, 0, &slew);
}

static void
seeds_of_clock(void)
{
	const struct clock_frequency frequency = { .frequency = 12e-6,
			    .error = 1e-8 };
	const struct clock_slew slew = { .rate = 5e-4, .duration = 100 };
	const struct clock_new_start pause = { .by = 100 };
	const struct clock_quality quality = { .synchronized = 1,
			    .stratum = 2, .leap = LEAP_INSERT,
			    .esterror = 1e-3, .maxerror = 1e-2 };
	struct clock_step step = { .by = 100 };

	seed_begin("clock");
	seed_fill(STEP_ALWAYS, 1);
	seed_fill(SPEAKS_ENGINE, 1);
	deal_seed(MSG_CLOCK_FREQUENCY, 0, &frequency);
	seed_fill(SPEAKS_ENGINE, 1);
	deal_seed(MSG_CLOCK_SLEW, 0, &slew);
	seed_fill(SPEAKS_ENGINE, 1);
	deal_seed(MSG_CLOCK_STEP, 0, &step);
	seed_fill(SPEAKS_ENGINE, 1);
	deal_seed(MSG_CLOCK_QUALITY, 0, &quality);
	seed_fill(SPEAKS_ENGINE, 1);
	deal_seed(MSG_CLOCK_NEW_START, 0, &pause);
	step.by = -100;
	seed_fill(SPEAKS_ENGINE, 1);
	deal_seed(MSG_CLOCK_STEP, 0, &step);
}

static void
seeds_of_servers(void)
{
	struct server_report report = { .sockets = 2 };
	struct server_clients clients = { .n = 2 };

	report.counters.received = COUNTER_MOST;
	clients.list[0] = (struct client_count){ .requests = 3, .length = 32,
	    .addr = { .family = ADDR_IPV4, .bytes = { 192, 0, 2, 1 } } };
	clients.list[1] = clients.list[0];
	clients.list[1].addr.bytes[3] = 2;
	seed_begin("servers");
	seed_fill(0, 1);
	seed_fill(SPEAKS_SERVER, 1);
	deal_seed(MSG_SERVER_CLIENTS, 1, &clients);
	seed_fill(SPEAKS_SERVER, 1);
	deal_seed(MSG_SERVER_COUNTERS, 1, &report);
}

static void
seeds_of_control(void)
{
	static const enum message_type types[] = { MSG_ASK_STATUS,
			    MSG_ASK_PEERS, MSG_ASK_SERVER, MSG_ASK_CLIENTS,
			    MSG_ASK_PROCESSES, MSG_ALIVE };
	const struct no_payload nothing = { 0 };
	const struct history_page page = { .from = 256 };
	size_t		 i;

	seed_begin("questions");
	seed_fill(0, 1);
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		seed_fill(SPEAKS_CONTROL, 1);
		deal_seed(types[i], (uint8_t)i, &nothing);
	}
	seed_fill(SPEAKS_CONTROL, 1);
	deal_seed(MSG_ASK_HISTORY, 1, &page);
	seed_fill(SPEAKS_CONTROL, 1);
	deal_seed(MSG_ASK_SAMPLES, 2, &page);
}

static void
seed_of_other(size_t i, enum message_type type, const void *payload)
{
	seed_fill(SPEAKS_OTHER, 1);
	seed_fill((uint8_t)i, 1);
	deal_seed(type, 0, payload);
}

static void
seeds_of_others(void)
{
	const struct resolve_reply reply = { .count = 1,
			    .addrs = { { .family = ADDR_IPV4 } } };
	const struct ke_report report = { .counters.ke_agreed = 3 };
	const struct binder_state state = { .listens = 1 };
	const struct own_refids own = { .count = 2 };
	const struct child_started started = { { KE, 0 }, 17 };
	const struct child_ended ended = { { KE, 0 }, 17, 9 };
	const struct no_payload nothing = { 0 };

	seed_begin("others");
	seed_fill(0x40, 1);
	seed_of_other(0, MSG_RESOLVER_BUSY, &nothing);
	seed_of_other(0, MSG_HTTPS_RESOLVED, &reply);
	seed_of_other(1, MSG_KE_REPORT, &report);
	seed_of_other(2, MSG_BINDER_STATE, &state);
	seed_of_other(2, MSG_BINDER_OWN, &own);
	seed_of_other(3, MSG_CHILD_STARTED, &started);
	seed_of_other(3, MSG_CHILD_ENDED, &ended);
	seed_of_other(3, MSG_ALIVE, &nothing);
}

void
make_seeds(void)
{
	const struct control_status status = { .version = CONTROL_VERSION };
	const struct control_end end = { .version = CONTROL_VERSION };
	const struct no_payload nothing = { 0 };

	seeds_of_constraints();
	seeds_of_clock();
	seeds_of_servers();
	seeds_of_control();
	seeds_of_others();
	seed_begin("records");
	seed_fill(0, 1);
	seed_fill(SPEAKS_ENGINE, 1);
	deal_seed(MSG_STATUS_RECORD, 1, &status);
	seed_fill(SPEAKS_ENGINE, 1);
	deal_seed(MSG_END_RECORD, 1, &end);
	seed_fill(SPEAKS_ENGINE, 1);
	deal_seed(MSG_ALIVE, 0, &nothing);
}
