/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reconcile.h - bring what is shown in line with what there is.
 *
 * Job: show new entries, remove those that are pending.
 * Context: process; sleeps, for RCU grace periods too.
 * Does not: look for listeners (scan.h) or see them end (listener.h).
 */
#ifndef _TCPA_RECONCILE_H
#define _TCPA_RECONCILE_H

struct tcpa_view;

/*
 * Entries are shown through @view. tcpa_reconcile_exit() needs every namespace
 * gone, and every entry marked so.
 */
void tcpa_reconcile_init(const struct tcpa_view *view);
void tcpa_reconcile_exit(void);

/* Takes tcpa_netns_lock for a moment now and then. */
void tcpa_listeners_reconcile(void);

/* Remove every entry. Hooks disarmed. */
void tcpa_listeners_remove_all(void);

#endif /* _TCPA_RECONCILE_H */
