/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reader.h - who may read what.
 *
 * Job: the rules of Documentation/ABI on what a reader is shown, in one place.
 * Context: process, in the show() of a file.
 * Does not: show anything.
 */
#ifndef _TCPA_READER_H
#define _TCPA_READER_H

#include <linux/types.h>

struct net;

/*
 * The reader may see what is @net's: it is in @net, or might enter it. So a
 * process that has left a namespace, but still has a sysfs mounted from there,
 * reads no more than `ss` shows it.
 */
bool tcpa_reader_may_see(const struct net *net);

/* The reader may see what is the host's, in whatever namespaces it is. */
bool tcpa_reader_may_see_host(void);

/*
 * The reader may know processes of all users in @net, as with a /proc that hides
 * those of others.
 */
bool tcpa_reader_may_name(const struct net *net);

/*
 * The process that had @pid in the initial PID namespace and started at @started, as
 * the reader's PID namespace has it; 0 if it is gone, or not there.
 */
pid_t tcpa_reader_pid(pid_t pid, u64 started);

/* The reader's PID namespace has all processes. */
bool tcpa_reader_has_all_pids(void);

#endif /* _TCPA_READER_H */
