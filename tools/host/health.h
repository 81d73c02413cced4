/* SPDX-License-Identifier: GPL-2.0 */
/*
 * health.h - how far the module's numbers can be trusted: what it hooks, what it
 * missed, what it could not attribute, and its version.
 *
 * Functions are silent: what a module of another version does not publish, or the
 * reader may not see, is left at "not known".
 */
#ifndef _TCPADVISOR_HEALTH_H
#define _TCPADVISOR_HEALTH_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define HEALTH_NAME	64	/* a function, a version; with NUL */
#define PROBES_MAX	64	/* far more than there are */
#define RESIDUALS	5

enum probe_state { PROBE_ARMED, PROBE_ABSENT, PROBE_MISSING, PROBE_SILENT, PROBE_STATES };

/* "armed", …: as the module calls it. */
const char *probe_state_name(enum probe_state state);

struct probe {
	char symbol[HEALTH_NAME];
	enum probe_state state;
	char blind[128];	/* what is not seen without it; "" if it is armed */
	__u64 missed;		/* calls that went by uncounted */
};

/* Of the host. */
struct health {
	char version[HEALTH_NAME];	/* of the module; "": not known */
	char hooks[HEALTH_NAME];	/* "ftrace", "kprobes"; "": not known */
	bool exact_known, exact;
	struct probe probe[PROBES_MAX];
	size_t nr_probes;		/* 0 for a reader who is not root, too */
};

void health_read(struct health *h);

/* Of this network namespace: the kernel's counter minus what was attributed. */
struct residual {
	const char *mib;
	long long v;
};

/* As many as are known; their number. */
size_t residuals_read(struct residual *r);

#endif /* _TCPADVISOR_HEALTH_H */
