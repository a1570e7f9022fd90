/*
 * Replacing a file, so that it is whole at any time.
 */
#ifndef NTPD_PARENT_FILE_H
#define NTPD_PARENT_FILE_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

/*
 * Have FILE be the LEN bytes of TEXT, with MODE.  False, with errno and FILE as
 * it was, on failure.
 */
bool	 file_replace(const char *file, mode_t mode, const char *text,
	    size_t len);

#endif
