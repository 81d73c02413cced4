/* SPDX-License-Identifier: GPL-2.0 */
/*
 * published_curve.h - what other backlogs of a listener would have refused.
 */
#ifndef _TCPADVISOR_PUBLISHED_CURVE_H
#define _TCPADVISOR_PUBLISHED_CURVE_H

#include <linux/types.h>
#include <stdbool.h>

#define CURVE_POINTS	14	/* the backlog, and powers of two above it */

struct curve {
	bool complete;		/* nobody was missed */
	__u64 need;		/* the least backlog that would have refused nobody */
	unsigned int nr;	/* 0: nothing was refused, or the module is older */
	struct {
		__u64 backlog, refused, wait_ms;
	} point[CURVE_POINTS];
};

/*
 * Read that of the listener @name. 0, with none in it if there is none; complains itself
 * and returns a negative errno if the table is not as it should be.
 */
int curve_read(const char *name, struct curve *c);

#endif /* _TCPADVISOR_PUBLISHED_CURVE_H */
