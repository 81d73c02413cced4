/* SPDX-License-Identifier: GPL-2.0 */
/*
 * udp_ports.h - the ports on which this network namespace is served by UDP, whoever has
 * them open.
 */
#ifndef _TCPADVISOR_UDP_PORTS_H
#define _TCPADVISOR_UDP_PORTS_H

#include "words/portset.h"

/*
 * Read those of all sockets that are bound and not connected, from /proc/net/udp and udp6;
 * a file that is not there counts as empty. Clients that do not connect are among them.
 * Silent; negative errno.
 */
int udp_ports_read(struct portset *ports);

#endif /* _TCPADVISOR_UDP_PORTS_H */
