/*
 * Channels: that the table of messages.h is enforced at both ends, whatever a
 * process that was taken over sends.
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/control.h"
#include "common/cookie.h"
#include "common/leap.h"
#include "common/log.h"
#include "common/operator.h"
#include "common/siphash.h"
#include "ntpd/child.h"
#include "ntpd/sandbox.h"
#include "regress/unit/unit.h"

#define HDR		sizeof(struct imsg_header)

/* The table once more, to be held against what channel.c makes of it. */
static const struct {
	const char	*name;
	enum process	 from, to;
	size_t		 size;
	bool		 fd;
	enum moment	 when;
} table[MESSAGE_COUNT] = {
#define MESSAGE_ROW(name, from, to, payload, fd, when, handler)		\
	[MSG_##name] = { #name, from, to, sizeof(payload), fd == WITH_FD, \
	    when },
	MESSAGES(MESSAGE_ROW)
};

static const uint8_t	 zeros[IMSG_MAX_PAYLOAD];

static struct imsgbuf	 peer;		/* the other end: knows no rules */
static struct channel	 ch;		/* the end under test */
static int		 fds_before;

/* Standard error goes here. */
static int		 log_read, saved_stderr;

static void
connect_as(enum process self, enum process other)
{
	int		 fds[2];

	assert_true(channel_pair(fds));
	imsgbuf_init(&peer, fds[0]);
	channel_open(&ch, fds[1], self, other);
}

static void
disconnect(void)
{
	imsgbuf_clear(&peer);
	channel_close(&ch);
}

/* The end under test is a new engine's, the other the parent's. */
static void
be_a_new_child(void)
{
	disconnect();
	connect_as(ENGINE, PARENT);
}

/* Of one that has its configuration. */
static void
be_a_child(void)
{
	be_a_new_child();
	ch.state = CHANNEL_CONFIGURED;
}

/* The tests are a parent that hears from an engine, if they do not say. */
static int
setup(void **arg)
{
	int		 fds[2];

	(void)arg;
	alarm(60);
	fds_before = open_fds();
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) == -1 ||
	    (saved_stderr = dup(STDERR_FILENO)) == -1)
		return -1;
	dup2(fds[1], STDERR_FILENO);
	close(fds[1]);
	log_read = fds[0];
	log_init(LOG_TO_STDERR, 0);
	connect_as(PARENT, ENGINE);
	return 0;
}

/* Nothing may stay open, whatever was done. */
static int
teardown(void **arg)
{
	(void)arg;
	disconnect();
	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	close(log_read);
	alarm(0);
	return open_fds() == fds_before ? 0 : -1;
}

/* How many lines have been logged since this was asked last. */
static unsigned
logged(void)
{
	char		 text[4096];
	unsigned	 n = 0;
	ssize_t		 len, i;

	while ((len = read(log_read, text, sizeof(text))) > 0)
		for (i = 0; i < len; i++)
			n += text[i] == '\n';
	return n;
}

static void
peer_sends(uint32_t type, uint32_t id, int fd, size_t len)
{
	assert_true(imsg_compose(&peer, type, id, zeros, len));
	if (fd != -1)
		imsg_attach(&peer, fd);
	assert_int_equal(imsgbuf_flush(&peer), IMSG_OK);
}

static void
peer_sends_bytes(const void *bytes, size_t len)
{
	assert_int_equal(send(peer.fd, bytes, len, MSG_NOSIGNAL), len);
}

/* One turn of a loop that waits for CH alone, at most 20 ms. */
static bool
turn(void)
{
	struct pollset	 set;

	pollset_clear(&set);
	channel_poll(&ch, &set);
	pollset_wait(&set, instant_add(instant_now(), 0.02), NULL);
	return channel_transfer(&ch, &set);
}

/* A descriptor to be sent, and a test that it is that which came. */
static int
some_fd(void)
{
	int		 fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	assert_int_not_equal(fd, -1);
	return fd;
}

static void
names(void **arg)
{
	enum process	 p;

	(void)arg;
	assert_string_equal(process_name(PARENT), "parent");
	assert_string_equal(process_name(SERVER), "server");
	for (p = PARENT; p < PROCESSES; p++)
		assert_int_equal(process_by_name(process_name(p)), p);
	assert_string_equal(process_name(PROCESSES), "unknown");
	assert_string_equal(process_name((enum process)77), "unknown");
	assert_int_equal(process_by_name(""), PROCESSES);
	assert_int_equal(process_by_name("Parent"), PROCESSES);
	assert_int_equal(process_by_name("engines"), PROCESSES);
	assert_int_equal(process_by_name("unknown"), PROCESSES);
}

