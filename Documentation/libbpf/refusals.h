/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Job: what the program in the kernel and its reader say to each other.
 * Not here: what an event's fields mean, which is in tracepoints.rst.
 */
#ifndef REFUSALS_H
#define REFUSALS_H

/* Where fields are in tcpadvisor:listen_refused, in bytes from its beginning. */
struct refusal_fields {
	__u32 cookie;
	__u32 port;
	__u32 cause;
	__u32 count;
};

/* A listener's refusals for one cause are added up under this. */
struct refusal_key {
	__u64 cookie;
	__u32 port;
	__u32 cause;
};

#endif /* REFUSALS_H */
