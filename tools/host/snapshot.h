/* SPDX-License-Identifier: GPL-2.0 */
/*
 * snapshot.h - advice and listeners of one namespace, of one generation.
 */
#ifndef _TCPADVISOR_SNAPSHOT_H
#define _TCPADVISOR_SNAPSHOT_H

#include "published_listeners.h"
#include "namespaces.h"
#include "published_advice.h"

struct snapshot {
	struct recommend recommend;
	struct listeners listeners;
	char text[RECOMMEND_MAX];	/* of recommend, as read */
};

/*
 * Read both, so that they belong together if sets do not come faster than they
 * can be read, and make sure that they speak of @ns. Complains itself; negative
 * errno. Needs snapshot_free() after success.
 */
int snapshot_read(struct snapshot *s, const struct netns *ns);

/* Only make sure that there is a module and that /sys speaks of @ns. The same. */
int snapshot_check(const struct netns *ns);

/* Make sure that these listeners are of the namespace we are in. The same. */
int snapshot_check_listeners(const struct listeners *ls);

void snapshot_free(struct snapshot *s);

#endif /* _TCPADVISOR_SNAPSHOT_H */
