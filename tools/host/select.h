/* SPDX-License-Identifier: GPL-2.0 */
/*
 * select.h - the listeners that somebody means by a word.
 */
#ifndef _TCPADVISOR_SELECT_H
#define _TCPADVISOR_SELECT_H

#include <stdbool.h>

#include "published_listeners.h"

/*
 * Forget all that @what does not mean. It is one of:
 *	ADDR:PORT@COOKIE
 *	ADDR:PORT, or what serves it for want of that: a listener on any address
 *	:PORT, *:PORT, PORT
 *	:::PORT, as netstat(8) writes [::]:PORT
 *	ADDR	an IPv4 address, or an IPv6 address with or without brackets
 *	the program (a pattern as in a shell), the systemd unit (with or without its
 *	suffix), the container or pod by name or the beginning of its id, the verdict
 * For all but addresses and ports, listeners_own() must have been called.
 */
void listeners_select(struct listeners *ls, const char *what);

/* Whether @what names addresses or ports. Pure. */
bool select_is_address(const char *what);

#endif /* _TCPADVISOR_SELECT_H */
