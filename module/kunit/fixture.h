/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fixture.h - the module's state without its hooks and sampler, for the suites.
 *
 * Job: set it up for a case and take it down; make listening sockets.
 * Context: process, in a KUnit case.
 * Does not: arm hooks: a case says itself what they would have said.
 */
#ifndef _TCPA_FIXTURE_H
#define _TCPA_FIXTURE_H

struct kunit;
struct socket;
struct tcpa_listener;
struct tcpa_net;

/* A table for @max listeners, all namespaces, sysfs. 0 or a negative error. */
int tcpa_fixture_init(unsigned int max);
void tcpa_fixture_exit(void);

/* The state of the first network namespace. */
struct tcpa_net *tcpa_fixture_net(void);

/*
 * A socket of @family that listens on a port of the loopback address, and that
 * the listen hook was called for. Ends with the case.
 */
struct socket *tcpa_fixture_listen(struct kunit *test, int family);

/* The close hook is called for @sock; it is left listening. */
void tcpa_fixture_stop(struct socket *sock);

/* The entry of @sock, or NULL. Stays until it is removed. */
struct tcpa_listener *tcpa_fixture_find(struct socket *sock);

#endif /* _TCPA_FIXTURE_H */
