/* SPDX-License-Identifier: GPL-2.0 */
/*
 * env.h - the few names that the pure files (evidence.c, advice.c,
 * recommend.c) need from their surroundings, so that the same source compiles
 * in the kernel and in user space. The only place that tells the two apart.
 */
#ifndef _TCPA_ENV_H
#define _TCPA_ENV_H

#ifdef __KERNEL__
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/types.h>
#else
#include "env_user.h"
#endif

#endif /* _TCPA_ENV_H */
