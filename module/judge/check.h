/* SPDX-License-Identifier: GPL-2.0 */
/*
 * check.h - a proposed set as a whole: would the host, with all of it applied,
 * run into the next limit at the load seen?
 *
 * Job: know what the ports and TIME_WAITs of a sample need under other settings.
 * Context: any; pure, saturating. Linear in the number of destinations and ports.
 * Does not: propose (exhaustion.c).
 */
#ifndef _TCPA_CHECK_H
#define _TCPA_CHECK_H

#include "findings.h"

/* The settings that decide how long a local port is taken, and how many there are. */
struct tcpa_settings {
	__u32 max_tw_buckets;
	__u32 reuse;
	__u32 timestamps;
	__u64 range;		/* TCPA_PORT_RANGE(), 0: as it is */
};

/* Those of @s, and those after @f was followed; @f may be NULL. */
void tcpa_settings_after(const struct tcpa_sample *s,
			 const struct tcpa_findings *f,
			 struct tcpa_settings *set);

/* Local ports taken towards @d at the load seen, under @set. */
__u64 tcpa_ports_need(const struct tcpa_sample *s,
		      const struct tcpa_dest_sample *d,
		      const struct tcpa_settings *set);

/* Local ports that connect(2) has under @set. */
__u32 tcpa_ports_usable_after(const struct tcpa_ports_sample *p,
			      const struct tcpa_settings *set);

/* @need ports are most of @usable: connect(2) will run out of them. */
bool tcpa_ports_short(__u64 need, __u32 usable);

/*
 * False if @f, followed as a whole, makes the ports run out towards a destination
 * that had enough, or needs more of them where they run out already.
 */
bool tcpa_check(const struct tcpa_sample *s, const struct tcpa_findings *f);

#endif /* _TCPA_CHECK_H */