/* Who is there, and how often. */
static void
children(void **arg)
{
	(void)arg;
	assert_false(process_is_child(PARENT, 0));
	assert_true(process_is_child(LAUNCHER, 0));
	assert_true(process_is_child(ENGINE, 0));
	assert_false(process_is_child(ENGINE, 1));
	assert_true(process_is_child(SERVER, SERVERS_MOST - 1));
	assert_false(process_is_child(SERVER, SERVERS_MOST));
	assert_false(process_is_child(SERVER, UINT32_MAX));
	assert_false(process_is_child(PROCESSES, 0));
	assert_false(process_is_child(UINT32_MAX, 0));
}

static bool
listed(uint32_t type, enum process from, enum process to)
{
	return type > MESSAGE_NONE && type < MESSAGE_COUNT &&
	    (table[type].from == from || table[type].from == PROCESSES) &&
	    (table[type].to == to || table[type].to == PROCESSES);
}

/* One that was passed where none can be taken has closed the channel. */
static void
connect_again(void)
{
	const enum process self = ch.self, from = ch.peer;
	const enum channel_state state = ch.state;

	if (ch.open)
		return;
	disconnect();
	connect_as(self, from);
	ch.state = state;
}

/* Is the peer told that this process lives, and nothing else? */
static bool
says_alive(void)
{
	struct imsg	 imsg;

	assert_true(turn());
	if (imsgbuf_read(&peer) != IMSG_OK ||
	    imsg_get(&peer, &imsg) != IMSG_OK)
		return false;
	assert_int_equal(imsg.hdr.type, MSG_ALIVE);
	assert_int_equal(imsg_get(&peer, &imsg), IMSG_AGAIN);
	return true;
}

/* Does a message get through, with a descriptor if it HAS_FD? */
static bool
arrives(uint32_t type, size_t len, bool has_fd)
{
	struct message	 msg;
	int		 fd;

	connect_again();
	peer_sends(type, 7, has_fd ? some_fd() : -1, len);
	assert_true(turn());
	if (!channel_receive(&ch, &msg))
		return type == MSG_ASK && ch.open && says_alive();
	assert_int_equal(msg.type, type);
	assert_int_equal(msg.id, 7);
	assert_ptr_equal(msg.from, &ch);
	fd = message_take_fd(&msg);
	assert_int_equal(fd != -1, has_fd);
	assert_int_equal(message_take_fd(&msg), -1);
	if (fd != -1)
		close(fd);
	assert_non_null(msg.data);
	assert_memory_equal(msg.data, zeros, len);
	assert_false(channel_receive(&ch, &msg));
	return true;
}

/* Is the message TYPE one that comes to a process that is new? */
static bool
is_early(uint32_t type)
{
	return table[type].when == BEFORE_FIRST || table[type].when == AT_FIRST;
}

/* At the right moment, with the descriptor that belongs to it. */
static bool
gets_through(uint32_t type, size_t len)
{
	bool		 known = type < MESSAGE_COUNT;

	ch.state = known && is_early(type) ? CHANNEL_NEW : CHANNEL_CONFIGURED;
	return arrives(type, len, known && table[type].fd &&
	    ch.self != PARENT);
}

/* Make CH one that a message of TYPE may come by. */
static void
connect_for(uint32_t type)
{
	disconnect();
	connect_as(table[type].to == PROCESSES ? ENGINE : table[type].to,
	    table[type].from == PROCESSES ? ENGINE : table[type].from);
}

/* Every type, from everybody to everybody. */
static void
only_what_the_table_lists(void **arg)
{
	static const uint32_t others[] = { MESSAGE_COUNT, MESSAGE_COUNT + 1,
			    1000, 0x7fffffff, 0x80000000, UINT32_MAX };
	enum process	 from, to;
	uint32_t	 type;
	size_t		 i;

	(void)arg;
	for (from = PARENT; from < PROCESSES; from++) {
		for (to = PARENT; to < PROCESSES; to++) {
			if (to == from)
				continue;
			disconnect();
			connect_as(to, from);
			for (type = 0; type < MESSAGE_COUNT; type++)
				if (gets_through(type, table[type].size) !=
				    listed(type, from, to))
					fail_msg("%s from %s to %s",
					    table[type].name,
					    process_name(from),
					    process_name(to));
			for (i = 0; i < COUNT(others); i++)
				assert_false(gets_through(others[i], 1));
			assert_true(ch.open);
		}
	}
}

