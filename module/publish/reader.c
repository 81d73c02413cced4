// SPDX-License-Identifier: GPL-2.0
/*
 * reader.c - who may read what.
 *
 * Capabilities are those that the kernel asks for where it shows or gives the
 * same: CAP_SYS_ADMIN over a network namespace is what setns(2) wants, CAP_SYS_PTRACE
 * what a /proc mounted with hidepid wants. They are asked for without a line in the
 * audit log: not to have them is no offence.
 * Context: process, in the show() of a file.
 * Does not: show anything.
 */
#include "reader.h"

#include <linux/capability.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <net/net_namespace.h>

bool tcpa_reader_may_see(const struct net *net)
{
	if (current->nsproxy && net_eq(current->nsproxy->net_ns, net))
		return true;
	return ns_capable_noaudit(net->user_ns, CAP_SYS_ADMIN);
}

bool tcpa_reader_may_see_host(void)
{
	return ns_capable_noaudit(&init_user_ns, CAP_SYS_ADMIN);
}

bool tcpa_reader_may_name(const struct net *net)
{
	return ns_capable_noaudit(net->user_ns, CAP_SYS_PTRACE);
}

/*
 * Nothing is held for a process that may be named some day. Its ID is given to another
 * when it is gone, but that one has started later.
 */
pid_t tcpa_reader_pid(pid_t pid, u64 started)
{
	struct task_struct *task;
	pid_t nr = 0;

	rcu_read_lock();
	task = pid_task(find_pid_ns(pid, &init_pid_ns), PIDTYPE_TGID);
	if (task && task->start_time == started)
		nr = pid_vnr(task_tgid(task));
	rcu_read_unlock();
	return nr;
}

bool tcpa_reader_has_all_pids(void)
{
	return task_active_pid_ns(current) == &init_pid_ns;
}
