// SPDX-License-Identifier: GPL-2.0
/*
 * table_listeners.c - tables/listeners, all that listeners/ has, a row each.
 *
 * The path of a cgroup is as long as it likes, another one in each cgroup namespace,
 * and cgroups' own lock guards it; so a row has the cgroup's ID, as `ss` does, and
 * who wants the path reads it from one listener's directory for each cgroup.
 *
 * A row's entry and socket are there for the RCU read side section it is made in: the
 * entry is freed a grace period after it has left tn->rows (reconcile.c), and so is
 * a socket that has ever been hashed as a listener (SOCK_RCU_FREE).
 * Context: process, in the read() of a file.
 * Does not: page (tables.c).
 */
#include "tables.h"

#include <linux/build_bug.h>
#include <linux/cgroup.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/xarray.h>
#include <net/inet_connection_sock.h>
#include <net/sock.h>

#include "judge/sample.h"
#include "observe/attribution.h"
#include "observe/distribution.h"
#include "observe/listener.h"
#include "observe/state.h"

/* The longest name, thirteen numbers of 64 bits, nine of 32, a word, a digit. */
#define ROW_MAX	(TCPA_NAME_MAX + 13 * 21 + 9 * 12 + 20 + 2)

/* Those before the counters. */
#define LISTENER_COLUMNS \
	"listener inode cgroup_id backlog backlog_requested accept_queue accept_queue_peak accept_wait_ms accept_wait_peak_ms syn_queue syn_queue_peak"

static u64 cgroup_of(const struct sock *sk)
{
#ifdef CONFIG_SOCK_CGROUP_DATA
	return cgroup_id(sock_cgroup_ptr((struct sock_cgroup_data *)&sk->sk_cgrp_data));
#else
	return 0;
#endif
}

/* listen(2) takes an int: -1 asks for as much as there is. */
static char *put_requested(char *at, s64 requested)
{
	if (requested == TCPA_UNKNOWN)
		return tcpa_put_word(at, "unknown");
	if ((int)requested < 0)
		*at++ = '-';
	return tcpa_put_number(at, abs((s64)(int)requested));
}

static char *put_queues(char *at, const struct tcpa_listener *l, const struct sock *sk)
{
	u32 accept = READ_ONCE(sk->sk_ack_backlog);
	u32 syn = max(inet_csk_reqsk_queue_len(sk), 0);
	u32 accept_peak = accept, syn_peak = syn;

	tcpa_listener_peaks(l, &accept_peak, &syn_peak);
	at = tcpa_put_number(at, accept);
	at = tcpa_put_number(at, accept_peak);
	at = tcpa_put_number(at, READ_ONCE(l->wait_ms));
	at = tcpa_put_number(at, READ_ONCE(l->wait_peak_ms));
	at = tcpa_put_number(at, syn);
	return tcpa_put_number(at, syn_peak);
}

static int put_listener(char *buf, const struct tcpa_listener *l, const struct sock *sk)
{
	char *at = tcpa_put_word(buf, kobject_name(&l->kobj));
	u64 v[TCPA_COUNTERS] = {};

	at = tcpa_put_number(at, l->inode);
	at = tcpa_put_number(at, cgroup_of(sk));
	at = tcpa_put_number(at, READ_ONCE(sk->sk_max_ack_backlog));
	at = put_requested(at, READ_ONCE(l->requested));
	at = put_queues(at, l, sk);
	tcpa_attribution_sum(l, v);
	at = tcpa_put_counters(at, v);
	at = tcpa_put_word(at, tcpa_verdict_name(READ_ONCE(l->verdict)));
	at = tcpa_put_number(at, READ_ONCE(l->recommended));
	at = tcpa_put_number(at, tcpa_distribution_is_on(l));
	return at - 1 - buf;
}

static int listeners_row(struct tcpa_net *tn, u32 nr, char *buf)
{
	const struct tcpa_listener *l;
	unsigned long at = nr;
	const struct sock *sk;
	int len = 0;

	BUILD_BUG_ON(ROW_MAX > TCPA_ROW);
	rcu_read_lock();
	l = xa_find(&tn->rows, &at, U32_MAX, XA_PRESENT);
	if (!l) {
		len = -ENOENT;
	} else if (at == nr) {
		sk = READ_ONCE(l->sk);
		if (sk)
			len = put_listener(buf, l, sk);
	}
	rcu_read_unlock();
	return len;
}

const struct tcpa_table tcpa_table_listeners = {
	.attr = {
		.attr = { .name = "listeners", .mode = 0444 },
		.read = tcpa_table_read,
	},
	.columns = LISTENER_COLUMNS " " TCPA_COUNTER_COLUMNS
		   " verdict backlog_recommended histograms",
	.row = listeners_row,
};
