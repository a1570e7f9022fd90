/*
 * Nobody is a witness of himself: is it this machine that we are about to ask,
 * or that a server has its time from?
 *
 * A request would lead back to us in one of these ways:
 *
 *  by                          noticed by
 *  127/8, ::1                  the address itself
 *  an address of this machine  the kernel, asked before each request: addresses
 *                              come and go
 *  another way (a forwarded    the mark in the request (common/mark.h): a
 *  port, translation)          server process has seen it
 *
 * What cannot be noticed: another program that answers on this machine, and is
 * reached in another way than by an address of it.
 */
#ifndef NTPD_ENGINE_SELF_H
#define NTPD_ENGINE_SELF_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "ntpd/messages.h"

/*
 * Is ADDR, with its port, an address of this machine at this moment?  Opens a
 * socket to find out, and sends nothing.  False if in doubt.
 */
bool	 self_has_address(const struct addr *addr);

/*
 * Is REFID, of a server whose stratum is above 1, an address of this machine?
 * OWN are those of IPv6, as the parent says.  127/8 are not, here: that is how
 * servers call their local clocks.  An IPv4 address that is private may also
 * be another machine's, in another network: that server is not used either.
 */
bool	 self_has_refid(const struct own_refids *own, const uint8_t refid[4]);

#endif
