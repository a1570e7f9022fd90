/*
 * What every fuzz target includes.  A target is a file NAME_fuzz.c with what
 * is declared first.  It is built twice: with libFuzzer,
 * and with seeds.c to the program that writes its seeds.
 */
#ifndef REGRESS_FUZZ_FUZZ_H
#define REGRESS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/* The longest input that is tried; in long ones little happens per second. */
extern const size_t input_most;

/* Try one input.  0; what is wrong aborts.  Called by libFuzzer. */
int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Called by libFuzzer before it reads its options: gives it input_most. */
int	 LLVMFuzzerInitialize(int *argc, char ***argv);

/* Write the inputs that the search begins with, by the functions below. */
void	 make_seeds(void);

/* Abort, which libFuzzer reports with the input, unless it HOLDS. */
void	 require(bool holds);

/* A seed called NAME begins; the one before it is complete. */
void	 seed_begin(const char *name);

/* The seed goes on with LEN bytes at DATA. */
void	 seed_add(const void *data, size_t len);

/* The seed goes on with COUNT bytes of value BYTE. */
void	 seed_fill(uint8_t byte, size_t count);

/* A whole seed. */
void	 seed(const char *name, const void *data, size_t len);

/*
 * A whole seed as hexadecimal digits: one that was found, and is kept because
 * something was wrong with what came of it.
 */
void	 seed_hex(const char *name, const char *hex);

/* Have make_seeds() write them to the directory INTO, which exists. */
void	 write_seeds(const char *into);

#endif