/* One byte more or less than the payload is not the message. */
static void
only_of_the_exact_length(void **arg)
{
	static const size_t lengths[] = { 0, 1, 2, IMSG_MAX_PAYLOAD };
	uint32_t	 type;
	size_t		 i, size;

	(void)arg;
	for (type = 1; type < MESSAGE_COUNT; type++) {
		size = table[type].size;
		assert_true(size > 0 && size <= IMSG_MAX_PAYLOAD);
		connect_for(type);
		if (gets_through(type, size - 1) ||
		    (size < IMSG_MAX_PAYLOAD && gets_through(type, size + 1)))
			fail_msg("%s: one byte off", table[type].name);
		for (i = 0; i < COUNT(lengths); i++)
			if (lengths[i] != size &&
			    gets_through(type, lengths[i]))
				fail_msg("%s of %zu bytes", table[type].name,
				    lengths[i]);
		assert_true(gets_through(type, size));
	}
}

/* What is legal when, and what follows from it: rows as in channel.h. */
static const struct {
	bool		 legal[3];	/* by enum channel_state */
	enum channel_state next[3];
} moments[] = {
	[BEFORE_FIRST] = { { true, false, false }, { CHANNEL_NEW } },
	[AT_FIRST] = { { true, false, false }, { CHANNEL_BEGUN } },
	[ANYTIME] = { { false, true, true },
	    { [1] = CHANNEL_BEGUN, CHANNEL_CONFIGURED } },
	[CONFIGURES] = { { false, true, true },
	    { [1] = CHANNEL_CONFIGURED, CHANNEL_CONFIGURED } },
	[WHEN_CONFIGURED] = { { false, false, true },
	    { [2] = CHANNEL_CONFIGURED } },
};

static void
only_at_its_moment(void **arg)
{
	enum channel_state state;
	enum moment	 when;
	uint32_t	 type;
	bool		 legal;

	(void)arg;
	for (type = 1; type < MESSAGE_COUNT; type++) {
		connect_for(type);
		when = table[type].when;
		for (state = CHANNEL_NEW; state <= CHANNEL_CONFIGURED;
		    state++) {
			ch.state = state;
			legal = moments[when].legal[state];
			if (arrives(type, table[type].size, table[type].fd) !=
			    legal || ch.state != (legal ?
			    moments[when].next[state] : state))
				fail_msg("%s in state %d", table[type].name,
				    state);
		}
	}
}

/* Is there a message of this MOMENT for those that the message TYPE is for? */
static bool
comes(enum moment moment, uint32_t type)
{
	uint32_t	 t;

	for (t = 1; t < MESSAGE_COUNT; t++)
		if (table[t].when == moment && table[t].to == table[type].to &&
		    table[t].from == table[type].from)
			return true;
	return false;
}

/* No message waits for a moment that never comes. */
static void
every_moment_comes(void **arg)
{
	enum process	 p;
	uint32_t	 type;

	(void)arg;
	for (type = 1; type < MESSAGE_COUNT; type++)
		if (table[type].when == WHEN_CONFIGURED &&
		    !comes(CONFIGURES, type))
			fail_msg("%s is never legal", table[type].name);
	for (p = LAUNCHER; p < PROCESSES; p++) {
		disconnect();
		connect_as(p, PARENT);
		assert_int_equal(ch.state, CHANNEL_NEW);
		disconnect();
		connect_as(PARENT, p);
		assert_int_equal(ch.state, CHANNEL_BEGUN);
	}
	disconnect();
	connect_as(SERVER, ENGINE);
	assert_int_equal(ch.state, CHANNEL_NEW);
	disconnect();
	connect_as(ENGINE, SERVER);
	assert_int_equal(ch.state, CHANNEL_BEGUN);
}

/* With a descriptor where none belongs, or without: it is not the message. */
static void
only_with_its_descriptor(void **arg)
{
	uint32_t	 type;

	(void)arg;
	for (type = 1; type < MESSAGE_COUNT; type++) {
		if (table[type].to == PARENT)
			continue;	/* see none_for_the_parent() */
		connect_for(type);
		ch.state = is_early(type) ? CHANNEL_NEW : CHANNEL_CONFIGURED;
		if (arrives(type, table[type].size, !table[type].fd))
			fail_msg("%s", table[type].name);
	}
}

/*
 * Who takes a descriptor, and when: a child from the parent and a server from
 * the binder, as long as one can come.  Elsewhere it is as if there were none,
 * and the frame is bad.
 */
