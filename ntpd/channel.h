/*
 * The channel to another process, which lets nothing pass that messages.h does
 * not list.
 */
#ifndef NTPD_CHANNEL_H
#define NTPD_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/imsg.h"
#include "common/pollset.h"
#include "ntpd/messages.h"

/*
 *  what comes is	legal			this ends with
 *  CHANNEL_NEW		BEFORE_FIRST, AT_FIRST	AT_FIRST
 *  CHANNEL_BEGUN	ANYTIME, CONFIGURES	CONFIGURES
 *  CHANNEL_CONFIGURED	all but these two	the channel
 * It is begun at once if no message between the two is to come at first.
 */
enum channel_state { CHANNEL_NEW, CHANNEL_BEGUN, CHANNEL_CONFIGURED };

/* A channel from this process (SELF) to another (PEER). */
struct channel {
	struct imsgbuf	 buf;
	enum process	 self, peer;
	bool		 open;
	enum channel_state state;	/* of what comes */
	int		 fd;		/* came with the last message; or -1 */
	int		 slot;		/* in the pollset of this turn */
	struct instant	 rests_until;	/* nothing is written before that */
};

/* A message that has passed the checks. */
struct message {
	enum message_type	 type;
	uint32_t	 id;
	const void	*data;		/* the payload */
	size_t		 size;		/* of it, as the table says */
	struct channel	*from;
	struct instant	 at;		/* when it was taken */
};

/* Rows of a table of functions by type: TO_ENGINE(MESSAGE_HANDLER). */
#define MESSAGE_HANDLER(name, from, to, payload, fd, when, handler)	\
	[MSG_##name] = handler,

/*
 * Make FD (a stream socket) the channel from SELF to PEER.  It takes
 * descriptors only as long as a message that brings one can come: the parent
 * never does, nor does any other process from one that is not the parent.
 */
void	 channel_open(struct channel *ch, int fd, enum process self,
	    enum process peer);

/* Close it; harmless if it is closed. */
void	 channel_close(struct channel *ch);

/*
 * Queue a message with the payload that belongs to TYPE (NULL for none) and
 * FD (-1: none; else it is closed in any case).  False if the channel is
 * closed or its queue full.  A TYPE that SELF may not send to PEER, or not
 * with FD, is a bug here: fatal.
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
 * Take the next message; false when there is none.  What messages.h does not
 * list, or not for now, is logged (a bounded number) and skipped; a broken
 * frame closes the channel.  The message before, and its descriptor if nobody
 * has taken it, is no more.  The question whether this process lives is
 * answered here: who comes to read it does.
 */
bool	 channel_receive(struct channel *ch, struct message *msg);

/* Take over the descriptor of a message WITH_FD, once: the caller closes it. */
int	 message_take_fd(const struct message *msg);

/* Make the descriptor of MSG the channel CH to PEER, in place of the old. */
void	 channel_replace(struct channel *ch, const struct message *msg,
	    enum process peer);

/*
 * Wait up to SECONDS for the next message; false if there is none.  The channel
 * is closed then if the peer is gone.
 */
bool	 channel_await(struct channel *ch, double seconds,
	    struct message *msg);

/* A connected pair of non-blocking close-on-exec sockets; false with errno. */
bool	 channel_pair(int fds[2]);

#endif
