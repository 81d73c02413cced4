/* SPDX-License-Identifier: GPL-2.0 */
/*
 * trial.h - making a change only for as long as it takes to see whether it
 * helps.
 */
#ifndef _TCPADVISOR_TRIAL_H
#define _TCPADVISOR_TRIAL_H

#include <linux/types.h>
#include <stdbool.h>

#include "plan.h"

struct trial_spec {
	struct journal_file *journal;
	const struct netns *ns;
	__u64 ms;		/* length of each of the two spans */
	bool *stopped;		/* out: a signal has ended it; no other shall begin */
};

/*
 * Watch, do @p but for what is read at boot, watch again, compare; do the rest if it
 * helped, else undo it all, as soon as it is clearly worse, or if a signal ends the wait.
 * Nothing is done if there was no loss to begin with. Shows the comparison. An exit status:
 * EXIT_FAILED if the change was not kept.
 */
int trial_run(struct plan *p, const struct trial_spec *spec);

#endif /* _TCPADVISOR_TRIAL_H */
