/* SPDX-License-Identifier: GPL-2.0 */
/*
 * group.h - SO_REUSEPORT groups among the listeners of a sample.
 *
 * Job: count, per group, the members and those with room to spare.
 * Context: any; pure. No memory of its own: the counts live in a hash table
 * made of the `bucket` fields of the sample's listeners, of which there are at
 * least as many as groups.
 * Does not: judge a member (verdict.c).
 */
#ifndef _TCPA_GROUP_H
#define _TCPA_GROUP_H

#include "sample.h"

/* Fill the table of @s. Before any other call, and after a change of @s. */
void tcpa_groups_count(struct tcpa_sample *s);

/* The counts of @group, or NULL if @s has no member of it, or for 0. */
const struct tcpa_group *tcpa_group_find(const struct tcpa_sample *s,
					 __u32 group);

#endif /* _TCPA_GROUP_H */
