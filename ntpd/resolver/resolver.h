/*
 * The resolver turns the names of servers into addresses, for the engine,
 * which may not.  A process of its own, because the C library's resolver
 * reads files, loads modules and parses what strangers send.
 */
#ifndef NTPD_RESOLVER_RESOLVER_H
#define NTPD_RESOLVER_RESOLVER_H

/*
 * Be the resolver until the parent closes PARENT_FD, the channel to it.
 * Expects CHILD_SETUP first.  Never returns.
 */
void	 resolver_main(int parent_fd) __attribute__((noreturn));

#endif
