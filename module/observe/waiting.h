/* SPDX-License-Identifier: GPL-2.0 */
/*
 * waiting.h - who waits in the accept queue of a listener.
 *
 * Job: tell whether those whose turn is next are still there.
 * Context: process.
 * Does not: judge.
 */
#ifndef _TCPA_WAITING_H
#define _TCPA_WAITING_H

#include <linux/types.h>

struct sock;

/*
 * Look at the first of the children that wait at @sk: @looked of them, of which @gone
 * have been closed by their clients.
 */
void tcpa_waiting_look(struct sock *sk, u32 *looked, u32 *gone);

#endif /* _TCPA_WAITING_H */
