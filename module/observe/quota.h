/* SPDX-License-Identifier: GPL-2.0 */
/*
 * quota.h - who may have how many of the entries.
 *
 * Job: count entries by owner, and say whether there is room for one more.
 * Context: any; the caller's lock orders all calls but tcpa_quota_room(), whose
 * answer is a guess without it.
 * Does not: keep entries.
 */
#ifndef _TCPA_QUOTA_H
#define _TCPA_QUOTA_H

#include <linux/types.h>

#include "state.h"

/* There are @max entries in all. Before any other call. */
void tcpa_quota_init(unsigned int max);

/* Whose listener @sk is. */
struct tcpa_owner tcpa_quota_owner(const struct sock *sk);

/* There is room for an entry of @owner in @tn. */
bool tcpa_quota_room(const struct tcpa_owner *owner, const struct tcpa_net *tn);

/* Take it, or give it back. */
void tcpa_quota_take(const struct tcpa_owner *owner, struct tcpa_net *tn);
void tcpa_quota_give(const struct tcpa_owner *owner, struct tcpa_net *tn);

/* Entries in all. */
unsigned int tcpa_quota_used(void);

#endif /* _TCPA_QUOTA_H */
