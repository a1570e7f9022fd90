/*
 * Requests by the batch.  Sending is four fifths of what an answer costs, and
 * that is the kernel's; what is done here for each request must be next to
 * nothing beside it.
 */
#include <sys/param.h>

#include <errno.h>
#include <inttypes.h>
#include <linux/net_tstamp.h>
#include <string.h>
#include <time.h>

#include "common/addr.h"
#include "common/ns.h"
#include "common/ntptime.h"
#include "ntpd/server/admit.h"
#include "ntpd/server/batch.h"

/*
 * The size of a batch is a choice between the cost of two system calls, shared
 * by its requests, and the truth of transmit timestamps: all answers of a batch
 * are stamped before the first leaves, each for the time at which it should at
 * the usual pace of some us, and the last is wrong by what the kernel takes
 * more or less than that for all before it.
 *
 * Measured at 100000 requests a second: a transmit timestamp is off by 2.0 us
 * (median; nearly all of it is the kernel's way to the wire), 2.5 us (95 %) and
 * 3 us (99 %), as with a reading of the clock for each eight answers.  If
 * another process had the CPU in between, the rest of the batch is late by
 * that, and so are fewer than with 64, of which the system calls cost 1 % less.
 *
 * The pace follows the batches slowly and in small steps: one that was held up
 * (another process had the CPU, an interrupt) says nothing about the next.
 */
#define PACE_MOST	100000		/* ns an answer, slower than any */
#define PACE_WEIGHT	8		/* batches that the mean is over */
#define PACE_STEP	100		/* ns, at most, for one batch */

static void
batch_renew(struct batch *b, unsigned count)
{
	struct msghdr	*hdr;
	unsigned	 i;

	for (i = 0; i < count; i++) {
		hdr = &b->in[i].msg_hdr;
		hdr->msg_namelen = sizeof(b->name[i]);
		hdr->msg_controllen = sizeof(b->control[i]);
		hdr->msg_flags = 0;
	}
	b->used = 0;
}

void
batch_init(struct batch *b, const struct access *access,
    struct clients *clients, const struct keyring *keyring)
{
	struct msghdr	*hdr;
	unsigned	 i;

	memset(b, 0, sizeof(*b));
	b->access = access;
	b->clients = clients;
	b->keyring = keyring;
	b->unsent.burst = 5;
	b->unsent.interval = 60;
	for (i = 0; i < BATCH_MAX; i++) {
		b->in_iov[i].iov_base = b->request[i];
		b->in_iov[i].iov_len = NTP_MAX_LEN;
		hdr = &b->in[i].msg_hdr;
		hdr->msg_name = &b->name[i];
		hdr->msg_iov = &b->in_iov[i];
		hdr->msg_iovlen = 1;
		hdr->msg_control = &b->control[i];

		b->out_iov[i].iov_base = b->answer[i];
		hdr = &b->out[i].msg_hdr;
		hdr->msg_iov = &b->out_iov[i];
		hdr->msg_iovlen = 1;
	}
	batch_renew(b, BATCH_MAX);
}

static int64_t
ns_between(const struct timespec *a, const struct timespec *b)
{
	return ns_from_timespec(b) - ns_from_timespec(a);
}

/* TS moved by NS, which is less than a second. */
static struct ntptime
later(const struct timespec *ts, int64_t ns)
{
	struct timespec	 sum = { ts->tv_sec, ts->tv_nsec + (long)ns };

	if (sum.tv_nsec >= NS_PER_S) {
		sum.tv_sec++;
		sum.tv_nsec -= NS_PER_S;
	}
	return ntptime_from_timespec(&sum);
}

