/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tell.h - what happens seldom, as events.
 *
 * Job: fill an event if somebody traces it, else nothing.
 * Context: process, unless said otherwise.
 * Does not: tell refusals (refusal.h).
 */
#ifndef _TCPA_TELL_H
#define _TCPA_TELL_H

#include <linux/types.h>

struct sock;
struct tcpa_dest_key;
struct tcpa_listener;
struct tcpa_net;

/* @l has a directory now; has another backlog than @was; loses its directory. */
void tcpa_tell_born(const struct tcpa_listener *l);
void tcpa_tell_changed(const struct tcpa_listener *l, u32 was);
void tcpa_tell_gone(const struct tcpa_listener *l);

/* The verdict on @l, enum tcpa_verdict, is no longer @was. */
void tcpa_tell_verdict(const struct tcpa_listener *l, u32 was);

/* That on TIME_WAIT, or on ports, in @tn. */
void tcpa_tell_timewait_verdict(const struct tcpa_net *tn, u32 was);
void tcpa_tell_ports_verdict(const struct tcpa_net *tn, u32 was);

/* @count TIME_WAITs were refused in @tn since this was last called. */
void tcpa_tell_timewait_refused(const struct tcpa_net *tn, u64 count);

/*
 * A connect(2) of the current task, by @sk, found no port to @key. Process, atomic.
 */
void tcpa_tell_no_port(const struct sock *sk, const struct tcpa_dest_key *key);

#endif /* _TCPA_TELL_H */
