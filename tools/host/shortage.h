/* SPDX-License-Identifier: GPL-2.0 */
/*
 * shortage.h - what the processes that hold a listener are short of: CPU time or
 * descriptors. A queue that overflows for want of either is no matter of its length.
 */
#ifndef _TCPADVISOR_SHORTAGE_H
#define _TCPADVISOR_SHORTAGE_H

#include <linux/types.h>
#include <sys/types.h>

/* What all of them had together; what could not be read is 0. */
struct shortage {
	__u64 ran_ms;		/* their threads' time on a CPU, */
	__u64 waited_ms;	/* and ready to run without one, since they started */
	__u64 periods;		/* of the limit of CPU time that stopped them most, */
	__u64 throttled;	/* those in which it did, */
	__u64 throttled_ms;	/* and for how long in all */
	unsigned int files;	/* descriptors of the one that has least left, */
	unsigned int files_most; /* and how many it may have */
};

/* Add what process @pid has. Reads /proc and the cgroup2 file system. */
void shortage_add(struct shortage *s, pid_t pid);

#define SHORTAGE_TEXT	200

/*
 * The @i-th thing that explains why they do not accept, in words; NULL past the last.
 * @text has SHORTAGE_TEXT bytes. Pure.
 */
const char *shortage_words(const struct shortage *s, unsigned int i, char *text);

#endif /* _TCPADVISOR_SHORTAGE_H */
