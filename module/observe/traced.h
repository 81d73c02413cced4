/* SPDX-License-Identifier: GPL-2.0 */
/*
 * traced.h - from the kernel's objects to what events say of them.
 *
 * Job: copy values.
 * Context: any, as long as the object is valid.
 * Does not: trace (refusal.c, tell.c).
 */
#ifndef _TCPA_OBSERVE_TRACED_H
#define _TCPA_OBSERVE_TRACED_H

struct in6_addr;
struct net;
struct sock;
struct tcpa_traced_listener;
struct tcpa_traced_net;

void tcpa_traced_net(const struct net *net, struct tcpa_traced_net *t);

/* @sk listens. */
void tcpa_traced_listener(const struct sock *sk, struct tcpa_traced_listener *t);

#endif /* _TCPA_OBSERVE_TRACED_H */
