/* SPDX-License-Identifier: GPL-2.0 */
/*
 * udp_ports.h - the UDP ports of this network namespace that are in use, whoever has
 * them open.
 */
#ifndef _TCPADVISOR_UDP_PORTS_H
#define _TCPADVISOR_UDP_PORTS_H

#include "words/portset.h"

/*
 * Read them all, services' and clients', from /proc/net/udp and udp6; a file that is
 * not there counts as empty. Silent; negative errno.
 */
int udp_ports_read(struct portset *ports);

#endif /* _TCPADVISOR_UDP_PORTS_H */
