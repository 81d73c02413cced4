/* SPDX-License-Identifier: GPL-2.0 */
/*
 * probes.h - what is hooked.
 *
 * Job: the table of hooked kernel functions and their handlers.
 * Context: process for the functions here.
 * Does not: know sampler, advice or sysfs.
 */
#ifndef _TCPA_PROBES_H
#define _TCPA_PROBES_H

#include <linux/types.h>

#include "hook.h"

/* Arm and disarm; see tcpa_hooks_arm(). Process context, sleeps. */
int tcpa_probes_init(enum tcpa_hooking how);
void tcpa_probes_exit(void);

/* The table, for display; @n is set to its length. */
const struct tcpa_hook *tcpa_probes(unsigned int *n);

/*
 * Calls of @i that are known to have gone by uncounted: the kernel skipped the
 * hook, or they came in a context where the handler cannot tell CPUs apart.
 */
u64 tcpa_probe_missed(unsigned int i);

#endif /* _TCPA_PROBES_H */
