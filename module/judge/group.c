// SPDX-License-Identifier: GPL-2.0
/*
 * group.c - SO_REUSEPORT groups among the listeners of a sample.
 *
 * Open addressing with linear probing over the `bucket` fields. A group number is
 * a hash already (or a small count), so that one multiplication spreads it.
 *
 * Context: any; pure. Linear in the number of listeners.
 * Does not: judge a member.
 */
#include "group.h"

static __u32 home(const struct tcpa_sample *s, __u32 group)
{
	__u32 hash = group * 0x9e3779b1U;

	return ((__u64)hash * s->nr_listeners) >> 32;
}

/*
 * The bucket that holds @group, or the free one where it belongs, or if there
 * is neither, any other.
 */
static __u32 probe(const struct tcpa_sample *s, __u32 group)
{
	__u32 i = home(s, group), n;

	for (n = s->nr_listeners; n > 0; n--) {
		if (!s->listeners[i].bucket.group ||
		    s->listeners[i].bucket.group == group)
			break;
		i = i + 1 < s->nr_listeners ? i + 1 : 0;
	}
	return i;
}

/*
 * Had clients too, refused nobody and never filled more than 1/@den of its accept
 * queue. One without any has just come, as at a reload, and tells nothing.
 */
static bool has_room(const struct tcpa_listener_sample *l, __u32 den)
{
	return l->ev.sum.syns && !l->ev.sum.overflows_syn && !l->ev.sum.overflows_ack &&
	       (__u64)l->ev.sum.accept_hi * den <= (__u64)l->backlog + 1;
}

static void count_member(struct tcpa_sample *s,
			 const struct tcpa_listener_sample *l)
{
	struct tcpa_group *g = &s->listeners[probe(s, l->group)].bucket;

	g->group = l->group;
	g->members++;
	g->below_half += has_room(l, 2);
	g->below_quarter += has_room(l, 4);
}

void tcpa_groups_count(struct tcpa_sample *s)
{
	__u32 i;

	for (i = 0; i < s->nr_listeners; i++)
		memset(&s->listeners[i].bucket, 0, sizeof(s->listeners[i].bucket));
	for (i = 0; i < s->nr_listeners; i++)
		if (s->listeners[i].group)
			count_member(s, &s->listeners[i]);
}

const struct tcpa_group *tcpa_group_find(const struct tcpa_sample *s,
					 __u32 group)
{
	const struct tcpa_group *g;

	if (!group || !s->nr_listeners)
		return NULL;
	g = &s->listeners[probe(s, group)].bucket;
	return g->group == group ? g : NULL;
}
