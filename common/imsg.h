/*
 * Framed messages, with descriptors, over a UNIX stream socket.  Partial
 * reads and writes are handled; both queues are bounded.  The peer is not
 * trusted: a bad frame is an error that the caller survives.
 */
#ifndef COMMON_IMSG_H
#define COMMON_IMSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS	83	/* newer than most headers */
#endif

#define IMSG_MAX_PAYLOAD	4096	/* bytes */
#define IMSG_MAX_QUEUED	262144	/* bytes waiting to be written */
#define IMSG_MAX_FDS	16	/* received, not yet asked for */

struct imsg_header {
	uint32_t	 type;
	uint32_t	 len;		/* of the payload */
	uint32_t	 id;		/* the sender's to choose */
	uint32_t	 reserved;	/* 0 */
	uint32_t	 has_fd;	/* 1: a descriptor comes with it */
};

struct imsg {
	struct imsg_header hdr;
	const void	*data;	/* aligned; valid until the next imsg_get() */
	int		 fd;	/* -1 or the receiver's to close */
};

struct imsg_out;

struct imsgbuf {
	int		 fd;
	uint8_t		*in;		/* bytes read, not yet taken */
	size_t		 in_len;
	size_t		 in_taken;
	int		 fds[IMSG_MAX_FDS];
	size_t		 nfds;
	bool		 fds_lost;	/* one could not be kept: no more */
	bool		 refuse_fds;	/* none is wanted: read without */
	struct imsg_out	*head, *tail;	/* messages to be written */
	size_t		 queued;	/* bytes in them */
	bool		 short_of;	/* memory, or descriptors in flight */
};

enum imsg_status {
	IMSG_OK,
	IMSG_AGAIN,		/* nothing now; come back when poll says so */
	IMSG_EOF,		/* the peer is gone */
	IMSG_ERROR		/* errno says why; the channel is of no use */
};

/* Use the non-blocking stream socket FD, which now belongs to BUF. */
void	 imsgbuf_init(struct imsgbuf *buf, int fd);

/*
 * Let nobody pass descriptors to the socket FD, nor to those that it accepts:
 * the peer's sendmsg(2) fails.  Before Linux 6.16 this does nothing.  There a
 * buffer with refuse_fds drops what is passed: the kernel closes it in the time
 * of the process that reads, and a socket that lingers (SO_LINGER) takes as
 * long for that as the peer likes.  So who must not wait reads only from those
 * who cannot pass any.
 */
void	 imsg_refuse_fds(int fd);

/* Close the socket and all descriptors, drop everything queued. */
void	 imsgbuf_clear(struct imsgbuf *buf);

/*
 * Queue a message of LEN bytes at DATA.  False with errno if the payload is
 * over IMSG_MAX_PAYLOAD (EMSGSIZE), the queue is full (ENOBUFS) or there is
 * no memory.
 */
bool	 imsg_compose(struct imsgbuf *buf, uint32_t type, uint32_t id,
	    const void *data, size_t len);

/*
 * Have FD go along with the message that was composed last, of which nothing
 * may have been written yet.  FD is closed when it is sent or dropped.
 */
void	 imsg_attach(struct imsgbuf *buf, int fd);

/* Is something waiting to be written?  Then poll for POLLOUT. */
bool	 imsgbuf_pending(const struct imsgbuf *buf);

/*
 * Write what can be written: IMSG_OK when all is, IMSG_AGAIN if not yet.  With
 * buf->short_of the kernel has no memory now, or too many descriptors are on
 * their way, be they other programs': poll does not tell when that is over.
 */
enum imsg_status imsgbuf_flush(struct imsgbuf *buf);

/*
 * Read what is there, once.  IMSG_OK if something came; IMSG_AGAIN also when
 * memory is short or the input full of messages not yet taken.  After IMSG_EOF
 * the messages that were complete can still be taken.
 */
enum imsg_status imsgbuf_read(struct imsgbuf *buf);

/*
 * Take the next complete message: IMSG_OK with *MSG filled, IMSG_AGAIN if
 * there is none yet, IMSG_ERROR (EBADMSG) for a frame that cannot be right:
 * too long, or announcing a descriptor that did not come.  A descriptor that
 * came without being announced is kept for the next message that has one, up
 * to IMSG_MAX_FDS of them.
 */
enum imsg_status imsg_get(struct imsgbuf *buf, struct imsg *msg);

#endif
