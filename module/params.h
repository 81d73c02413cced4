/* SPDX-License-Identifier: GPL-2.0 */
/*
 * params.h - the module's parameters.
 *
 * Job: their values, always within range.
 * Context: read anywhere with READ_ONCE(); written through
 * /sys/module/tcpadvisor/parameters and at load.
 */
#ifndef _TCPA_PARAMS_H
#define _TCPA_PARAMS_H

/*
 * Length of a sampling interval in milliseconds, 100 to 1000. Not longer,
 * because a client repeats its SYN after one second and a run without accept(2)
 * is judged in steps of an interval.
 */
extern unsigned int tcpa_interval_ms;

/* Length of a window of evidence in seconds, 5 to 3600. */
extern unsigned int tcpa_window_s;

/* Entries in the table of listeners; set at load only. */
extern unsigned int tcpa_max_listeners;

/* How functions are hooked, an enum tcpa_hooking; set at load only. */
extern unsigned int tcpa_hooks;

#endif /* _TCPA_PARAMS_H */
