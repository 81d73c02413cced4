/* SPDX-License-Identifier: GPL-2.0 */
/*
 * quota.h - who may have how many of the entries, or of what few entries have.
 *
 * Job: count them by owner, and say whether there is room for one more.
 * Context: any; the caller's lock orders all calls but tcpa_quota_room(), whose
 * answer is a guess without it.
 * Does not: keep entries.
 */
#ifndef _TCPA_QUOTA_H
#define _TCPA_QUOTA_H

#include <linux/types.h>

#include "state.h"

struct net;
struct sock;

#define TCPA_UID_BITS 8

struct tcpa_quota {
	unsigned int most;
	unsigned int used;
	unsigned int used_by_others;
	unsigned int used_by_uid[1 << TCPA_UID_BITS];
};

/* There are @most in all. Before any other call. */
void tcpa_quota_init(struct tcpa_quota *q, unsigned int most);

/* Whose listener @sk is, as listen(2) is called or later. */
struct tcpa_owner tcpa_quota_owner(const struct sock *sk);

/* Who makes @net. In his context, or that of who loads the module; process context. */
struct tcpa_owner tcpa_quota_maker(const struct net *net);

/* There is room for one of @owner in @tn, which has @in_net. */
bool tcpa_quota_room(const struct tcpa_quota *q, const struct tcpa_owner *owner,
		     const struct tcpa_net *tn, const unsigned int *in_net);

/* Take it, or give it back; @in_net is counted, too. */
void tcpa_quota_take(struct tcpa_quota *q, const struct tcpa_owner *owner,
		     unsigned int *in_net);
void tcpa_quota_give(struct tcpa_quota *q, const struct tcpa_owner *owner,
		     unsigned int *in_net);

#endif /* _TCPA_QUOTA_H */
