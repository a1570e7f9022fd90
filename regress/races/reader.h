/*
 * A thread that reads what another one publishes.  A file of its own: the
 * library's names are those of ntpd's timestamps, too.
 */
#ifndef REGRESS_RACES_READER_H
#define REGRESS_RACES_READER_H

#include <pthread.h>
#include <stdbool.h>

struct reader {
	const void	*page;
	const bool	*enough;	/* becomes true */
	pthread_t	 thread;
	unsigned long	 known, torn;	/* readings */
};

/*
 * For pthread_create(), with a struct reader.  Each figure of one publication
 * says the same number, so a reader sees when it has got two.
 */
void			*reader_run(void *arg);

#endif
