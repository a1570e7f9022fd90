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

struct question {
	const char	*path;
	enum control_type type;		/* of the request */
	struct imsgbuf	 buf;
	struct instant	 deadline;
	struct report	*report;
	uint32_t	 from;		/* in pages: the next record's number */
	uint32_t	 records;	/* that have come */
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

/* The only record that answers QUESTION.  WRONG: why it cannot be, or NULL. */
static enum ask_result
take_only(struct question *q, enum control_type question, const char *wrong)
{
	if (q->type != question || q->records > 0)
		return nonsense(q, "a record that was not asked for");
	if (wrong != NULL)
		return nonsense(q, wrong);
	q->records++;
	return ASK_OK;
}

static enum ask_result
take_peer(struct question *q, const struct imsg *msg)
{
	struct control_peer *peer;
	const char	*wrong;

	if (q->type != CONTROL_GET_PEERS)
		return nonsense(q, "a record that was not asked for");
	if (q->records >= REPORT_PEERS_MAX)
		return nonsense(q, "too many peers");
	peer = &q->report->peers[q->report->npeers];
	wrong = record_peer(peer, msg->data, msg->hdr.len);
	if (wrong != NULL)
		return nonsense(q, wrong);
	q->report->npeers++;
	q->records++;
	return ASK_OK;
}

static enum ask_result
take_process(struct question *q, const struct imsg *msg)
{
	struct process	*process;
	const char	*wrong;

	if (q->type != CONTROL_GET_PROCESSES)
		return nonsense(q, "a record that was not asked for");
	if (q->records >= REPORT_PROCESSES_MAX)
		return nonsense(q, "too many processes");
	process = &q->report->processes[q->report->nprocesses];
	wrong = record_process(&process->said, msg->data, msg->hdr.len);
	if (wrong != NULL)
		return nonsense(q, wrong);
	process_look(process, "/proc");
	q->report->nprocesses++;
	q->records++;
	return ASK_OK;
}

/* A page goes on where the one before has ended: no record comes twice. */
static enum ask_result
take_point(struct question *q, const struct imsg *msg)
{
	struct report	*r = q->report;
	const char	*wrong;

	if (q->type != CONTROL_GET_HISTORY)
		return nonsense(q, "a record that was not asked for");
	if (r->npoints >= REPORT_HISTORY_MAX)
		return nonsense(q, "too much history");
	wrong = record_point(&r->points[r->npoints], msg->data, msg->hdr.len);
	if (wrong != NULL)
		return nonsense(q, wrong);
	if (r->points[r->npoints].number < q->from)
		return nonsense(q, "a page that was not asked for");
	q->from = r->points[r->npoints++].number + 1;
	q->records++;
	return ASK_OK;
}

static enum ask_result
take_sample(struct question *q, const struct imsg *msg)
{
	struct report	*r = q->report;
	const char	*wrong;

	if (q->type != CONTROL_GET_SAMPLES)
		return nonsense(q, "a record that was not asked for");
	if (r->nsamples >= REPORT_HISTORY_MAX)
		return nonsense(q, "too much history");
	wrong = record_sample(&r->samples[r->nsamples], msg->data,
	    msg->hdr.len);
	if (wrong != NULL)
		return nonsense(q, wrong);
	if (r->samples[r->nsamples].number < q->from)
		return nonsense(q, "a page that was not asked for");
	q->from = r->samples[r->nsamples++].number + 1;
	q->records++;
	return ASK_OK;
}

/* Is the answer to QUESTION any number of records? */
static bool
is_list(enum control_type question)
{
	return question == CONTROL_GET_PEERS ||
	    question == CONTROL_GET_PROCESSES ||
	    question == CONTROL_GET_HISTORY || question == CONTROL_GET_SAMPLES;
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
	if (!is_list(q->type) && q->records != 1)
		return nonsense(q, "no record");
	q->complete = true;
	return ASK_OK;
}

static enum ask_result
take(struct question *q, const struct imsg *msg)
{
	struct report	*r = q->report;
	uint32_t	 version;

	if (!record_version(&version, msg->data, msg->hdr.len))
		return nonsense(q, "a record without a version");
	if (version != CONTROL_VERSION)
		return fail(q, ASK_NEVER, "ntpd speaks version %u of the "
		    "control protocol, this ntpctl version %d: "
		    "restart ntpd if it was just upgraded", version,
		    CONTROL_VERSION);
	switch (msg->hdr.type) {
	case CONTROL_STATUS:
		return take_only(q, CONTROL_GET_STATUS,
		    record_status(&r->status, msg->data, msg->hdr.len));
	case CONTROL_PEER:
		return take_peer(q, msg);
	case CONTROL_SERVER:
		return take_only(q, CONTROL_GET_SERVER,
		    record_server(&r->server, msg->data, msg->hdr.len));
	case CONTROL_CLIENTS:
		return take_only(q, CONTROL_GET_CLIENTS,
		    record_clients(&r->clients, msg->data, msg->hdr.len));
	case CONTROL_PROCESS:
		return take_process(q, msg);
	case CONTROL_POINT:
		return take_point(q, msg);
	case CONTROL_SAMPLE:
		return take_sample(q, msg);
	case CONTROL_END:
		return take_end(q, msg);
	case CONTROL_REFUSED:
		return fail(q, ASK_NEVER, "ntpd tells only root who its "
		    "clients are");
	case CONTROL_BUSY:
		return fail(q, ASK_LATER, "ntpd is busy, too many ask at "
		    "once; try again");
	default:
		return nonsense(q, "a record of an unknown type");
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

/* Ask for what TYPE stands for, from record FROM on: a question of its own. */
static enum ask_result
ask_from(const struct question *like, enum control_type type, uint32_t *from,
    double timeout)
{
	struct control_request request = {
		.version = CONTROL_VERSION, .from = *from
	};
	struct question	 q = *like;
	enum ask_result	 result;

	q.type = type;
	q.from = *from;
	result = open_socket(&q, timeout);
	if (result != ASK_OK)
		return result;
	q.deadline = instant_add(instant_now(), timeout);
	if (imsg_compose(&q.buf, q.type, 0, &request, sizeof(request)))
		result = converse(&q);
	else
		result = fail(&q, ASK_NEVER, "%s", strerror(errno));
	imsgbuf_clear(&q.buf);
	*from = q.from;
	return result;
}

static enum ask_result
ask_one(const struct question *like, enum control_type type, double timeout)
{
	uint32_t	 from = 0;

	return ask_from(like, type, &from, timeout);
}

/* Ask for one page after the other, until one is empty. */
static enum ask_result
ask_pages(const struct question *like, enum control_type type, double timeout)
{
	enum ask_result	 result;
	uint32_t	 from = 0, before;

	do {
		before = from;
		result = ask_from(like, type, &from, timeout);
	} while (result == ASK_OK && from != before);
	return result;
}

/* Ask for the records that are lists. */
static enum ask_result
ask_lists(const struct question *q, unsigned parts, double timeout)
{
	enum ask_result	 result = ASK_OK;

	if (parts & (SHOW_PEERS | SHOW_AUTH | SHOW_SENSORS | SHOW_SELECTION |
	    SHOW_SAMPLES))
		result = ask_one(q, CONTROL_GET_PEERS, timeout);
	if (result == ASK_OK && (parts & SHOW_PROCESSES))
		result = ask_one(q, CONTROL_GET_PROCESSES, timeout);
	if (result == ASK_OK && (parts & SHOW_HISTORY))
		result = ask_pages(q, CONTROL_GET_HISTORY, timeout);
	if (result == ASK_OK && (parts & SHOW_SAMPLES))
		result = ask_pages(q, CONTROL_GET_SAMPLES, timeout);
	return result;
}

enum ask_result
ask(const char *path, unsigned parts, double timeout, struct report *report,
    char *why)
{
	struct question	 q = { .path = path, .why = why, .report = report };
	enum ask_result	 result = ASK_OK;

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
	if (parts & (SHOW_STATUS | SHOW_AUTH))
		result = ask_one(&q, CONTROL_GET_STATUS, timeout);
	if (parts == SHOW_ALL && !report->status.listening)
		parts &= ~(unsigned)SHOW_SERVER;
	if (result == ASK_OK)
		result = ask_lists(&q, parts, timeout);
	if (result == ASK_OK && (parts & SHOW_SERVER))
		result = ask_one(&q, CONTROL_GET_SERVER, timeout);
	if (result == ASK_OK && (parts & SHOW_CLIENTS))
		result = ask_one(&q, CONTROL_GET_CLIENTS, timeout);
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
