/*
 * ntpctl check: one line and an exit code for Nagios and those who took over
 * its plugin interface.
 */
#ifndef NTPCTL_CHECK_H
#define NTPCTL_CHECK_H

/*
 * Run "ntpctl check" with these arguments.  Returns an exit code of such a
 * plugin: 0 fine, 1 warning, 2 critical, 3 unknown.
 */
int	 check_main(int argc, char **argv);

#endif
