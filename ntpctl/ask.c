/*
 * The conversation with the daemon: one connection for each question, one
 * deadline for the whole of it, so that neither a stuck nor a slow nor a
 * talkative daemon can hold ntpctl up.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/imsg.h"
#include "common/pollset.h"
#include "ntpctl/ask.h"
#include "ntpctl/connect.h"
#include "ntpctl/record.h"

/* The questions: what is shown of the answer, and which records it has. */
static const struct {
	unsigned	 parts;		/* of enum show_part */
	enum control_type record;
	size_t		 most;		/* records in all, 1: one */
} questions[] = {
	[CONTROL_GET_STATUS] = { SHOW_STATUS | SHOW_AUTH, CONTROL_STATUS, 1 },
	[CONTROL_GET_PEERS] = { SHOW_PEERS | SHOW_AUTH | SHOW_SENSORS |
	    SHOW_SELECTION | SHOW_SAMPLES, CONTROL_PEER, REPORT_PEERS_MAX },
	[CONTROL_GET_SERVER] = { SHOW_SERVER, CONTROL_SERVER, 1 },
	[CONTROL_GET_CLIENTS] = { SHOW_CLIENTS, CONTROL_CLIENTS, 1 },
	[CONTROL_GET_PROCESSES] = { SHOW_PROCESSES, CONTROL_PROCESS,
	    REPORT_PROCESSES_MAX },
	[CONTROL_GET_HISTORY] = { SHOW_HISTORY, CONTROL_POINT,
	    REPORT_HISTORY_MAX },
	[CONTROL_GET_SAMPLES] = { SHOW_SAMPLES, CONTROL_SAMPLE,
	    REPORT_HISTORY_MAX }
};

#define QUESTIONS	(sizeof(questions) / sizeof(questions[0]))

struct question {
	const char	*path;
	enum control_type type;		/* of the request */
	struct imsgbuf	 buf;
	struct instant	 deadline;
	struct report	*report;
	uint32_t	 from;		/* in pages: the next record's number */
	uint32_t	 records;	/* that have come, of this page */
	size_t		 taken;		/* and of all pages */
	bool		 complete;
	char		*why;
};

