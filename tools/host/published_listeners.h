/* SPDX-License-Identifier: GPL-2.0 */
/*
 * published_listeners.h - the listening sockets of this namespace, as the module
 * publishes them below listeners/, and who owns them.
 */
#ifndef _TCPADVISOR_PUBLISHED_LISTENERS_H
#define _TCPADVISOR_PUBLISHED_LISTENERS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "known_listener.h"

/*
 * Read all listeners, from the module's table if it has one, or else from their files;
 * one that goes away meanwhile is left out. One that cannot be
 * read is complained of, counted, and does not hide the others. Complains itself;
 * negative errno. Needs listeners_free() after success.
 */
int listeners_read(struct listeners *ls);

/*
 * Add what all listeners have counted to @sum, without reading anything else of
 * them. The same.
 */
int listeners_sum(struct counters *sum);

/*
 * True if none of them was closed since they were read, so that none is in closed/
 * also, which was read meanwhile.
 */
bool listeners_still_there(const struct listeners *ls);

/* Find the process behind each. Silent: what cannot be found has pid 0. */
void listeners_own(struct listeners *ls);

/* The same of those in trouble: without any, nobody's descriptors are looked at. */
void listeners_own_troubled(struct listeners *ls);

/* Forget all for which @keep is not true. */
void listeners_keep(struct listeners *ls, bool (*keep)(const struct listener *l, const void *arg),
		    const void *arg);

void listeners_free(struct listeners *ls);

/*
 * True if the listener called @name (ADDR:PORT@COOKIE) is what @subject
 * names: the same, its ADDR:PORT, or :PORT for any address.
 */
bool listener_named(const char *name, const char *subject);

#endif /* _TCPADVISOR_PUBLISHED_LISTENERS_H */
