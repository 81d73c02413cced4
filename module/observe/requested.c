// SPDX-License-Identifier: GPL-2.0
/*
 * requested.c - the backlog that a process asks for, before somaxconn caps it.
 *
 * The hooked functions see the capped value, the system call's registers the other.
 * Context: process, in the middle of that system call; atomic.
 * Does not: hook (probes.c).
 */
#include "requested.h"

#include <asm/syscall.h>
#include <linux/compat.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>
#include <linux/unistd.h>

#include "judge/sample.h"

/* The numbers of system calls in the current one's ABI; -1 where not known. */
#ifdef __NR_socketcall
#define NATIVE_SOCKETCALL __NR_socketcall
#else
#define NATIVE_SOCKETCALL -1
#endif
#ifdef __NR_ia32_listen
#define COMPAT_LISTEN (in_ia32_syscall() ? __NR_ia32_listen : -1)
#define COMPAT_SOCKETCALL (in_ia32_syscall() ? __NR_ia32_socketcall : -1)
#else
#define COMPAT_LISTEN -1
#define COMPAT_SOCKETCALL -1
#endif

/*
 * The second argument of what socketcall(@args) calls, which lies in the caller's
 * memory. The system call has just read it there; should it be gone again, nobody
 * waits for it here. Who changes it meanwhile has changed what he is shown.
 */
static s64 socketcall_backlog(const unsigned long *args)
{
	const void __user *list = (const void __user *)args[1];
	unsigned long native[2];
	u32 compat[2];

	if (args[0] != SYS_LISTEN)
		return TCPA_UNKNOWN;
	if (in_compat_syscall())
		return copy_from_user_nofault(compat, list, sizeof(compat)) ?
			       TCPA_UNKNOWN : compat[1];
	return copy_from_user_nofault(native, list, sizeof(native)) ?
		       TCPA_UNKNOWN : (u32)native[1];
}

s64 tcpa_requested_backlog(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	bool compat = in_compat_syscall();
	unsigned long args[6];
	int nr;

	if (current->flags & (PF_KTHREAD | PF_IO_WORKER))
		return TCPA_UNKNOWN;
	nr = syscall_get_nr(current, regs);
	if (nr == -1)
		return TCPA_UNKNOWN;
	syscall_get_arguments(current, regs, args);
	if (nr == (compat ? COMPAT_LISTEN : __NR_listen))
		return (u32)args[1];
	if (nr == (compat ? COMPAT_SOCKETCALL : NATIVE_SOCKETCALL))
		return socketcall_backlog(args);
	return TCPA_UNKNOWN;
}
