/*
 * A stream socket without a kernel, which would cost more than all that is to
 * be tried.  What comes is written in the input as a row of chunks: a byte of
 * flags, a byte of length, the bytes.  recvmsg(2), recv(2), sendmsg(2),
 * send(2), setsockopt(2) and close(2) are the kernel's for other descriptors
 * only.
 */
#ifndef REGRESS_FUZZ_STREAM_H
#define REGRESS_FUZZ_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STREAM_FD	100000	/* the socket; descriptors that come follow */
#define STREAM_FDS_MOST	1000	/* of these in one input */

/* Flags of a chunk. */
enum {
	STREAM_ONE_FD = 1,	/* a descriptor comes with its first byte */
	STREAM_THREE_FDS = 2,
	STREAM_MANY_FDS = 3,	/* more than there is room for */
	STREAM_FDS = 3,
	STREAM_OWN = 4,		/* the target's own meaning */
	STREAM_EINTR = 1 << 4,	/* recvmsg(2) fails first, once */
	STREAM_EAGAIN = 2 << 4,
	STREAM_ENOMEM = 3 << 4,
	STREAM_ECONNRESET = 4 << 4,
	STREAM_EIO = 5 << 4,
	STREAM_ERRORS = 7 << 4,
	STREAM_LONG = 1 << 7	/* STREAM_ZEROS bytes of 0 follow the others */
};

#define STREAM_ZEROS	4000

/* STREAM_FD is open, and SIZE bytes of chunks at DATA come. */
void	 stream_open(const uint8_t *data, size_t size);

/* Is there anything left to come? */
bool	 stream_more(void);

/* The flags of the chunk that the last recvmsg(2) was of. */
unsigned stream_flags(void);

/* All bytes that came so far, *LEN of them. */
const uint8_t *stream_came(size_t *len);

/* How many bytes were sent. */
size_t	 stream_sent(void);

/*
 * The next recvmsg(2), of the socket or a descriptor that came, has these LEN
 * bytes, all at once, and a descriptor if WITH_FD.
 */
void	 stream_deliver(const void *bytes, size_t len, bool with_fd);

/* A descriptor that has come some other way. */
int	 stream_descriptor(void);

/* Are the socket and all descriptors that came closed? */
bool	 stream_closed(void);

/* Seeds: a chunk with FLAGS of LEN bytes, 255 at most, at DATA. */
void	 stream_chunk(unsigned flags, const void *data, size_t len);

/* Seeds: as many chunks as it takes, FLAGS with the first. */
void	 stream_chunks(unsigned flags, const void *data, size_t len);

#endif
