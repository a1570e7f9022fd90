/*
 * Files of memory that other programs map.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/file.h"
#include "ntpd/parent/segment.h"

void *
segment_map(const char *path, size_t len)
{
	struct stat	 st;
	void		*page = MAP_FAILED;
	int		 fd, error;

	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	/* If others could make it shorter, they could end this process. */
	if (fd != -1 && fstat(fd, &st) == 0 && file_is_own(&st)) {
		/* Room for all of it, or writing would end the process. */
		error = posix_fallocate(fd, 0, (off_t)len);
		if (error == 0)
			page = mmap(NULL, len, PROT_READ | PROT_WRITE,
			    MAP_SHARED, fd, 0);
		else
			errno = error;
	}
	if (page == MAP_FAILED)
		log_warn("%s cannot be written: programs are not told there "
		    "how right the clock is", path);
	if (fd != -1)
		close(fd);
	return page == MAP_FAILED ? NULL : page;
}

void
segment_copy(void *page, const void *from, size_t len)
{
	uint32_t	*to = page;
	const uint32_t	*word = from;
	size_t		 i;

	for (i = 0; i < len / sizeof(*to); i++)
		__atomic_store_n(&to[i], word[i], __ATOMIC_RELAXED);
}