static enum ask_result
fail(struct question *q, enum ask_result result, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static enum ask_result
fail(struct question *q, enum ask_result result, const char *fmt, ...)
{
	va_list		 ap;

	va_start(ap, fmt);
	vsnprintf(q->why, ASK_WHY_LEN, fmt, ap);
	va_end(ap);
	return result;
}

static enum ask_result
connect_failed(struct question *q, int error)
{
	struct stat	 st;

	/* Connecting to anything else says "refused", too. */
	if (error == ECONNREFUSED && stat(q->path, &st) == 0 &&
	    !S_ISSOCK(st.st_mode))
		return fail(q, ASK_NEVER, "%s is no socket", q->path);
	switch (error) {
	case ENAMETOOLONG:
		return fail(q, ASK_NEVER, "%.64s...: a socket's path has at "
		    "most %d bytes", q->path, CONNECT_PATH_MOST);
	case ENOENT:
	case ENOTDIR:
	case ECONNREFUSED:
		return fail(q, ASK_LATER, "ntpd is not running: %s: %s",
		    q->path, strerror(error));
	case EACCES:
	case EPERM:
		return fail(q, ASK_NEVER, "not allowed to ask ntpd: %s: %s",
		    q->path, strerror(error));
	case EAGAIN:
		return fail(q, ASK_LATER, "ntpd does not answer: %s: "
		    "it takes no connections", q->path);
	default:
		return fail(q, ASK_NEVER, "%s: %s", q->path, strerror(error));
	}
}

static enum ask_result
open_socket(struct question *q, double timeout)
{
	int		 flags, error, fd = connect_unix(q->path,
			    SOCK_STREAM, timeout);

	if (fd == -1)
		return connect_failed(q, errno);
	if ((flags = fcntl(fd, F_GETFL)) == -1 ||
	    fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1) {
		error = errno;
		close(fd);
		return connect_failed(q, error);
	}
	imsgbuf_init(&q->buf, fd);
	return ASK_OK;
}

static enum ask_result
nonsense(struct question *q, const char *what)
{
	return fail(q, ASK_NEVER, "ntpd sent %s; is this its ntpctl?", what);
}

/* A page goes on where the one before has ended: no record comes twice. */
static const char *
take_number(struct question *q, uint32_t number)
{
	if (number < q->from)
		return "a page that was not asked for";
	q->from = number + 1;
	return NULL;
}

/* A record of the type that answers Q: into the report, or what is wrong. */
static const char *
take_record(struct question *q, const void *data, size_t len)
{
	struct report	*r = q->report;
	struct process	*process;
	const char	*wrong;

	switch (questions[q->type].record) {
	case CONTROL_STATUS:
		return record_status(&r->status, data, len);
	case CONTROL_SERVER:
		return record_server(&r->server, data, len);
	case CONTROL_CLIENTS:
		return record_clients(&r->clients, data, len);
	case CONTROL_PEER:
		return record_peer(&r->peers[r->npeers++], data, len);
	case CONTROL_PROCESS:
		process = &r->processes[r->nprocesses++];
		wrong = record_process(&process->said, data, len);
		if (wrong == NULL)
			process_look(process, "/proc");
		return wrong;
	case CONTROL_POINT:
		wrong = record_point(&r->points[r->npoints], data, len);
		return wrong != NULL ? wrong :
		    take_number(q, r->points[r->npoints++].number);
	case CONTROL_SAMPLE:
		wrong = record_sample(&r->samples[r->nsamples], data, len);
		return wrong != NULL ? wrong :
		    take_number(q, r->samples[r->nsamples++].number);
	default:
		return "what nobody asks for";
	}
}

/* One more record of TYPE; else what is wrong with it. */
static const char *
take_one(struct question *q, uint32_t type, const struct imsg *msg)
{
	const size_t	 most = questions[q->type].most;

	if (type != questions[q->type].record ||
	    (q->taken == most && most == 1))
		return "a record that was not asked for";
	if (q->taken == most)
		return "too many records";
	q->records++;
	q->taken++;
	return take_record(q, msg->data, msg->hdr.len);
}

static enum ask_result
take_end(struct question *q, const struct imsg *msg)
{
	struct control_end end;
	const char	*wrong;

	wrong = record_end(&end, msg->data, msg->hdr.len);
	if (wrong != NULL)
		return nonsense(q, wrong);
	if (end.records != q->records)
		return nonsense(q, "another number of records than it says");
	if (questions[q->type].most == 1 && q->records != 1)
		return nonsense(q, "no record");
	q->complete = true;
	return ASK_OK;
}

static enum ask_result
take(struct question *q, const struct imsg *msg)
{
	const char	*wrong;
	uint32_t	 version;

	if (!record_version(&version, msg->data, msg->hdr.len))
		return nonsense(q, "a record without a version");
	if (version != CONTROL_VERSION)
		return fail(q, ASK_NEVER, "ntpd speaks version %u of the "
		    "control protocol, this ntpctl version %d: "
		    "restart ntpd if it was just upgraded", version,
		    CONTROL_VERSION);
	switch (msg->hdr.type) {
	case CONTROL_END:
		return take_end(q, msg);
	case CONTROL_REFUSED:
		return fail(q, ASK_NEVER, "ntpd tells only root who its "
		    "clients are");
	case CONTROL_BUSY:
		return fail(q, ASK_LATER, "ntpd is busy, too many ask at "
		    "once; try again");
	default:
		wrong = take_one(q, msg->hdr.type, msg);
		return wrong == NULL ? ASK_OK : nonsense(q, wrong);
	}
}

/* Take all that has arrived, but nothing after the end. */
static enum ask_result
take_all(struct question *q)
{
	enum ask_result	 result = ASK_OK;
	enum imsg_status got = IMSG_OK;
	struct imsg	 msg;

	while (result == ASK_OK && !q->complete) {
		got = imsg_get(&q->buf, &msg);
		if (got != IMSG_OK)
			break;
		/* Nothing that comes with a descriptor is wanted. */
		if (msg.fd != -1)
			close(msg.fd);
		result = take(q, &msg);
	}
	if (got == IMSG_ERROR)
		return nonsense(q, "a malformed frame");
	return result;
}

/*
 * Send the request and hear the answer.  A request that cannot be written is
 * no reason to stop: a busy daemon says so and closes without reading it.
 */
static enum ask_result
converse(struct question *q)
{
	enum ask_result	 result = ASK_OK;
	enum imsg_status status;
	struct pollset	 set;
	short		 events;

	while (result == ASK_OK && !q->complete) {
		status = imsgbuf_flush(&q->buf);
		events = status == IMSG_AGAIN ? POLLIN | POLLOUT : POLLIN;
		pollset_clear(&set);
		pollset_add(&set, q->buf.fd, events);
		if (!instant_before(instant_now(), q->deadline))
			return fail(q, ASK_LATER, "ntpd does not answer: %s",
			    q->path);
		if (pollset_wait(&set, q->deadline, NULL) == 0)
			continue;
		if (!pollset_ready(&set, 0, POLLIN))
			continue;
		status = imsgbuf_read(&q->buf);
		if (status == IMSG_EOF || status == IMSG_ERROR)
			return fail(q, ASK_LATER, "ntpd closed the "
			    "connection without an answer: %s", q->path);
		result = take_all(q);
	}
	return result;
}

/* Ask for the records from Q->from on, by a connection of their own. */
static enum ask_result
ask_page(struct question *q, double timeout)
{
	struct control_request request = {
		.version = CONTROL_VERSION, .from = q->from
	};
	enum ask_result	 result = open_socket(q, timeout);

	if (result != ASK_OK)
		return result;
	q->records = 0;
	q->complete = false;
	q->deadline = instant_add(instant_now(), timeout);
	if (imsg_compose(&q->buf, q->type, 0, &request, sizeof(request)))
		result = converse(q);
	else
		result = fail(q, ASK_NEVER, "%s", strerror(errno));
	imsgbuf_clear(&q->buf);
	return result;
}

/* Ask for what TYPE stands for; page after page, until one is empty. */
static enum ask_result
ask_all(struct question *q, enum control_type type, double timeout)
{
	enum ask_result	 result;
	uint32_t	 before;

	q->type = type;
	q->from = 0;
	q->taken = 0;
	do {
		before = q->from;
		result = ask_page(q, timeout);
	} while (result == ASK_OK && q->from != before);
	return result;
}

enum ask_result
ask(const char *path, unsigned parts, double timeout, struct report *report,
    char *why)
{
	struct question	 q = { .path = path, .why = why, .report = report };
	enum ask_result	 result = ASK_OK;
	enum control_type type;

	report_clear(report);
	report->peers = calloc(REPORT_PEERS_MAX, sizeof(*report->peers));
	report->processes = calloc(REPORT_PROCESSES_MAX,
	    sizeof(*report->processes));
	report->points = calloc(REPORT_HISTORY_MAX, sizeof(*report->points));
	report->samples = calloc(REPORT_HISTORY_MAX,
	    sizeof(*report->samples));
	if (report->peers == NULL || report->processes == NULL ||
	    report->points == NULL || report->samples == NULL)
		return fail(&q, ASK_NEVER, "%s", strerror(errno));
	for (type = 0; type < QUESTIONS && result == ASK_OK; type++) {
		if (parts & questions[type].parts)
			result = ask_all(&q, type, timeout);
		if (type == CONTROL_GET_STATUS && parts == SHOW_ALL &&
		    !report->status.listening)
			parts &= ~(unsigned)SHOW_SERVER;
	}
	report->parts = parts;
	return result;
}

void
report_clear(struct report *report)
{
	free(report->peers);
	free(report->processes);
	free(report->points);
	free(report->samples);
	memset(report, 0, sizeof(*report));
}