/* Have the kernel say when answer I left. */
static void
request_stamp(struct batch *b, unsigned i)
{
	const uint32_t	 flags = SOF_TIMESTAMPING_TX_SOFTWARE;
	struct msghdr	*out = &b->out[i].msg_hdr;
	struct cmsghdr	*cmsg;

	cmsg = (struct cmsghdr *)(void *)&b->source[i].bytes[
	    out->msg_controllen];
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SO_TIMESTAMPING;
	cmsg->cmsg_len = CMSG_LEN(sizeof(flags));
	memcpy(CMSG_DATA(cmsg), &flags, sizeof(flags));
	out->msg_controllen += CMSG_SPACE(sizeof(flags));
	b->stamps++;
}

/*
 * Make the TIMES of answer I, to ASKED, fit for interleaved mode, and remember
 * it if that is what the client wants.
 */
static void
interleave(struct batch *b, unsigned i, const struct ntp_packet *asked,
    struct answer_times *times)
{
	struct addrbits	 client;

	xleave_mark(&times->receive, &times->transmit);
	if (!xleave_asked(asked))
		return;
	client = addrbits_of_sender(b->out[i].msg_hdr.msg_name);
	times->before = xleave_take(b->xleave, asked->origin, client);
	xleave_save(b->xleave, &times->receive, &times->transmit, client);
	request_stamp(b, i);
}

/* Write the header of answer I, which is going to leave at TRANSMIT. */
static void
write_header(struct batch *b, const struct answer_source *src,
    struct pending *p, unsigned i, struct ntptime transmit)
{
	struct answer_times times = { .transmit = transmit };

	if (p->nts == PROOF_UNKNOWN) {
		answer_nak(&p->asked, b->answer[i]);
		return;
	}
	if (p->kiss) {
		answer_kiss(&p->asked, b->clients->poll, b->answer[i]);
		return;
	}
	times.receive = p->arrival.stamped ? p->arrival.time : transmit;
	if (b->xleave != NULL)
		interleave(b, i, &p->asked, &times);
	p->interleaved = !ntptime_is_zero(times.before);
	answer_write(src, &p->asked, &times, b->answer[i]);
}

/* Authenticate answer I as its request *P was; returns its length. */
static size_t
finish(struct batch *b, const struct pending *p, unsigned i)
{
	if (p->nts != PROOF_NONE)
		return proof_write(&b->proof[i], b->answer[i]);
	if (p->auth.key != NULL)
		return mac_append(p->auth.key, b->answer[i], NTP_HEADER_LEN,
		    p->auth.digest_len);
	return NTP_HEADER_LEN;
}

/*
 * Write the COUNT answers to LIST, and authenticate them as the requests were.
 * Each is stamped with the time at which it is going to leave if the first
 * leaves at *NOW and the others follow at the pace of those before them.
 */
static void
batch_answer(struct batch *b, const struct answer_source *src,
    struct pending *list, unsigned count, const struct timespec *now)
{
	unsigned	 i;

	for (i = 0; i < count; i++) {
		write_header(b, src, &list[i], i, later(now, b->pace * i));
		b->out_iov[i].iov_len = finish(b, &list[i], i);
	}
}

static void
report_unsent(struct batch *b, unsigned i, int error)
{
	struct addr	 addr = { .family = ADDR_NONE };
	char		 text[ADDR_STRLEN];
	uint64_t	 before = 0;

	if (!log_allowed(&b->unsent, instant_now(), &before))
		return;
	addr_from_sockaddr(&addr, b->out[i].msg_hdr.msg_name,
	    b->out[i].msg_hdr.msg_namelen);
	log_warnx("%s: cannot answer: %s, request dropped (and %" PRIu64
	    " others since the last message)", addr_format(&addr, text),
	    strerror(error), before);
}

static void
count_sent(struct batch *b, const struct pending *list, unsigned n)
{
	unsigned	 i;

	for (i = 0; i < n; i++)
		if (list[i].nts == PROOF_UNKNOWN)
			b->counters.nts_naked++;
		else if (list[i].kiss)
			b->counters.kissed++;
		else {
			b->counters.nts += list[i].nts == PROOF_RIGHT;
			b->counters.answered++;
			b->counters.authenticated += list[i].auth.key != NULL;
			b->counters.interleaved += list[i].interleaved;
		}
}

