/*
 * As much of libbsd as the unit tests of regress/cross.t need, for machines
 * for which there is no library of it here.
 */
#include <sys/random.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t
strlcpy(char *to, const char *from, size_t size)
{
	size_t		 n = strlen(from), fits = n < size ? n : size - 1;

	if (size > 0) {
		memcpy(to, from, fits);
		to[fits] = '\0';
	}
	return n;
}

size_t
strlcat(char *to, const char *from, size_t size)
{
	size_t		 n = strnlen(to, size);

	return n + strlcpy(to + n, from, size - n);
}

/* Weak: a test may have its own. */
__attribute__((weak)) void
arc4random_buf(void *bytes, size_t n)
{
	if (getrandom(bytes, n, 0) != (ssize_t)n)
		abort();
}

__attribute__((weak)) uint32_t
arc4random(void)
{
	uint32_t	 r;

	arc4random_buf(&r, sizeof(r));
	return r;
}

long long
strtonum(const char *text, long long least, long long most,
    const char **error)
{
	char		*end;
	long long	 n;
	const char	*why = NULL;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0)
		why = "invalid";
	else if (n < least)
		why = "too small";
	else if (n > most)
		why = "too large";
	if (error != NULL)
		*error = why;
	return why == NULL ? n : 0;
}

int
heapsort(void *base, size_t n, size_t size,
    int (*compare)(const void *, const void *))
{
	qsort(base, n, size, compare);
	return 0;
}
