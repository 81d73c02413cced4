/* SPDX-License-Identifier: GPL-2.0 */
/*
 * view.h - what this wing asks of whoever shows its entries to readers.
 *
 * Job: the calls, handed in at load, so that nothing here knows how or where an
 * entry is shown.
 * Context: see each call.
 */
#ifndef _TCPA_VIEW_H
#define _TCPA_VIEW_H

struct kobject;
struct tcpa_listener;
struct tcpa_net;

struct tcpa_view {
	/*
	 * Prepare the kobject of a new entry. Its last put has to call
	 * tcpa_entry_release(). Any context.
	 */
	void (*init)(struct kobject *kobj);

	/* Show @l. Returns 0 or a negative error. Process context, sleeps. */
	int (*show)(struct tcpa_listener *l);

	/*
	 * Nobody who goes through @l's namespace finds it there any more; who has
	 * found it keeps it for an RCU read side section. Process context.
	 */
	void (*unlist)(struct tcpa_listener *l);

	/* Take back what show() did. Waits for readers. Process context. */
	void (*hide)(struct tcpa_listener *l);

	/* @tn goes away, nobody reads it any more. Process context. */
	void (*forget)(struct tcpa_net *tn);
};

#endif /* _TCPA_VIEW_H */
