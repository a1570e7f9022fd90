/*
 * The control socket, and the questions that control has for ntpctl.
 *
 * A question is one of seven kinds, and that is all that can be relied on.
 * Which user asks is control's word, and control hears strangers.  It looks at
 * the user of each connection, and lets only root ask for the clients.  If it
 * is taken over, it can ask that for any user.  So no question may change
 * anything, and no answer may be worth more protection than that one.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/localsocket.h"
#include "ntpd/parent/state.h"
#include "ntpd/sandbox.h"
#include "ntpd/syscalls.h"

#define CONTROL_BACKLOG	16	/* ntpctls in line */
#define QUEUE_MOST	(IMSG_MAX_QUEUED / 4)	/* bytes; more: busy */

static bool
somebody_answers(const struct sockaddr_un *sun)
{
	bool		 answers;
	int		 fd;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return false;
	answers = connect(fd, (const struct sockaddr *)sun,
	    sizeof(*sun)) == 0 || errno == EAGAIN;
	close(fd);
	return answers;
}

bool
control_open(struct control *c, const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	memset(c, 0, sizeof(*c));
	strlcpy(c->path, path, sizeof(c->path));
	strlcpy(sun.sun_path, path, sizeof(sun.sun_path));
	c->fd = -1;
	if (path[0] != '\0' && somebody_answers(&sun)) {
		log_at(LOG_CRIT, "fatal: another ntpd is running: it answers "
		    "at %s", path);
		return false;
	}
	c->fd = localsocket_listen(path, SOCK_STREAM, 0666,
	    CONTROL_BACKLOG);
	if (c->fd == -1)
		log_at(LOG_CRIT, "fatal: cannot make the control socket %s: %s",
		    path, errno == ENOENT ? "its directory does not exist" :
		    strerror(errno));
	return c->fd != -1;
}

void
control_close(struct control *c)
{
	if (c->fd == -1)
		return;
	if (c->path[0] != '\0')
		unlinkat(AT_FDCWD, c->path, 0);
	/*
	 * The kernel closes it when this process ends.  Now that could take as
	 * long as somebody likes who is in line and has passed a descriptor.
	 */
	c->fd = -1;
}

/* ---- questions ---- */

/*
 * Give control a part of the answer to question ID.  If it does not take what
 * it has asked for, that is lost.
 */
static void
answer(struct parent *p, enum message_type type, uint32_t id,
    const void *record)
{
	channel_send(&p->children.control->channel, type, id, -1, record);
}

static void
answer_end(struct parent *p, enum message_type type, uint32_t id,
    uint32_t records)
{
	const struct control_end end = {
		.version = CONTROL_VERSION, .records = records
	};

	answer(p, type, id, &end);
}

/* Are there too many answers on their way already? */
static bool
is_behind(const struct parent *p)
{
	return channel_queued(&p->children.control->channel) > QUEUE_MOST ||
	    channel_queued(p->children.engine) > QUEUE_MOST;
}

/* What the engine is asked for each question, with the same payload. */
static const enum message_type questions[MESSAGE_COUNT] = {
	[MSG_ASK_STATUS] = MSG_SHOW_STATUS,
	[MSG_ASK_PEERS] = MSG_SHOW_PEERS,
	[MSG_ASK_HISTORY] = MSG_SHOW_HISTORY,
	[MSG_ASK_SAMPLES] = MSG_SHOW_SAMPLES
};

void
control_ask_engine(struct parent *p, const struct message *msg)
{
	if (is_behind(p) || !channel_send(p->children.engine,
	    questions[msg->type], msg->id, -1, msg->data))
		answer_end(p, MSG_ANSWER_BUSY, msg->id, 0);
}

