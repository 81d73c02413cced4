/* SPDX-License-Identifier: GPL-2.0 */
/*
 * track.h - from what a listener's cells have counted to its evidence.
 *
 * Job: take intervals of listeners that have events, keep their evidence, and free it
 * when a listener has been quiet for a window.
 * Context: process, tcpa_netns_lock held.
 * Does not: judge.
 */
#ifndef _TCPA_TRACK_H
#define _TCPA_TRACK_H

#include <linux/types.h>

struct tcpa_evidence;
struct tcpa_listener;
struct tcpa_net;

/* What a sampling tick is for those that are looked at. */
struct tcpa_tick {
	u32 epoch;		/* the interval that has ended */
	u32 ms;			/* its length */
	bool longer;		/* it is of several epochs */
	unsigned long window;	/* jiffies */
};

/*
 * Take an interval of each entry of @tn that has events. True if that moved
 * evidence that a verdict can rest on. Sleeps between entries.
 */
bool tcpa_track_sample(const struct tcpa_tick *tick, struct tcpa_net *tn);

/*
 * Look at up to @most shown entries of @tn, going on where the last look ended, for
 * what no handler tells. Returns how many were looked at.
 */
unsigned int tcpa_track_look(struct tcpa_net *tn, unsigned int most);

/* Free evidence of listeners that have been quiet for a window; not all at once. */
void tcpa_track_expire(const struct tcpa_tick *tick);

/* The evidence of @l, as old as it is now; none if nothing was seen of it. */
void tcpa_track_evidence(const struct tcpa_tick *tick, const struct tcpa_listener *l,
			 struct tcpa_evidence *ev);

/* @l is shown from now on. */
void tcpa_track_begin(struct tcpa_listener *l);

/* @l is not shown any more: off every list here. */
void tcpa_track_end(struct tcpa_listener *l);

#endif /* _TCPA_TRACK_H */
