/* SPDX-License-Identifier: GPL-2.0 */
/*
 * plan_ports.h - the steps of a plan on local ports, one with another.
 */
#ifndef _TCPADVISOR_PLAN_PORTS_H
#define _TCPADVISOR_PLAN_PORTS_H

#include <stdbool.h>

struct planner;

/*
 * A wider range of local ports must not take those of services: they are reserved
 * first, UDP's that are in use too, or the range stays, and what needs it. Comes after the
 * steps on advised settings and before all others. Takes a second if there are such ports;
 * does not look for them unless the user @reserves ports at all.
 * Complains itself, but for -ENOMEM; negative errno.
 */
int plan_ports(struct planner *pl, bool reserves);

/* The same of what is read at boot: the last step of a plan. Complains of nothing. */
void plan_ports_at_boot(struct planner *pl);

#endif /* _TCPADVISOR_PLAN_PORTS_H */
