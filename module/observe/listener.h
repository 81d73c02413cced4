/* SPDX-License-Identifier: GPL-2.0 */
/*
 * listener.h - the table of listening TCP sockets.
 *
 * Job: an entry per listener from listen(2) to its close, found by its socket.
 * Context: see each function.
 * Does not: attribute, judge or format.
 */
#ifndef _TCPA_LISTENER_H
#define _TCPA_LISTENER_H

#include <linux/types.h>

struct sock;
struct tcpa_listener;
struct tcpa_net;
struct tcpa_view;

#define TCPA_LISTENERS_MIN 1U
#define TCPA_LISTENERS_MAX 65536U
/*
 * Measured with 10 000 listeners on 6.12: 3.9 KB of slab each, mostly the sysfs
 * directory, so 64 MB if it is ever filled; and for one that has had some tens of
 * events 120 bytes for each possible CPU.
 */
#define TCPA_LISTENERS_DEFAULT 16384U

/*
 * Prepare a table for @max listeners, whose entries are shown through @view.
 * Process context. Returns 0, -ENOMEM. tcpa_listeners_exit() needs every entry
 * gone.
 */
int tcpa_listeners_init(unsigned int max, const struct tcpa_view *view);
void tcpa_listeners_exit(void);

/* Only a real entry, or NULL. RCU read side. Handlers: see lookup.h. */
struct tcpa_listener *tcpa_listener_find(const struct sock *sk);

/*
 * @sk starts to listen, asked for @requested. Process context, atomic: called
 * with the socket locked, before it has an address or is sure to succeed.
 */
void tcpa_listener_started(struct sock *sk, s64 requested);

/* A listening @sk was told listen(@requested) again. Same context. */
void tcpa_listener_again(const struct sock *sk, s64 requested);

/* @sk is closed with @waiting children not accepted. Same context. */
void tcpa_listener_stopped(const struct sock *sk, u32 waiting);

/*
 * @sk, which listens and is held, gets an entry unless it has one. Returns 0,
 * -EEXIST, -EAGAIN, -ENOSPC or -ENOMEM. Process context, sleeps.
 */
int tcpa_listener_adopt(struct sock *sk);

/* @sk could have an entry, as far as quota.h goes. RCU read side. */
bool tcpa_listener_has_room(const struct sock *sk);

/* @sk, which listens, has no entry. RCU read side. */
void tcpa_listener_left_out(const struct sock *sk);

/*
 * Some were not shown for want of memory: they ask for a scan. The sampler asks
 * whether there is a reason for one. Any context.
 */
void tcpa_listeners_need_scan(void);
bool tcpa_listeners_want_scan(void);

/* None is left out now, until the scan that follows says so. Process context. */
void tcpa_listeners_recount(void);

/* @tn gets no entry any more. Process context. */
void tcpa_listeners_end_net(struct tcpa_net *tn);

/* Mark every entry of @tn as gone; true if there were any. Process context. */
bool tcpa_listeners_kill_net(struct tcpa_net *tn);

/* Mark every entry as gone. Process context. */
void tcpa_listeners_kill_all(void);

/* Take @l, dead, out of the hash. Process context. */
void tcpa_listener_unhash(struct tcpa_listener *l);

/* Take @l, retired, out of its namespace, whose end waits for nothing of it then. Process. */
void tcpa_listener_leave_net(struct tcpa_listener *l);

/* An entry of the same socket that is older is still in the hash. Process. */
bool tcpa_listener_has_predecessor(const struct tcpa_listener *l);

/* @l is to stand in for what has no entry in @tn. Process context. */
void tcpa_listener_init_stand_in(struct tcpa_net *tn, struct tcpa_listener *l);

/* "addr:port@cookie". Process context; the entry must have been shown. */
void tcpa_listener_name(const struct tcpa_listener *l, char *buf, size_t size);

/* Raise @accept and @syn to the most that arrivals have seen. Any context. */
void tcpa_listener_peaks(const struct tcpa_listener *l, u32 *accept, u32 *syn);

/* The depth of its SYN queue now. Process context. */
u32 tcpa_listener_syn_queue(const struct tcpa_listener *l);

#endif /* _TCPA_LISTENER_H */
