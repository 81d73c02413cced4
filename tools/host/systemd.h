/* SPDX-License-Identifier: GPL-2.0 */
/*
 * systemd.h - what systemd is told: that a service is ready, and structured lines for
 * the journal. By their protocols, which are a datagram each; no library is needed.
 */
#ifndef _TCPADVISOR_SYSTEMD_H
#define _TCPADVISOR_SYSTEMD_H

#include <stddef.h>

/* Where the journal listens; below the prefix of root.h. */
#define JOURNAL_SOCKET	"/run/systemd/journal/socket"

/*
 * Send @state, such as "READY=1", to the service manager if it wants to hear of that
 * ($NOTIFY_SOCKET, see sd_notify(3)). Nobody else is told, and no failure either.
 */
void systemd_notify(const char *state);

/* A descriptor for systemd_journal_send(), or a negative errno. */
int systemd_journal(void);

/*
 * Send an entry: @len bytes of "FIELD=value\n" lines, no value of which holds a
 * newline. 0 or a negative errno.
 */
int systemd_journal_send(int fd, const char *entry, size_t len);

#endif /* _TCPADVISOR_SYSTEMD_H */
