/* SPDX-License-Identifier: GPL-2.0 */
/*
 * knob.h - finding one's way in the catalogue of the module's judge: what tuning
 * guides advise, what is true of it, and what is made of it. An answer for every
 * knob, negative ones too, and the meaning of every verdict.
 *
 * Does not: hold a word of it (module/judge/catalogue.def).
 */
#ifndef _TCPADVISOR_KNOB_H
#define _TCPADVISOR_KNOB_H

#include <judge/prose.h>

/*
 * The knob called @name: its full name or, if only one fits, its last part
 * ("somaxconn"). NULL if there is none.
 */
const struct tcpa_knob_prose *knob_find(const char *name);

/* The verdict called @name, or NULL. */
const struct tcpa_verdict_prose *verdict_find(const char *name);

#endif /* _TCPADVISOR_KNOB_H */
