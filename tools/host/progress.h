/* SPDX-License-Identifier: GPL-2.0 */
/*
 * progress.h - what is counted while one waits for a span to end, as a line on a terminal
 * that is taken away again.
 */
#ifndef _TCPADVISOR_PROGRESS_H
#define _TCPADVISOR_PROGRESS_H

#include <linux/types.h>

#include "counts.h"

/* One line: @left_ms of @ms are left, and @so_far is counted. */
void progress_show(__u64 ms, __u64 left_ms, const struct counts *so_far);

/* Wait for @ms since @first was read; on a terminal, show what is counted meanwhile. */
void progress_wait(__u64 ms, const struct counts *first);

#endif /* _TCPADVISOR_PROGRESS_H */
