// SPDX-License-Identifier: GPL-2.0
/*
 * privilege.c - giving up capabilities. What is kept:
 *
 * CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH	/proc/PID/fd of others, pidfd_getfd(2)
 * CAP_SYS_ADMIN, CAP_SYS_CHROOT	setns(2) and a fresh /sys; --netns
 * CAP_NET_ADMIN			/proc/sys/net, and SIOCGSKNS
 *
 * Our own files belong to root and need none. A --sysroot may belong to
 * anybody and is only for looking at and for tests: there nothing is dropped.
 */
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "privilege.h"
#include "root.h"

#define BIT(cap)	(1ULL << (cap))

void privilege_drop(bool changes, bool enters)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	unsigned long long keep = BIT(CAP_SYS_PTRACE) | BIT(CAP_DAC_READ_SEARCH);
	int cap, i;

	if (!root_is_live())
		return;
	if (enters)
		keep |= BIT(CAP_SYS_ADMIN) | BIT(CAP_SYS_CHROOT);
	if (changes)
		keep |= BIT(CAP_NET_ADMIN);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	for (cap = 0; cap < 64; cap++)
		if (!(keep & BIT(cap)))
			prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	memset(data, 0, sizeof(data));
	if (syscall(SYS_capget, &head, data))
		return;
	for (i = 0; i < 2; i++) {
		data[i].permitted &= (__u32)(keep >> 32 * i);
		data[i].effective &= data[i].permitted;
		data[i].inheritable = 0;
	}
	syscall(SYS_capset, &head, data);
}
