/* SPDX-License-Identifier: GPL-2.0 */
/*
 * attribution.h - exact attribution: which listener a change of this CPU's MIB
 * counters belongs to.
 *
 * Job: take one MIB snapshot per CPU, attribute its delta; read both elsewhere.
 * Context: see each function.
 * Does not: know hooks or sysfs.
 */
#ifndef _TCPA_ATTRIBUTION_H
#define _TCPA_ATTRIBUTION_H

#include <linux/types.h>

#include "mib_snapshot.h"

struct net;
struct request_sock;
struct tcpa_listener;
struct tcpa_net;

/* Before the hooks are armed. Process context. */
void tcpa_attribution_init(void);

/*
 * Attribute what is open on this CPU, then take a snapshot for @l. @req tells
 * tcpa_attribution_end_of() whose it is. Bottom halves off; @l is live or the
 * namespace's stand-in. The common cases of this and the next are in mib_snapshot.h.
 */
void tcpa_attribution_begin(struct tcpa_listener *l, enum tcpa_event ev,
			    const struct request_sock *req);

/*
 * Attribute and close what is open on this CPU. Returns whose it was, as valid as
 * when the snapshot was taken, or NULL. Bottom halves off.
 */
struct tcpa_listener *tcpa_attribution_end(void);

/*
 * If the snapshot open on this CPU is that of @req, attribute its delta, close
 * it and return the call it was taken for; else TCPA_EV_NONE. Bottom halves off.
 */
enum tcpa_event tcpa_attribution_end_of(const struct request_sock *req);

/*
 * Have tcpa_attribution_end() called on this CPU in the next jiffy or two, unless it
 * has been meanwhile. Bottom halves off.
 */
void tcpa_attribution_end_soon(void);

/*
 * Set `pinned` in every listener that a CPU's snapshot points to. Process context,
 * asks nothing of the other CPUs; all those listeners must stay, so only for whoever
 * frees them.
 */
void tcpa_attribution_pin(void);

/* Attribute what is open on any CPU, and close it. Process; hooks disarmed. */
void tcpa_attribution_close(void);

/*
 * Add what @l counts on all CPUs to @sum[TCPA_COUNTERS], the open snapshots
 * included. Returns how many connections were refused in these, which its deficit
 * does not have yet. Process context; @l must stay.
 */
unsigned int tcpa_attribution_sum(const struct tcpa_listener *l, u64 *sum);

/*
 * Read what @l counts in the cells of @cpu, if it has any, and in a snapshot of its own
 * that is open there and is not attributed yet, into @v[TCPA_COUNTERS]. Returns the
 * connections refused in that snapshot. Process context; @l must stay.
 */
unsigned int tcpa_attribution_sum_on(const struct tcpa_listener *l, int cpu, unsigned long *v);

/*
 * Read what the kernel @counted in @tn on @cpu since @tn was made, and what of it is
 * attributed in @cpu's @own cells or in an open snapshot. Process context.
 */
void tcpa_attribution_mibs_on(const struct tcpa_net *tn, int cpu, struct tcpa_mibs *counted,
			      struct tcpa_mibs *own);

/*
 * The kernel's counter @i of @tn minus what was attributed, since @tn's base,
 * over all CPUs. Process context.
 */
s64 tcpa_attribution_residual(const struct tcpa_net *tn, enum tcpa_mib i);

/* Make the residual of @tn 0 as of now. Process context. */
void tcpa_attribution_rebase(struct tcpa_net *tn);

/*
 * Whether what is attributed is exact on this kernel. Where it is not, a refusal
 * may be counted for another listener that the same CPU was busy with, or show
 * in the residual. Any context.
 */
bool tcpa_attribution_exact(void);

/* The kernel's counter @i in @tn, summed over CPUs. Process context. */
u64 tcpa_mib_read(const struct tcpa_net *tn, int linux_mib);

/* The kernel's name for @i, as in /proc/net/netstat. */
const char *tcpa_mib_name(enum tcpa_mib i);

#endif /* _TCPA_ATTRIBUTION_H */
