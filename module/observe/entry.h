/* SPDX-License-Identifier: GPL-2.0 */
/*
 * entry.h - the memory of listeners' entries.
 *
 * Job: give a blank entry where none may be allocated, take it back.
 * Context: see each function.
 * Does not: know what an entry is for (listener.c).
 */
#ifndef _TCPA_ENTRY_H
#define _TCPA_ENTRY_H

#include <linux/types.h>

struct kobject;
struct tcpa_listener;
struct tcpa_view;

/* Entries get their kobject from @view. Process context, sleeps. 0, -ENOMEM. */
int tcpa_entries_init(const struct tcpa_view *view);

/*
 * Have spare entries, if this kernel needs them; fewer if memory is short, until
 * this is called again. Process context, sleeps.
 */
void tcpa_entries_fill(void);

/* Free all of it. Process context; no entry is left but spare ones. */
void tcpa_entries_exit(void);

/*
 * An entry of no listener, with a kobject that has no name yet; or
 * NULL. @may_sleep: process context that may sleep, else a hook's.
 */
struct tcpa_listener *tcpa_entry_get(bool may_sleep);

/* Give back an entry that nobody has seen. Context as for its getting. */
void tcpa_entry_put(struct tcpa_listener *l, bool may_sleep);

/* Release of the entry's @kobj, called when the last reference is put. */
void tcpa_entry_release(struct kobject *kobj);

#endif /* _TCPA_ENTRY_H */
