/* SPDX-License-Identifier: GPL-2.0 */
/*
 * evidence_fixture.h - intervals for the tests of evidence. Include it after
 * kselftest_harness.h.
 */
#ifndef _EVIDENCE_FIXTURE_H
#define _EVIDENCE_FIXTURE_H

#include "../../module/judge/evidence.h"

FIXTURE(evidence) {
	struct tcpa_evidence ev;
	struct tcpa_interval iv;
};

FIXTURE_SETUP(evidence)
{
	tcpa_evidence_reset(&self->ev);
	memset(&self->iv, 0, sizeof(self->iv));
	self->iv.ms = 1000;
	self->iv.backlog = 100;
}

FIXTURE_TEARDOWN(evidence) {}

/* @n intervals in which the queue refused and was never below @lo. */
static inline void add_full(struct tcpa_evidence *ev, struct tcpa_interval iv, __u32 n,
			    __u32 lo, __u64 accepts, __u64 refused)
{
	iv.accept_lo = lo;
	iv.accept_hi = iv.backlog + 1;
	iv.accept_now = iv.backlog + 1;
	iv.accepts = accepts;
	iv.overflows_syn = refused;
	iv.deficit = refused;
	while (n--)
		tcpa_evidence_add(ev, &iv);
}

/* One without refusals that ends at depth @now. */
static inline void add_quiet(struct tcpa_evidence *ev, struct tcpa_interval iv,
			     __u32 now, __u64 accepts)
{
	iv.accept_lo = now;
	iv.accept_hi = now;
	iv.accept_now = now;
	iv.accepts = accepts;
	tcpa_evidence_add(ev, &iv);
}

#endif /* _EVIDENCE_FIXTURE_H */
