/*
 * Constants of RFC 5905 that several processes share.
 */
#ifndef COMMON_RFC5905_H
#define COMMON_RFC5905_H

/* STEPT (11.3), s: a larger offset is stepped, and is not "synchronized". */
#define STEPT		0.128

/* MAXFREQ (11.3), s/s: no oscillator is taken to be off by more. */
#define MAXFREQ		500e-6

/* PHI (11.1), s/s: how fast a clock may go wrong that nobody corrects. */
#define PHI		15e-6

#endif
