/* SPDX-License-Identifier: GPL-2.0 */
/*
 * set.h - the published set: what `recommend` shows, complete and immutable.
 *
 * Job: publish, show and withdraw the text of one namespace.
 * Context: writers are the sampler and namespace exit (process); readers any
 * process, under RCU.
 * Does not: judge or write the text.
 */
#ifndef _TCPA_SET_H
#define _TCPA_SET_H

#include <linux/rcupdate.h>
#include <linux/types.h>

struct tcpa_net;

struct tcpa_set {
	struct rcu_head rcu;
	u64 generation;
	unsigned int len;
	char text[];
};

/* A generation larger than any before in @tn. tcpa_netns_lock held. */
u64 tcpa_set_next_generation(struct tcpa_net *tn);

/*
 * Replace @tn's set by @text (@len bytes). Returns 0, or -ENOMEM, which leaves
 * the old one in place. tcpa_netns_lock held.
 */
int tcpa_set_publish(struct tcpa_net *tn, u64 generation, const char *text,
		     unsigned int len);

/* The present one is @text (@len bytes). tcpa_netns_lock held. */
bool tcpa_set_says(const struct tcpa_net *tn, const char *text, unsigned int len);

/* Drop @tn's set. Nobody publishes any more. */
void tcpa_set_withdraw(struct tcpa_net *tn);

/* Copy @tn's text into @buf of one page; the length. Sleeps not. */
ssize_t tcpa_set_show(struct tcpa_net *tn, char *buf);

/* Its number, 0 before the first. */
u64 tcpa_set_generation(struct tcpa_net *tn);

#endif /* _TCPA_SET_H */
