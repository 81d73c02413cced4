/* SPDX-License-Identifier: GPL-2.0 */
/*
 * coverage.h - whether armed hooks are called.
 *
 * Job: compare their hits with the connections that the kernel has counted.
 * Context: see each function.
 * Does not: count for anybody else.
 */
#ifndef _TCPA_COVERAGE_H
#define _TCPA_COVERAGE_H

#include <linux/types.h>

/*
 * Mark the hooks that were silent in the @window jiffies since they were last
 * looked at; before that time nothing is done. Process context, the sampler's.
 */
void tcpa_coverage_check(unsigned long window);

/* Whether hook @i was silent when it was last to be called. Any context. */
bool tcpa_coverage_silent(unsigned int i);

#endif /* _TCPA_COVERAGE_H */