static const struct {
	enum process	 self, peer;
	enum channel_state state;
	bool		 takes;
} takers[] = {
	{ LAUNCHER, PARENT, CHANNEL_BEGUN, true },
	{ ENGINE, PARENT, CHANNEL_NEW, true },
	{ ENGINE, PARENT, CHANNEL_CONFIGURED, true },
	{ BINDER, PARENT, CHANNEL_BEGUN, true },
	{ SERVER, PARENT, CHANNEL_NEW, true },
	{ SERVER, PARENT, CHANNEL_BEGUN, false },
	{ SERVER, BINDER, CHANNEL_BEGUN, true },
	{ BINDER, SERVER, CHANNEL_BEGUN, false },
	{ RESOLVER, PARENT, CHANNEL_NEW, true },
	{ RESOLVER, PARENT, CHANNEL_BEGUN, false },
	{ CONTROL, PARENT, CHANNEL_NEW, true },
	{ CONTROL, PARENT, CHANNEL_BEGUN, false },
	{ TLS, PARENT, CHANNEL_BEGUN, false },
	{ ENGINE, RESOLVER, CHANNEL_BEGUN, false },
	{ ENGINE, SERVER, CHANNEL_BEGUN, false },
	{ RESOLVER, ENGINE, CHANNEL_BEGUN, false },
	{ SERVER, ENGINE, CHANNEL_NEW, false },
	{ PARENT, LAUNCHER, CHANNEL_BEGUN, false },
	{ PARENT, BINDER, CHANNEL_BEGUN, false },
	{ PARENT, ENGINE, CHANNEL_BEGUN, false },
	{ PARENT, SERVER, CHANNEL_BEGUN, false },
	{ PARENT, RESOLVER, CHANNEL_BEGUN, false },
	{ PARENT, CONTROL, CHANNEL_BEGUN, false },
	{ PARENT, TLS, CHANNEL_BEGUN, false },
};

static void
only_who_needs_one_takes_it(void **arg)
{
	struct message	 msg;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(takers); i++) {
		disconnect();
		connect_as(takers[i].self, takers[i].peer);
		ch.state = takers[i].state;
		peer_sends(MESSAGE_COUNT, 0, some_fd(), 1);
		assert_true(turn());
		assert_false(channel_receive(&ch, &msg));
		if (ch.open != takers[i].takes)
			fail_msg("%s from %s in state %d",
			    process_name(takers[i].self),
			    process_name(takers[i].peer), takers[i].state);
	}
}

/*
 * A process that sends nonsense all day fills neither the log nor the table
 * of descriptors, and what it says rightly in between is heard.
 */
static void
nonsense_in_quantity(void **arg)
{
	struct message	 msg;
	unsigned	 n, heard = 0;

	(void)arg;
	be_a_child();
	(void)logged();
	for (n = 0; n < 2000; n++) {
		peer_sends(MSG_CLOCK_SLEW, n, n % 3 == 0 ? some_fd() : -1,
		    sizeof(struct clock_slew));
		peer_sends(MSG_NTS_FORGET, n, -1, 17);
		peer_sends(UINT32_MAX, n, -1, 0);
		peer_sends(MSG_NTS_FORGET, n, -1, sizeof(struct no_payload));
		assert_true(turn());
		while (channel_receive(&ch, &msg)) {
			assert_int_equal(msg.type, MSG_NTS_FORGET);
			assert_int_equal(msg.id, heard);
			assert_int_equal(message_take_fd(&msg), -1);
			heard++;
		}
	}
	assert_int_equal(heard, 2000);
	assert_in_range(logged(), 0, 10);
}

/* The first test to send nonsense: it is said, with who and what. */
static void
nonsense_is_logged(void **arg)
{
	char		 text[1024];
	struct message	 msg;
	ssize_t		 n;

	(void)arg;
	peer_sends(4711, 1, -1, 99);
	assert_true(turn());
	assert_false(channel_receive(&ch, &msg));
	n = read(log_read, text, sizeof(text) - 1);
	assert_true(n > 0);
	text[n] = '\0';
	assert_non_null(strstr(text, "4711"));
	assert_non_null(strstr(text, "99"));
	assert_non_null(strstr(text, "engine"));
}

static void
descriptors_come_with_their_messages(void **arg)
{
	struct message	 msg;
	uint32_t	 i, type;
	int		 fd;

	(void)arg;
	be_a_child();
	for (i = 0; i < 4; i++) {
		type = i % 2 == 1 ? MSG_ENGINE_CHANNEL : MSG_NTS_FORGET;
		peer_sends(type, i, i % 2 == 1 ? some_fd() : -1,
		    table[type].size);
	}
	for (i = 0; i < 4; i++)		/* several reads: ends at descriptors */
		assert_true(turn());
	for (i = 0; i < 4; i++) {
		assert_true(channel_receive(&ch, &msg));
		assert_int_equal(msg.id, i);
		fd = message_take_fd(&msg);
		if (i % 2 == 0)
			assert_int_equal(fd, -1);
		else {
			assert_int_not_equal(fcntl(fd, F_GETFD), -1);
			close(fd);
		}
	}
}

