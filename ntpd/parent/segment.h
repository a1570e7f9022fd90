/*
 * A file of memory that one process writes and any number of programs map and
 * read, without a lock: while it is being written, a generation in it is odd.
 */
#ifndef NTPD_PARENT_SEGMENT_H
#define NTPD_PARENT_SEGMENT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Open or make the file PATH of LEN bytes and map it.  NULL, logged, if it
 * cannot be had, or if others than root and this process may write it.
 */
void	*segment_map(const char *path, size_t len);

/*
 * Copy the LEN bytes FROM to PAGE, without tearing any of their words of 32
 * bits, to which LEN, FROM and PAGE are aligned.
 */
void	 segment_copy(void *page, const void *from, size_t len);

/*
 * A page is written between BEGIN and END: its generation is odd then, and
 * readers wait.  They are macros because generations differ in width.  None
 * becomes 0 again: in ClockBound's that means that nothing has been written.
 */
#define SEGMENT_BEGIN(page)	do {					\
	__atomic_store_n(&(page)->generation,				\
	    (__typeof__((page)->generation))((page)->generation | 1),	\
	    __ATOMIC_RELAXED);						\
	__atomic_thread_fence(__ATOMIC_RELEASE);			\
} while (0)
#define SEGMENT_END(page)	do {					\
	__typeof__((page)->generation) next_ =				\
	    (__typeof__((page)->generation))((page)->generation + 1);	\
									\
	__atomic_store_n(&(page)->generation, next_ == 0 ? 2 : next_,	\
	    __ATOMIC_RELEASE);						\
} while (0)

#endif
