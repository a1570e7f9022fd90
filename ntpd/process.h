/*
 * The channel to another process, which lets nothing pass that messages.h does
 * not list.
 */
#ifndef NTPD_PROCESS_H
#define NTPD_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/imsg.h"
#include "common/loop.h"
#include "ntpd/messages.h"

/* A channel from this process (SELF) to another (PEER). */
struct channel {
	struct imsgbuf	 buf;
	enum process	 self, peer;
	bool		 open;
	int		 slot;		/* in the pollset of this turn */
};

/* A message that has passed the checks. */
struct message {
	enum message_type	 type;
	uint32_t	 id;
	int		 fd;		/* -1, or the receiver's to close */
	const void	*data;		/* exactly the payload's size */
};

/*
 * Make FD (a stream socket) the channel from SELF to PEER.  The parent takes
 * no descriptors from its children.
 */
void	 channel_open(struct channel *ch, int fd, enum process self,
	    enum process peer);

/* Close it; harmless if it is closed. */
void	 channel_close(struct channel *ch);

/*
 * Queue a message with the payload that belongs to TYPE (NULL for none) and
 * FD (-1: none; else it is closed in any case).  False if the channel is
 * closed or its queue full.  A TYPE that SELF may not send to PEER is a bug
 * here: fatal.
 */
bool	 channel_send(struct channel *ch, enum message_type type, uint32_t id,
	    int fd, const void *payload);

/*
 * Write what waits, as far as the peer takes it without delay.  What is wrong
 * with the channel shows at the next channel_transfer().
 */
void	 channel_flush(struct channel *ch);

/* Bytes waiting to be written: how far the peer is behind. */
size_t	 channel_queued(const struct channel *ch);

/* Add it to SET: always for reading, for writing while something waits. */
void	 channel_poll(struct channel *ch, struct pollset *set);

/*
 * After pollset_wait(): write and read what is possible.  False when the peer
 * is gone or sent something that cannot be: the caller closes it.
 */
bool	 channel_transfer(struct channel *ch, const struct pollset *set);

/*
 * Take the next message; false when there is none.  Messages of unknown type,
 * of the wrong length or from the wrong process are logged (a bounded number)
 * and skipped; a broken frame closes the channel.
 */
bool	 channel_receive(struct channel *ch, struct message *msg);

/*
 * Wait up to SECONDS for the first message on a channel that must be TYPE;
 * false if something else came, or nothing.  The channel is closed then if the
 * peer is gone.
 */
bool	 channel_expect(struct channel *ch, enum message_type type,
	    double seconds, struct message *msg);

/* A connected pair of non-blocking close-on-exec sockets; false with errno. */
bool	 channel_pair(int fds[2]);

#endif
