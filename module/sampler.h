/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sampler.h - the periodic sample.
 *
 * Job: start and stop it.
 * Context: process.
 */
#ifndef _TCPA_SAMPLER_H
#define _TCPA_SAMPLER_H

/* Returns 0, -ENOMEM. */
int tcpa_sampler_init(void);

/* On return it does not run and will not run again. */
void tcpa_sampler_exit(void);

#endif /* _TCPA_SAMPLER_H */
