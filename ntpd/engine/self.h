/*
 * Is a server this machine itself, or has it its time from this machine?  It
 * would confirm whatever our clock says.
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
#include "ntpd/payloads.h"

/*
 * Is ADDR, with its port, an address of this machine at this moment?  Opens a
 * socket to find out, and sends nothing.  False if in doubt.
 */
bool	 self_has_address(const struct addr *addr);

/*
 * Is REFID, of a server whose stratum is above 1, an address of this machine?
 * OWN are its IPv6 addresses, as the parent says.  Addresses in 127/8 do not
 * count here: servers use them as names of their local clocks.  A private IPv4
 * address of ours may also be that of a machine in another network.  A server
 * that has its time from there is not used either.
 */
bool	 self_has_refid(const struct own_refids *own, const uint8_t refid[4]);

#endif
