/*
 * The engine: asks the servers, decides what the time is, tells the parent
 * what to do about the clock and the servers what to tell others.
 */
#ifndef NTPD_ENGINE_H
#define NTPD_ENGINE_H

/* The engine process, PARENT_FD its channel to the parent.  Never returns. */
void	 engine_main(int parent_fd) __attribute__((noreturn));

#endif
