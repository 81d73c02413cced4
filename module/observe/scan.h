/* SPDX-License-Identifier: GPL-2.0 */
/*
 * scan.h - listeners that have no entry.
 *
 * Job: give them one, and count those that cannot have one.
 * Context: process.
 * Does not: show them (listener.h).
 */
#ifndef _TCPA_SCAN_H
#define _TCPA_SCAN_H

/*
 * Give every listener without an entry one, and count anew those that cannot
 * have one. Process context, sleeps; one at a time.
 */
void tcpa_listeners_scan(void);

#endif /* _TCPA_SCAN_H */