void
control_ask_servers(struct parent *p, const struct message *msg)
{
	struct control	*c = &p->control;
	struct control_question *q = c->questions;

	while (q < c->questions + CONTROL_QUESTIONS && q->used)
		q++;
	if (is_behind(p) || q == c->questions + CONTROL_QUESTIONS) {
		answer_end(p, MSG_ANSWER_BUSY, msg->id, 0);
		return;
	}
	q->used = true;
	q->id = msg->id;
	q->clients = msg->type == MSG_ASK_CLIENTS;
	q->round = collect_ask(&p->collect, q->clients);
}

/* ---- processes ---- */

static const enum control_landlock landlocks[] = {
	[FILES_NONE] = LANDLOCK_NONE,
	[FILES_READ] = LANDLOCK_LOOKUPS,
	[FILES_RUN] = LANDLOCK_RUN_ANY,
	[FILES_FOLDERS] = LANDLOCK_FOLDERS
};

/* What the tables say of PROCESS, and what *CHILD (NULL: the parent) knows. */
static void
answer_process(struct parent *p, uint32_t id, enum process process,
    const struct child *child)
{
	const struct sandbox *sandbox = sandboxes[process];
	struct control_process record;

	memset(&record, 0, sizeof(record));
	record.version = CONTROL_VERSION;
	strlcpy(record.process, process_name(process),
	    sizeof(record.process));
	record.root = sandbox->chroot && p->children.setup.root[0] != '\0' ?
	    ROOT_EMPTY : ROOT_HOST;
	record.calls = syscalls_count(sandbox);
	record.landlock = p->has_landlock ? landlocks[sandbox->files] :
	    LANDLOCK_MISSING;
	record.pid = (uint32_t)getpid();
	if (child != NULL) {
		record.instance = child->instance;
		record.pid = (uint32_t)child->pid;
		record.restarts = child->restarts;
	}
	answer(p, MSG_ANSWER_PROCESS, id, &record);
}

void
control_ask_processes(struct parent *p, const struct message *msg)
{
	const struct child *child = p->children.list;
	uint32_t	 n = 1;

	if (is_behind(p)) {
		answer_end(p, MSG_ANSWER_BUSY, msg->id, 0);
		return;
	}
	answer_process(p, msg->id, PARENT, NULL);
	for (; child < p->children.list + CHILDREN_MOST; child++) {
		if (!child->wanted)
			continue;
		answer_process(p, msg->id, child->process, child);
		n++;
	}
	answer_end(p, MSG_ANSWER_END, msg->id, n);
}

/* ---- answers ---- */

/* The engine does not know which sockets there are, and may be taken over. */
void
control_answer_status(struct parent *p, const struct message *msg)
{
	struct control_status st = *(const struct control_status *)msg->data;

	st.serving = p->listens;
	command_fill_status(p, &st, msg->at);
	answer(p, MSG_ANSWER_STATUS, msg->id, &st);
}

/* What control is given for each other record of the engine's. */
static const enum message_type answers[MESSAGE_COUNT] = {
	[MSG_PEER_RECORD] = MSG_ANSWER_PEER,
	[MSG_POINT_RECORD] = MSG_ANSWER_POINT,
	[MSG_SAMPLE_RECORD] = MSG_ANSWER_SAMPLE,
	[MSG_END_RECORD] = MSG_ANSWER_END
};

void
control_answer_engine(struct parent *p, const struct message *msg)
{
	answer(p, answers[msg->type], msg->id, msg->data);
}

void
control_answer_collected(struct parent *p)
{
	struct control_question *q = p->control.questions;
	struct control_server sum = p->collect.sum;

	serving_add(p, &sum);
	for (; q < p->control.questions + CONTROL_QUESTIONS; q++) {
		if (!q->used || q->round != p->collect.round)
			continue;
		q->used = false;
		if (q->clients)
			answer(p, MSG_ANSWER_CLIENTS, q->id,
			    &p->collect.top);
		else
			answer(p, MSG_ANSWER_SERVER, q->id, &sum);
		answer_end(p, MSG_ANSWER_END, q->id, 1);
	}
}
