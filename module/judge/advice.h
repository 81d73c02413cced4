/* SPDX-License-Identifier: GPL-2.0 */
/*
 * advice.h - the judgement: a sample of one network namespace in, verdicts and
 * findings with their evidence out.
 *
 * Job: decide whose fault a refusal is, what to change, to which value, and
 * which popular change would not help.
 * Context: process, for it gives way to others; a pure function of its arguments:
 * no clock, no lock, no allocation, no printk. Compiles unchanged in user space.
 * Does not: collect (sampler.c), format (recommend.c), or change anything.
 */
#ifndef _TCPA_ADVICE_H
#define _TCPA_ADVICE_H

#include "findings.h"
#include "sample.h"

/* Judge @s: fills the out fields of every listener and @out. Never fails. */
void tcpa_advise(struct tcpa_sample *s, struct tcpa_findings *out);

#endif /* _TCPA_ADVICE_H */
