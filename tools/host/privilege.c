// SPDX-License-Identifier: GPL-2.0
/*
 * privilege.c - giving up capabilities. What is kept:
 *
 * CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH	/proc/PID/fd of others, pidfd_getfd(2)
 * CAP_SYS_ADMIN, CAP_SYS_CHROOT	setns(2) and a fresh /sys; --netns
 * CAP_NET_ADMIN			/proc/sys/net, and SIOCGSKNS
 *
 * Our own files belong to root and need none; nor does looking at a --sysroot.
 */
#include <cap-ng.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>

#include "privilege.h"
#include "util.h"
#include "words/complain.h"

static int drop_failed(const char *what)
{
	int err = errno ? -errno : -EPERM;

	complain("cannot give up privileges: %s: %s", what, strerror(-err));
	return err;
}

int privilege_drop(unsigned int needs)
{
	static const struct {
		unsigned int need, cap;
	} keep[] = {
		{ NEED_LOOK, CAP_SYS_PTRACE }, { NEED_LOOK, CAP_DAC_READ_SEARCH },
		{ NEED_ENTER, CAP_SYS_ADMIN }, { NEED_ENTER, CAP_SYS_CHROOT },
		{ NEED_CHANGE, CAP_NET_ADMIN },
	};
	bool permitted[ARRAY_SIZE(keep)], bounds;
	size_t i;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return drop_failed("no_new_privs");
	if (capng_get_caps_process())
		return drop_failed("capget");
	bounds = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
	for (i = 0; i < ARRAY_SIZE(keep); i++)
		permitted[i] = needs & keep[i].need &&
			       capng_have_capability(CAPNG_PERMITTED, keep[i].cap);
	capng_clear(CAPNG_SELECT_BOTH);
	for (i = 0; i < ARRAY_SIZE(keep); i++)
		if (permitted[i])
			capng_update(CAPNG_ADD,
				     CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_BOUNDING_SET,
				     keep[i].cap);
	if (capng_apply(bounds ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS))
		return drop_failed("capset");
	return 0;
}
