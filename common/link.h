/*
 * Network interfaces by their names.
 */
#ifndef COMMON_LINK_H
#define COMMON_LINK_H

/*
 * The number of the interface NAME; 0 with errno, ENODEV if there is none.
 * Takes no other system calls than those of a UDP socket and SIOCGIFINDEX.
 */
unsigned link_number(const char *name);

#endif
