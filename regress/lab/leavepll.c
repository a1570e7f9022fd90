/*
 * Leaves the kernel's PLL as a daemon does that is killed: for the test
 * leavepll.t, in the lab's guest only.
 *
 * usage: leavepll offset-in-us on|off
 */
#include <sys/timex.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
main(int argc, char **argv)
{
	struct timex	 on = {
		.modes = ADJ_STATUS | ADJ_OFFSET | ADJ_TIMECONST | ADJ_MICRO,
		.status = STA_PLL, .constant = 10
	};
	struct timex	 off = { .modes = ADJ_STATUS };

	if (argc != 3) {
		fprintf(stderr, "usage: leavepll offset-in-us on|off\n");
		return 2;
	}
	on.offset = strtol(argv[1], NULL, 10);
	if (adjtimex(&on) == -1 ||
	    (strcmp(argv[2], "off") == 0 && adjtimex(&off) == -1)) {
		perror("adjtimex");
		return 1;
	}
	return 0;
}
