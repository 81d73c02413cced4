/* SPDX-License-Identifier: GPL-2.0 */
/*
 * recommend.h - the text of /sys/kernel/tcpadvisor/recommend.
 *
 * Job: write findings as sysctl.d(5) text: comments that carry the evidence,
 * `key = value` lines that sysctl -p takes as they are.
 * Context: any; pure, compiles unchanged in user space.
 * Does not: judge, or decide when to publish.
 */
#ifndef _TCPA_RECOMMEND_H
#define _TCPA_RECOMMEND_H

#include "findings.h"

/*
 * Write the text for @f into @buf (@size >= 512, one page in the kernel), NUL
 * terminated, always whole lines, worst first. What does not fit is left out
 * from the end, each key line together with its comments, and the last line
 * then says how many findings were left out. Returns the length without NUL.
 */
int tcpa_recommend_text(char *buf, size_t size, unsigned int netns_inum,
			__u64 generation, const struct tcpa_sample *s,
			const struct tcpa_findings *f);

#endif /* _TCPA_RECOMMEND_H */
