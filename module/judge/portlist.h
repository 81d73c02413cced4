/* SPDX-License-Identifier: GPL-2.0 */
/*
 * portlist.h - net.ipv4.ip_local_reserved_ports as it is and as it should be.
 *
 * Job: the list of ports to reserve along with a wider range of ephemeral
 * ports, in the form "8080,9000-9010".
 * Context: any; pure.
 * Does not: decide that a range gets wider (exhaustion.c).
 */
#ifndef _TCPA_PORTLIST_H
#define _TCPA_PORTLIST_H

#include "sample.h"

/* A longer list is not advised: the page has other things to say. */
#define TCPA_PORTLIST_MAX	1024U

/*
 * Of the ports that are reserved now, and inside @range (TCPA_PORT_RANGE(), 0:
 * none of them) those of listeners, and of listeners that are gone. Of the latter
 * only where the present range is not: inside it the kernel may have chosen the
 * port, and nobody comes back to it.
 */

/* how many these are, */
__u32 tcpa_portlist_count(const struct tcpa_ports_sample *p, __u64 range);

/* how many characters they take as a list, "-" if there are none, */
__u32 tcpa_portlist_length(const struct tcpa_ports_sample *p, __u64 range);

/*
 * and the characters from @from on, as many as fit into @buf (@size, NUL
 * included). Returns how many these are.
 */
__u32 tcpa_portlist_text(const struct tcpa_ports_sample *p, __u64 range,
			 __u32 from, char *buf, size_t size);

/* How many of these are of listeners that are gone. */
__u32 tcpa_portlist_gone(const struct tcpa_ports_sample *p, __u64 range);

/* Ports that connect(2) has in @range beside those that it has now. */
__u32 tcpa_portlist_gained(const struct tcpa_ports_sample *p, __u64 range);

#endif /* _TCPA_PORTLIST_H */
