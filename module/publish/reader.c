// SPDX-License-Identifier: GPL-2.0
/*
 * reader.c - who may read what.
 *
 * Capabilities are those that the kernel asks for where it shows or gives the
 * same: CAP_SYS_ADMIN over a network namespace is what setns(2) wants. They are
 * asked for without a line in the audit log: not to have them is no offence.
 * Context: process, in the show() of a file.
 * Does not: show anything.
 */
#include "reader.h"

#include <linux/capability.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <net/net_namespace.h>

bool tcpa_reader_may_see(const struct net *net)
{
	if (current->nsproxy && net_eq(current->nsproxy->net_ns, net))
		return true;
	return ns_capable_noaudit(net->user_ns, CAP_SYS_ADMIN);
}
