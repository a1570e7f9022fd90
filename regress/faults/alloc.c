/*
 * Allocations that inject.c can see and let fail: linked into ntpd in place of
 * the C library's.  Those of libseccomp do not fail: ntpd reserves memory for
 * them.
 */
#include <sys/syscall.h>

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "regress/faults/alloc.h"

void	*__libc_malloc(size_t size);
void	*__libc_calloc(size_t n, size_t size);
void	*__libc_realloc(void *p, size_t size);

void	*malloc(size_t size);
void	*calloc(size_t n, size_t size);
void	*realloc(void *p, size_t size);

static bool
fails(const void *caller)
{
	int		 before = errno;
	Dl_info		 info;

	if (dladdr(caller, &info) != 0 &&
	    strstr(info.dli_fname, "libseccomp") != NULL)
		return false;
	(void)syscall(SYS_clock_gettime, ALLOC_CLOCK, NULL);
	if (errno == ENOMEM)
		return true;
	errno = before;
	return false;
}

void *
malloc(size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL :
	    __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL :
	    __libc_calloc(n, size);
}

void *
realloc(void *p, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL :
	    __libc_realloc(p, size);
}
