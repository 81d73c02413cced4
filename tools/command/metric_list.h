/* SPDX-License-Identifier: GPL-2.0 */
/*
 * metric_list.h - metrics.def as a list, and what makes values of what was read.
 */
#ifndef _TCPADVISOR_METRIC_LIST_H
#define _TCPADVISOR_METRIC_LIST_H

#include "host/addresses.h"
#include "host/health.h"
#include "host/published_histograms.h"
#include "host/published_recorded.h"
#include "host/published_advice.h"
#include "host/published_ports.h"
#include "host/counts.h"
#include "words/exposition.h"

enum metric_id {
#define METRIC(id, ...)	METRIC_##id,
#include "metrics.def"
#undef METRIC
	METRICS
};

extern const struct metric metric_list[METRICS];

/* The module's health; NULL if it is not loaded. */
void metrics_of_host(struct exposition *e, const struct health *h);

/* What follows is of one namespace, whose label @l holds. */

/* Everything that a namespace has counted, its listeners, closed ones included. */
void metrics_of_sample(struct exposition *e, const struct labels *l, const struct counts *s);

void metrics_of_totals(struct exposition *e, const struct labels *l, const struct totals *t);
void metrics_of_residuals(struct exposition *e, const struct labels *l);
void metrics_of_ports(struct exposition *e, const struct labels *l, const struct ports *p,
		      size_t most);
void metrics_of_advice(struct exposition *e, const struct labels *l, const struct recommend *r);

/* Those of the first @most listeners that have some. Reads. */
void metrics_of_histograms(struct exposition *e, const struct labels *l,
			   const struct listeners *ls, size_t most);

/* The same of refused clients. 0, or an error after a complaint. Reads. */
int metrics_of_refused(struct exposition *e, const struct labels *l, size_t most);

/* The @most worst of all namespaces one by one, and the others' sum for each of these. */
void metrics_of_addresses(struct exposition *e, struct addresses *as, size_t most);

#endif /* _TCPADVISOR_METRIC_LIST_H */
