#include <sys/ioctl.h>

#include <unistd.h>

#include "ntpctl/terminal.h"

size_t
terminal_width(void)
{
	struct winsize	 size;

	if (!isatty(STDOUT_FILENO) ||
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == -1)
		return 0;
	return size.ws_col;
}
