/* SPDX-License-Identifier: GPL-2.0 */
/*
 * listener_table.h - all listeners from tables/listeners, without a file of each.
 * published_listeners.c has the same from the files.
 */
#ifndef _TCPADVISOR_LISTENER_TABLE_H
#define _TCPADVISOR_LISTENER_TABLE_H

#include "known_listener.h"

/*
 * Call @fn for each listener of the table; what it cannot read is complained of, and
 * is as published_listeners.h says of a file. @fn owns nothing of @l. 0, what @fn
 * returned if that is not 0, -ENOENT if there is no table to read, or another error.
 * @changes, if not NULL, is what the table's head said.
 */
int listener_table_each(int (*fn)(void *arg, const struct listener *l), void *arg,
			__u64 *changes);

/* What the table's head says of changes now. */
int listener_table_changes(__u64 *changes);

#endif /* _TCPADVISOR_LISTENER_TABLE_H */
