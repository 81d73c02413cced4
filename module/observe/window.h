/* SPDX-License-Identifier: GPL-2.0 */
/*
 * window.h - how much of something there was in the worst window of time.
 *
 * Job: add up what each sampling tick brings, window by window, and
 * remember the worst, the running one included.
 * Context: process; the caller's lock.
 * Does not: weigh anything: a listener's evidence is evidence.h.
 */
#ifndef _TCPA_WINDOW_H
#define _TCPA_WINDOW_H

#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/types.h>

struct tcpa_window {
	u64 running;
	u64 past;		/* the worst of those that are over */
	unsigned long since;	/* jiffies when the running one began */
};

static inline void tcpa_window_restart(struct tcpa_window *w)
{
	*w = (struct tcpa_window){ .since = jiffies };
}

/* Add @n; windows are @length jiffies long. */
static inline void tcpa_window_add(struct tcpa_window *w, u64 n,
				   unsigned long length)
{
	if (time_after_eq(jiffies, w->since + length)) {
		w->past = max(w->past, w->running);
		w->running = 0;
		w->since = jiffies;
	}
	w->running += n;
}

static inline u64 tcpa_window_worst(const struct tcpa_window *w)
{
	return max(w->past, w->running);
}

#endif /* _TCPA_WINDOW_H */
