/*
 * The terminal that standard output may be.
 */
#ifndef NTPCTL_TERMINAL_H
#define NTPCTL_TERMINAL_H

#include <stddef.h>

/* How many columns a line may have; 0: it is no terminal, or does not say. */
size_t	 terminal_width(void);

#endif
