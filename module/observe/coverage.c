// SPDX-License-Identifier: GPL-2.0
/*
 * coverage.c - whether armed hooks are called.
 *
 * A hook can be armed and never run: the compiler has put the function's body into
 * its callers (LTO does that across files), or somebody has switched ftrace off
 * since. Nothing fails then, and all counters stay at zero. So hits are compared
 * with connections that the kernel counts in any case. Each child of a listener is
 * a PassiveOpens. Unless a SYN cookie or TCP Fast Open made it (SyncookiesRecv,
 * TCPFastOpenPassive), a SYN was queued for it and a handshake completed.
 *
 * A SYN comes before its child, by up to a minute. So the children of one window
 * are compared with the calls of this one and the one before, and half of them are
 * enough.
 * Context: process; one at a time, as the sampler is.
 * Does not: correct any counter; what went by unseen is in the residual.
 */
#include "coverage.h"

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <net/ip.h>
#include <net/tcp.h>

#include "attribution.h"
#include "hook.h"
#include "probes.h"
#include "state.h"

/* With fewer children nothing is said. */
#define CHILDREN_MIN 64

static struct {
	unsigned long next;		/* jiffies when to look again, 0: at once */
	u64 calls[TCPA_HOOKS_MAX];	/* when last looked at */
	u64 before[TCPA_HOOKS_MAX];	/* and the time before */
	bool silent[TCPA_HOOKS_MAX];
	bool told[TCPA_HOOKS_MAX];	/* the log has it */
} coverage;

bool tcpa_coverage_silent(unsigned int i)
{
	return READ_ONCE(coverage.silent[i]);
}

static u64 passive_opens(const struct net *net)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(net->mib.tcp_statistics,
					     cpu)->mibs[TCP_MIB_PASSIVEOPENS]);
	return sum;
}

/* What has moved in @tn since the last look; all of it at the first. */
static void add_opened(struct tcpa_net *tn, struct tcpa_opened *sum)
{
	struct tcpa_opened now = {
		.children = passive_opens(tn->net),
		.without_request = tcpa_mib_read(tn, LINUX_MIB_SYNCOOKIESRECV) +
				   tcpa_mib_read(tn, LINUX_MIB_TCPFASTOPENPASSIVE),
	};

	sum->children += tcpa_moved(now.children, tn->opened.children);
	sum->without_request += tcpa_moved(now.without_request,
					   tn->opened.without_request);
	tn->opened = now;
}

/* Calls of hook @i since the look before the last. */
static u64 recent_calls(unsigned int i)
{
	u64 now = tcpa_hook_hits(i) + tcpa_probe_missed(i);
	u64 calls = now - coverage.before[i];

	coverage.before[i] = coverage.calls[i];
	coverage.calls[i] = now;
	return calls;
}

/* Hook @i, which is @hook, had @calls where at least @due were to be. */
static void compare(unsigned int i, const struct tcpa_hook *hook, u64 calls,
		    u64 due)
{
	bool silent = calls < due / 2;

	if (!hook->armed || due < CHILDREN_MIN)
		return;
	WRITE_ONCE(coverage.silent[i], silent);
	if (!silent || coverage.told[i])
		return;
	coverage.told[i] = true;
	pr_warn("%s is hooked, but ran %llu times for %llu connections: no %s; was it inlined, or is kernel.ftrace_enabled 0?\n",
		hook->symbol, calls, due, hook->blind);
}

void tcpa_coverage_check(unsigned long window)
{
	struct tcpa_opened opened = {};
	u64 calls[TCPA_HOOKS_MAX], of_children = 0;
	const struct tcpa_hook *hooks;
	bool first = !coverage.next;
	struct tcpa_net *tn;
	unsigned int i, n;

	if (!first && time_before(jiffies, coverage.next))
		return;
	coverage.next = (jiffies + window) | 1;
	for (tn = tcpa_netns_next(NULL); tn; tn = tcpa_netns_next(tn)) {
		add_opened(tn, &opened);
		cond_resched();
	}
	hooks = tcpa_probes(&n);
	for (i = 0; i < n; i++) {
		calls[i] = recent_calls(i);
		if (hooks[i].floor == TCPA_FLOOR_CHILD)
			of_children += calls[i];
	}
	for (i = 0; i < n && !first; i++)
		if (hooks[i].floor == TCPA_FLOOR_CHILD)
			compare(i, &hooks[i], of_children, opened.children);
		else if (hooks[i].floor == TCPA_FLOOR_HANDSHAKE)
			compare(i, &hooks[i], calls[i],
				opened.children - min(opened.children,
						      opened.without_request));
}
