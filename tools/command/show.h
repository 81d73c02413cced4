/* SPDX-License-Identifier: GPL-2.0 */
/*
 * show.h - pieces of output that several commands have in common.
 */
#ifndef _TCPADVISOR_SHOW_H
#define _TCPADVISOR_SHOW_H

#include "change/journal.h"
#include "host/published_listeners.h"
#include "words/output.h"
#include "host/published_advice.h"

/* All counters, in JSON only, into the open object. */
void show_counters(const struct counters *c);

/* Other drops by cause; null if not known. In JSON only. */
void show_causes(const struct listener *l);

/* How show_listeners() is to look; see table_choose(). */
int show_listeners_as(const struct table_form *form);

/* The first @max listeners as a table (an array "listeners" in JSON). */
void show_listeners(const struct listeners *ls, size_t max);

/* The advice, finding by finding (an array "advice" in JSON). */
void show_advice(const struct recommend *r);

/* In JSON only: the token of the rule behind a verdict, null if there is none. */
void field_rule(const char *verdict);

enum color verdict_color(const char *verdict);

/* The line "verdict"; null in JSON and nothing in text if it is "". */
void show_verdict(const char *verdict);

/* Begin an object, and its line, with what @c changed. */
void show_change(const struct change *c);

#endif /* _TCPADVISOR_SHOW_H */
