/* SPDX-License-Identifier: GPL-2.0 */
/*
 * requested.h - the backlog that a process asks for, before somaxconn caps it.
 *
 * Job: find it in the system call that is running.
 * Context: process, in the middle of that system call; atomic.
 * Does not: hook (probes.c).
 */
#ifndef _TCPA_REQUESTED_H
#define _TCPA_REQUESTED_H

#include <linux/types.h>

/*
 * What the current process asks of listen(2). TCPA_UNKNOWN for anything but that call,
 * or it in socketcall(2), and in a foreign ABI for those of x86-64's i386.
 */
s64 tcpa_requested_backlog(void);

#endif /* _TCPA_REQUESTED_H */