/* Nobody took it: it goes with its message, or with the channel. */
static void
descriptors_go_with_their_messages(void **arg)
{
	struct message	 msg;
	int		 before;

	(void)arg;
	be_a_child();
	before = open_fds();
	peer_sends(MSG_ENGINE_CHANNEL, 1, some_fd(), sizeof(struct child_name));
	peer_sends(MSG_ENGINE_CHANNEL, 2, some_fd(), sizeof(struct child_name));
	assert_true(turn());
	assert_true(turn());
	assert_true(channel_receive(&ch, &msg));
	assert_int_equal(msg.id, 1);
	assert_true(channel_receive(&ch, &msg));
	assert_int_equal(msg.id, 2);
	assert_int_equal(open_fds(), before + 1);
	assert_false(channel_receive(&ch, &msg));
	assert_int_equal(open_fds(), before);
	peer_sends(MSG_ENGINE_CHANNEL, 3, some_fd(), sizeof(struct child_name));
	assert_true(turn());
	assert_true(channel_receive(&ch, &msg));
	assert_int_equal(open_fds(), before + 1);
	channel_close(&ch);
	assert_int_equal(open_fds(), before - 1);
}

/* What the message brings becomes the channel; the old one is no more. */
static void
a_channel_is_replaced(void **arg)
{
	struct channel	 resolver = { .open = false };
	struct message	 msg;
	int		 fds[2], i, before = open_fds();

	(void)arg;
	be_a_child();
	for (i = 0; i < 2; i++) {
		assert_true(channel_pair(fds));
		close(fds[1]);
		peer_sends(MSG_ENGINE_CHANNEL, 1, fds[0],
		    sizeof(struct child_name));
		assert_true(turn());
		assert_true(channel_receive(&ch, &msg));
		channel_replace(&resolver, &msg, RESOLVER);
		assert_true(resolver.open);
		assert_int_equal(resolver.self, ENGINE);
		assert_int_equal(resolver.peer, RESOLVER);
		assert_int_equal(open_fds(), before + 1);
	}
	channel_close(&resolver);
}

/*
 * Nobody has a descriptor for the parent: it takes none.  Newer kernels tell
 * the sender; with others a message that misses one is a broken frame.
 */
static void
none_for_the_parent(void **arg)
{
	struct message	 msg;
	int		 before = open_fds();

	(void)arg;
	assert_true(imsg_compose(&peer, MSG_DOUBT_CONSTRAINTS, 1, zeros,
	    sizeof(struct no_payload)));
	imsg_attach(&peer, some_fd());
	if (imsgbuf_flush(&peer) == IMSG_OK) {
		assert_true(turn());
		assert_false(channel_receive(&ch, &msg));
		assert_false(ch.open);
	}
	imsgbuf_clear(&peer);
	channel_close(&ch);
	assert_int_equal(open_fds(), before - 2);
}

/* What is sent arrives, with its payload and a descriptor that works. */
static void
sending(void **arg)
{
	struct clock_state state = { .frequency = 1.5e-6, .refused = 42 };
	struct imsg	 imsg;
	int		 pipefd[2];
	char		 c;

	(void)arg;
	assert_int_equal(pipe2(pipefd, O_CLOEXEC), 0);
	assert_true(channel_send(&ch, MSG_CLOCK_STATE, 9, -1, &state));
	assert_true(channel_send(&ch, MSG_ENGINE_CHANNEL, 10, pipefd[1],
	    zeros));
	while (imsgbuf_pending(&ch.buf))
		assert_true(turn());
	assert_int_equal(fcntl(pipefd[1], F_GETFD), -1);	/* gone there */

	assert_int_equal(imsgbuf_read(&peer), IMSG_OK);
	assert_int_equal(imsg_get(&peer, &imsg), IMSG_OK);
	assert_int_equal(imsg.hdr.type, MSG_CLOCK_STATE);
	assert_int_equal(imsg.hdr.id, 9);
	assert_int_equal(imsg.hdr.len, sizeof(state));
	assert_memory_equal(imsg.data, &state, sizeof(state));
	assert_int_equal(imsg.fd, -1);
	if (imsg_get(&peer, &imsg) == IMSG_AGAIN) {
		assert_int_equal(imsgbuf_read(&peer), IMSG_OK);
		assert_int_equal(imsg_get(&peer, &imsg), IMSG_OK);
	}
	assert_int_equal(imsg.hdr.type, MSG_ENGINE_CHANNEL);
	assert_int_equal(imsg.hdr.len, sizeof(struct child_name));
	assert_memory_equal(imsg.data, zeros, imsg.hdr.len);
	assert_int_equal(write(imsg.fd, "x", 1), 1);
	assert_int_equal(read(pipefd[0], &c, 1), 1);
	close(imsg.fd);
	close(pipefd[0]);
}

