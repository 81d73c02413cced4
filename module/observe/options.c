// SPDX-License-Identifier: GPL-2.0
/*
 * options.c - options of listeners that have a queue of their own, or change one:
 * TCP_FASTOPEN and TCP_DEFER_ACCEPT.
 *
 * A request that comes with its SYN gets a child at once, which has a place in the
 * listener's Fast Open queue until the final ACK is there. One that finds that queue
 * full is not refused: its data is passed over, and it shakes hands like any other. So
 * no hook sees it; but the kernel counts it in TCPFastOpenListenOverflow, and each that
 * found a place in TCPFastOpenPassive, per namespace. Nothing is hooked for it.
 *
 * Whose queue was full is not told. The shortest of all is full first, so it is
 * the one to speak of; it is looked for only where there is something to say.
 *
 * A final ACK without data is put off where the listener has TCP_DEFER_ACCEPT: the
 * request stays in the SYN queue until data comes, or the SYN-ACK has been sent again
 * often enough. The kernel counts that in TCPDeferAcceptDrop, also per namespace.
 * Context: see options.h.
 * Does not: judge, or count again what the kernel counts.
 */
#include "options.h"

#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <net/inet_connection_sock.h>
#include <net/ip.h>

#include "attribution.h"
#include "counters.h"
#include "judge/sample.h"
#include "listener.h"
#include "state.h"

void tcpa_options_init(struct tcpa_net *tn)
{
	struct tcpa_options *o = &tn->options;

	o->prev_overflows = tcpa_mib_read(tn, LINUX_MIB_TCPFASTOPENLISTENOVERFLOW);
	o->prev_fast = tcpa_mib_read(tn, LINUX_MIB_TCPFASTOPENPASSIVE);
	tcpa_window_restart(&o->overflows);
	o->prev_deferred = tcpa_mib_read(tn, LINUX_MIB_TCPDEFERACCEPTDROP);
	tcpa_window_restart(&o->deferred);
}

bool tcpa_options_defers(const struct tcpa_listener *l)
{
	return READ_ONCE(inet_csk(l->sk)->icsk_accept_queue.rskq_defer_accept);
}

/* Places in its Fast Open queue; 0: it has none. */
static u32 fastopen_length(const struct tcpa_listener *l)
{
	int length = READ_ONCE(inet_csk(l->sk)->icsk_accept_queue.fastopenq.max_qlen);

	return READ_ONCE(l->dead) ? 0 : max(length, 0);
}

/* The listener with the shortest of these queues, or NULL; @n: how many have one. */
static const struct tcpa_listener *shortest(const struct tcpa_net *tn, u32 *n)
{
	const struct tcpa_listener *l, *found = NULL;

	*n = 0;
	list_for_each_entry(l, &tn->listeners, node) {
		u32 length = fastopen_length(l);

		cond_resched();
		if (!length)
			continue;
		++*n;
		if (!found || length < fastopen_length(found))
			found = l;
	}
	return found;
}

/* Places that would have held @fast that found one and @overflows that did not. */
static u64 places(u32 length, u64 fast, u64 overflows)
{
	u64 most = length + overflows;

	if (!fast)
		return most;
	return min(most, length + div64_u64(length * overflows + fast - 1, fast));
}

/* What was counted of a queue of another length says nothing of this one. */
static bool mind_length(struct tcpa_options *o, const struct tcpa_listener *l)
{
	u32 length = fastopen_length(l);

	if (o->length == length)
		return false;
	o->length = length;
	o->need = 0;
	tcpa_window_restart(&o->overflows);
	return true;
}

static void sample_deferred(struct tcpa_net *tn, unsigned long window)
{
	struct tcpa_options *o = &tn->options;
	u64 now = tcpa_mib_read(tn, LINUX_MIB_TCPDEFERACCEPTDROP);

	tcpa_window_add(&o->deferred, tcpa_moved(now, o->prev_deferred), window);
	o->prev_deferred = now;
}

static bool sample_fastopen(struct tcpa_net *tn, unsigned long window)
{
	struct tcpa_options *o = &tn->options;
	u64 now = tcpa_mib_read(tn, LINUX_MIB_TCPFASTOPENLISTENOVERFLOW);
	u64 overflows = tcpa_moved(now, o->prev_overflows);
	const struct tcpa_listener *l;
	bool changed;
	u64 fast;
	u32 n;

	o->prev_overflows = now;
	now = tcpa_mib_read(tn, LINUX_MIB_TCPFASTOPENPASSIVE);
	fast = tcpa_moved(now, o->prev_fast);
	o->prev_fast = now;
	if (!overflows && !tcpa_window_worst(&o->overflows))
		return false;
	l = shortest(tn, &n);
	changed = n != o->listeners;
	o->listeners = n;
	/* Without any, it may be back with the same settings. */
	if (!l)
		return changed;
	changed |= mind_length(o, l);
	tcpa_window_add(&o->overflows, overflows, window);
	if (overflows)
		o->need = max(o->need, places(o->length, fast, overflows));
	return changed || overflows;
}

bool tcpa_options_sample(struct tcpa_net *tn, unsigned long window)
{
	sample_deferred(tn, window);
	return sample_fastopen(tn, window);
}

void tcpa_options_fill(struct tcpa_net *tn, struct tcpa_sample *s)
{
	struct tcpa_fastopen_sample *q = &s->fastopen;
	struct tcpa_options *o = &tn->options;
	const struct tcpa_listener *l;

	s->deferred = tcpa_window_worst(&o->deferred);
	if (!tcpa_window_worst(&o->overflows))
		return;
	l = shortest(tn, &q->listeners);
	/* One of another length is for the next sample. */
	if (!l || fastopen_length(l) != o->length)
		return;
	tcpa_listener_name(l, q->name, sizeof(q->name));
	q->length = o->length;
	q->overflows = tcpa_window_worst(&o->overflows);
	q->need = o->need;
}
