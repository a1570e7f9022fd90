/*
 * The time stamps that come with a packet: the kernel's, and those of a network
 * card, by the card's own clock.
 */
#ifndef COMMON_STAMP_H
#define COMMON_STAMP_H

#include <sys/socket.h>

#include <stdbool.h>
#include <stdint.h>

struct stamp {
	bool		 has_kernel, has_card;
	int64_t		 kernel;	/* ns since 1970, CLOCK_REALTIME */
	int64_t		 card;		/* ns, by the clock of that */
	uint32_t	 interface;	/* whose card it is; 0: not known */
};

/* Room for the control messages that stamp_read() looks for, bytes. */
#define STAMP_CONTROL	256

/*
 * Add to *STAMP, which is empty or has what came before of the same packet,
 * what the control messages of MSG say.  A time that no clock shows is ignored;
 * a wrong clock may show any other.
 */
void	 stamp_read(struct stamp *stamp, struct msghdr *msg);

#endif
