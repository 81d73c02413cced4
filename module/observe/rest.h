/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rest.h - listeners that are not recorded for a while, after a long time of trouble.
 *
 * Job: remember which, in a fixed amount of memory.
 * Context: any; no lock.
 * Does not: say when one is to rest (record.c).
 */
#ifndef _TCPA_REST_H
#define _TCPA_REST_H

#include <linux/types.h>

struct tcpa_listener;

/* @l rests for @seconds from now on. */
void tcpa_rest(const struct tcpa_listener *l, u32 seconds);

/* It does. */
bool tcpa_rests(const struct tcpa_listener *l);

#endif /* _TCPA_REST_H */
