/* SPDX-License-Identifier: GPL-2.0 */
/*
 * random_sample.h - samples for property tests.
 *
 * Job: samples of any shape, from plausible to absurd, from a seed.
 * Does not: check anything.
 */
#ifndef _RANDOM_SAMPLE_H
#define _RANDOM_SAMPLE_H

#include "../../module/judge/sample.h"
#include "prng.h"

/* How far from what a kernel could report. */
enum random_taste {
	PLAUSIBLE,	/* evidence added up from intervals of a listener */
	WILD,		/* any value in any field, edges preferred */
};

/* A sample of @nr listeners; random_sample_free() it. */
void random_sample(struct tcpa_sample *s, struct prng *p, __u32 nr,
		   enum random_taste taste);

/* Add TIME_WAITs and ephemeral ports to it, freed along with it. */
void random_exhaustion(struct tcpa_sample *s, struct prng *p,
		       enum random_taste taste);

void random_sample_free(struct tcpa_sample *s);

#endif /* _RANDOM_SAMPLE_H */
