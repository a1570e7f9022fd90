/*
 * The launcher starts the other processes and says when they end.  It is the
 * parent's first child, forked while the parent still has its privileges, so
 * that the parent itself needs neither fork(2) nor execve(2), nor the
 * capabilities that becoming another user takes - and so that a child that
 * died can be replaced long after the parent has given those up.
 */
#ifndef NTPD_LAUNCHER_H
#define NTPD_LAUNCHER_H

#include <sys/types.h>

#include "ntpd/messages.h"

/* The launcher process, PARENT_FD its channel to the parent.  Never returns. */
void	 launcher_main(int parent_fd) __attribute__((noreturn));

#endif