/* The status that a child ends with when it sends; 0: it does not end. */
static int
sending_ends_with(uint32_t type, bool with_payload, bool wrong_fd)
{
	int		 status;
	pid_t		 pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		(void)channel_send(&ch, (enum message_type)type, 0,
		    type < MESSAGE_COUNT && table[type].fd != wrong_fd ?
		    some_fd() : -1, with_payload ? zeros : NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* A message that may not be sent is our own mistake: it is fatal. */
static void
sending_what_is_not_listed(void **arg)
{
	enum process	 to;
	uint32_t	 type;

	(void)arg;
	for (to = LAUNCHER; to < PROCESSES; to++) {
		disconnect();
		connect_as(PARENT, to);
		for (type = 0; type <= MESSAGE_COUNT; type++)
			if (sending_ends_with(type, true, false) !=
			    !listed(type, PARENT, to))
				fail_msg("message %u to %s", type,
				    process_name(to));
		(void)logged();
	}
	disconnect();
	connect_as(PARENT, ENGINE);
	assert_int_equal(sending_ends_with(MSG_CLOCK_STATE, false, false), 1);
	assert_int_equal(logged(), 1);
	assert_int_equal(sending_ends_with(MSG_SHOW_PEERS, false, false),
	    0);
	assert_int_equal(sending_ends_with(MSG_SHOW_PEERS, false, true), 1);
	assert_int_equal(sending_ends_with(MSG_ENGINE_CHANNEL, true, true), 1);
	(void)logged();
}

static void
a_closed_channel(void **arg)
{
	struct pollset	 set;
	struct message	 msg;
	int		 fd = some_fd();

	(void)arg;
	channel_close(&ch);
	channel_close(&ch);
	assert_false(channel_send(&ch, MSG_NTS_FORGET, 0, fd, NULL));
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	assert_false(channel_receive(&ch, &msg));
	pollset_clear(&set);
	channel_poll(&ch, &set);
	assert_int_equal(set.n, 0);
	assert_int_equal(ch.slot, -1);
	assert_true(channel_transfer(&ch, &set));
}

/* A peer that does not read costs a bounded amount of memory. */
static void
a_full_queue(void **arg)
{
	struct clock_state state = { .slew = 0 };
	unsigned	 n;
	int		 fd;

	(void)arg;
	for (n = 0; n < 100000; n++)
		if (!channel_send(&ch, MSG_CLOCK_STATE, n, -1, &state))
			break;
	assert_true(n > 100 && n < 100000);
	fd = some_fd();
	while (channel_send(&ch, MSG_NTS_FORGET, n, -1, NULL))
		continue;
	assert_false(channel_send(&ch, MSG_ENGINE_CHANNEL, n, fd, zeros));
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	assert_true(ch.open);
}

/* It waits to write only while there is something to write. */
static void
waiting_to_write(void **arg)
{
	struct pollset	 set;

	(void)arg;
	pollset_clear(&set);
	channel_poll(&ch, &set);
	assert_int_equal(set.n, 1);
	assert_int_equal(set.fds[0].events, POLLIN);
	assert_true(channel_send(&ch, MSG_NTS_FORGET, 0, -1, NULL));
	pollset_clear(&set);
	channel_poll(&ch, &set);
	assert_int_equal(set.fds[0].events, POLLIN | POLLOUT);
	assert_true(turn());
	pollset_clear(&set);
	channel_poll(&ch, &set);
	assert_int_equal(set.fds[0].events, POLLIN);
}

/* What was said before the end is heard; then there is no more channel. */
static void
the_peer_goes(void **arg)
{
	struct message	 msg;

	(void)arg;
	peer_sends(MSG_DOUBT_CONSTRAINTS, 5, -1, sizeof(struct no_payload));
	imsgbuf_clear(&peer);
	assert_true(turn());
	assert_true(channel_receive(&ch, &msg));
	assert_int_equal(msg.id, 5);
	assert_false(channel_receive(&ch, &msg));
	assert_false(turn());
	assert_true(ch.open);		/* the caller closes it */
}

/* It does not read any more, though it could still write. */
static void
writing_to_a_deaf_peer(void **arg)
{
	(void)arg;
	assert_int_equal(shutdown(peer.fd, SHUT_RD), 0);
	assert_true(turn());
	assert_true(channel_send(&ch, MSG_NTS_FORGET, 0, -1, NULL));
	assert_false(turn());
}

static const struct {
	const char	*name;
	struct imsg_header hdr;
} broken[] = {
	{ "one byte too long", { .type = MSG_DOUBT_CONSTRAINTS,
	    .len = IMSG_MAX_PAYLOAD + 1 } },
	{ "4 GB", { .type = MSG_DOUBT_CONSTRAINTS, .len = UINT32_MAX } },
	{ "a descriptor that is not there", { .type = MSG_DOUBT_CONSTRAINTS,
	    .len = 0, .has_fd = 1 } },
	{ "two descriptors", { .type = MSG_DOUBT_CONSTRAINTS, .has_fd = 2 } },
};

/* A frame that cannot be right closes the channel; nothing is read after. */
static void
broken_frames(void **arg)
{
	struct message	 msg;
	uint8_t		 good[HDR + 1] = { 0 };
	struct imsg_header hdr = { .type = MSG_DOUBT_CONSTRAINTS, .len = 1 };
	size_t		 i;

	(void)arg;
	memcpy(good, &hdr, HDR);
	for (i = 0; i < COUNT(broken); i++) {
		disconnect();
		connect_as(PARENT, ENGINE);
		peer_sends_bytes(good, sizeof(good));
		peer_sends_bytes(&broken[i].hdr, HDR);
		peer_sends_bytes(good, sizeof(good));
		assert_true(turn());
		if (!channel_receive(&ch, &msg))
			fail_msg("%s: what came before", broken[i].name);
		if (channel_receive(&ch, &msg) || ch.open)
			fail_msg("%s: still open", broken[i].name);
		assert_false(channel_receive(&ch, &msg));
	}
}

/* A frame that comes byte by byte is not there until it is whole. */
static void
a_frame_in_pieces(void **arg)
{
	struct imsg_header hdr = { .type = MSG_DOUBT_CONSTRAINTS, .len = 1,
			    .id = 3 };
	uint8_t		 frame[HDR + 1] = { 0 };
	struct message	 msg;
	size_t		 i;

	(void)arg;
	memcpy(frame, &hdr, HDR);
	for (i = 0; i < sizeof(frame); i++) {
		assert_false(channel_receive(&ch, &msg));
		peer_sends_bytes(frame + i, 1);
		assert_true(turn());
	}
	assert_true(channel_receive(&ch, &msg));
	assert_int_equal(msg.id, 3);
}

/* ---- channel_await(), as a child uses it ---- */

static void
expect_what_is_there(void **arg)
{
	struct message	 msg;

	(void)arg;
	be_a_new_child();
	peer_sends(MSG_CHILD_SETUP, 8, -1, sizeof(struct child_setup));
	peer_sends(MSG_ENGINE_SERVER, 9, -1, sizeof(struct config_server));
	assert_true(channel_await(&ch, 5, &msg));
	assert_int_equal(msg.type, MSG_CHILD_SETUP);
	assert_int_equal(msg.id, 8);
	assert_true(channel_receive(&ch, &msg));	/* not lost */
	assert_int_equal(msg.type, MSG_ENGINE_SERVER);
}

/* In two pieces, 50 ms from now, after something that may not be sent. */
static void
expect_what_comes_later(void **arg)
{
	struct imsg_header hdr = { .type = MSG_CHILD_SETUP, .id = 8,
			    .len = sizeof(struct child_setup) };
	struct message	 msg;
	int		 status;
	pid_t		 pid;

	(void)arg;
	be_a_new_child();
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		peer_sends(MSG_CHILD_SETUP, 7, -1, 3);
		usleep(50000);
		peer_sends_bytes(&hdr, HDR);
		usleep(20000);
		peer_sends_bytes(zeros, sizeof(struct child_setup));
		_exit(0);
	}
	assert_true(channel_await(&ch, 10, &msg));
	assert_int_equal(msg.id, 8);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* Nothing else comes at first, even if it is allowed later. */
static void
expect_something_else(void **arg)
{
	struct message	 msg;

	(void)arg;
	be_a_new_child();
	peer_sends(MSG_ENGINE_CHANNEL, 1, some_fd(),
	    sizeof(struct child_name));
	peer_sends(MSG_CHILD_SETUP, 2, -1, sizeof(struct child_setup));
	assert_true(channel_await(&ch, 5, &msg));
	assert_int_equal(msg.type, MSG_CHILD_SETUP);
	assert_int_equal(msg.id, 2);
}

static void
expect_in_vain(void **arg)
{
	struct instant	 start = instant_now();
	struct message	 msg;

	(void)arg;
	be_a_new_child();
	assert_false(channel_await(&ch, 0.05, &msg));
	assert_true(instant_diff(instant_now(), start) >= 0.05);
	assert_true(instant_diff(instant_now(), start) < 5);
}

/* A parent that talks without end, and never says it, does not hold us. */
static void
expect_amid_nonsense(void **arg)
{
	struct message	 msg;
	int		 status;
	pid_t		 pid;

	(void)arg;
	be_a_new_child();
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		alarm(20);
		while (imsg_compose(&peer, 4711, 0, zeros, 8) &&
		    imsgbuf_flush(&peer) == IMSG_OK)
			usleep(1000);
		_exit(0);
	}
	assert_false(channel_await(&ch, 0.1, &msg));
	disconnect();
	assert_int_equal(waitpid(pid, &status, 0), pid);
	connect_as(PARENT, ENGINE);
}

static void
expect_of_a_peer_that_is_gone(void **arg)
{
	struct instant	 start = instant_now();
	struct message	 msg;

	(void)arg;
	be_a_new_child();
	imsgbuf_clear(&peer);
	assert_false(channel_await(&ch, 20, &msg));
	be_a_new_child();
	peer_sends_bytes(&broken[0].hdr, HDR);
	assert_false(channel_await(&ch, 20, &msg));
	assert_true(instant_diff(instant_now(), start) < 10);
}

static const struct {
	const char	*name;
	size_t		 len;		/* sent, then it is gone */
} silences[] = {
	{ "nothing comes", 0 },
	{ "half of a header", HDR / 2 },
};

/* A parent that failed has said why: its children do not say more. */
static void
begin_without_a_parent(void **arg)
{
	char		 sent[64] = "", said[256];
	int		 fds[2], errors[2], status;
	size_t		 i;
	ssize_t		 n;

	(void)arg;
	for (i = 0; i < COUNT(silences); i++) {
		assert_true(channel_pair(fds));
		assert_int_equal(pipe(errors), 0);
		assert_int_equal(write(fds[1], sent, silences[i].len),
		    silences[i].len);
		close(fds[1]);
		if (fork() == 0) {
			dup2(errors[1], STDERR_FILENO);
			dup2(fds[0], CHILD_CHANNEL_FD);
			child_begin(&ch, ENGINE, 0);
			_exit(0);
		}
		close(fds[0]);
		close(errors[1]);
		assert_true(wait(&status) > 0);
		assert_int_equal(WEXITSTATUS(status), 1);
		n = read(errors[0], said, sizeof(said) - 1);
		said[n > 0 ? n : 0] = '\0';
		close(errors[0]);
		if (said[0] != '\0')
			fail_msg("%s: %s", silences[i].name, said);
	}
}

static void
a_pair_is_close_on_exec(void **arg)
{
	int		 fds[2], i;
	char		 c;

	(void)arg;
	assert_true(channel_pair(fds));
	for (i = 0; i < 2; i++) {
		assert_true(fcntl(fds[i], F_GETFD) & FD_CLOEXEC);
		errno = 0;
		assert_int_equal(read(fds[i], &c, 1), -1);
		assert_int_equal(errno, EAGAIN);
	}
	assert_int_equal(write(fds[0], "x", 1), 1);
	assert_int_equal(read(fds[1], &c, 1), 1);
	close(fds[0]);
	close(fds[1]);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(nonsense_is_logged),
		TEST(names),
		TEST(children),
		TEST(only_what_the_table_lists),
		TEST(only_of_the_exact_length),
		TEST(only_at_its_moment),
		TEST(every_moment_comes),
		TEST(only_with_its_descriptor),
		TEST(nonsense_in_quantity),
		TEST(descriptors_come_with_their_messages),
		TEST(descriptors_go_with_their_messages),
		TEST(a_channel_is_replaced),
		TEST(none_for_the_parent),
		TEST(only_who_needs_one_takes_it),
		TEST(sending),
		TEST(sending_what_is_not_listed),
		TEST(a_closed_channel),
		TEST(a_full_queue),
		TEST(waiting_to_write),
		TEST(the_peer_goes),
		TEST(writing_to_a_deaf_peer),
		TEST(broken_frames),
		TEST(a_frame_in_pieces),
		TEST(expect_what_is_there),
		TEST(expect_what_comes_later),
		TEST(expect_something_else),
		TEST(expect_in_vain),
		TEST(expect_amid_nonsense),
		TEST(expect_of_a_peer_that_is_gone),
		TEST(begin_without_a_parent),
		TEST(a_pair_is_close_on_exec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