/*
 * Send the COUNT answers to LIST.  sendmmsg stops at one that fails, and says
 * so only if it is the first: after fewer than asked for, the next one is the
 * failed one and is skipped.  False if the queue is full: there is no sense in
 * waiting, a late answer is a bad one.
 */
static bool
batch_send(struct batch *b, int fd, const struct pending *list, unsigned count)
{
	unsigned	 i = 0;
	int		 n;

	while (i < count) {
		n = sendmmsg(fd, b->out + i, count - i, MSG_DONTWAIT);
		if (n > 0) {
			count_sent(b, list + i, (unsigned)n);
			i += (unsigned)n;
			if (i == count)
				break;
		} else if (n == -1) {
			if (errno == EAGAIN || errno == ENOBUFS)
				return false;
			report_unsent(b, i, errno);
		}
		i++;
	}
	return true;
}

/* Learn from COUNT answers that took from FROM to TO. */
static void
batch_learn_pace(struct batch *b, const struct timespec *from,
    const struct timespec *to, unsigned count)
{
	int64_t		 pace = ns_between(from, to) / count;
	int64_t		 step;

	/* Negative: the clock was set back meanwhile. */
	if (pace < 0)
		return;
	step = (MIN(pace, PACE_MOST) - b->pace) / PACE_WEIGHT;
	b->pace += MIN(MAX(step, -PACE_STEP), PACE_STEP);
}

/*
 * The time, in *REAL.  CLOCK_MONOTONIC, which nobody sets, is read before and
 * after: so it shows when somebody has set the clock.
 */
static void
read_clock(struct batch *b, struct timespec *real)
{
	struct instant	 before, after;
	int64_t		 ns;

	if (b->xleave == NULL) {
		clock_gettime(CLOCK_REALTIME, real);
		return;
	}
	before = instant_now();
	clock_gettime(CLOCK_REALTIME, real);
	after = instant_now();
	ns = ns_from_timespec(real);
	xleave_follow(b->xleave, ns - before.ns, after.ns - before.ns);
}

/* Answer the COUNT requests of LIST, and see how long that takes. */
static void
batch_reply(struct batch *b, int fd, const struct answer_source *src,
    struct pending *list, unsigned count)
{
	struct timespec	 before, after;

	if (count == 0)
		return;
	read_clock(b, &before);
	batch_answer(b, src, list, count, &before);
	if (!batch_send(b, fd, list, count) || count == 1)
		return;
	clock_gettime(CLOCK_REALTIME, &after);
	batch_learn_pace(b, &before, &after, count);
}

/* Those of any kind. */
static uint64_t
count_answers(const struct server_counters *c)
{
	return c->answered + c->kissed + c->nts_naked;
}

enum batch_status
batch_serve(struct batch *b, int fd, const struct answer_source *src)
{
	struct pending	 list[BATCH_MAX];
	uint64_t	 sent;
	unsigned	 count;
	int		 n;

	batch_renew(b, b->used);
	b->nown = 0;
	n = recvmmsg(fd, b->in, BATCH_MAX, MSG_DONTWAIT, NULL);
	if (n == -1 && errno != EAGAIN && errno != EINTR)
		return BATCH_FAILED;
	if (n <= 0)
		return BATCH_IDLE;
	b->used = (unsigned)n;

	count = admit(b, b->used, list);
	sent = count_answers(&b->counters);
	batch_reply(b, fd, src, list, count);
	sent = count_answers(&b->counters) - sent;
	b->counters.unsent += count - sent;
	if (b->stamps > 0)
		stamps_read(b->xleave, fd, b->stamps);
	b->stamps = 0;
	return b->used > 1 ? BATCH_BUSY : BATCH_IDLE;
}
