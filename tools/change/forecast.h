/* SPDX-License-Identifier: GPL-2.0 */
/*
 * forecast.h - how deep the module said that the accept queue of a listener would
 * become, and how deep it was once its backlog had been changed.
 */
#ifndef _TCPADVISOR_FORECAST_H
#define _TCPADVISOR_FORECAST_H

#include "plan.h"

struct forecast {
	char name[SUBJECT_MAX];	/* of the listener */
	__u64 backlog;		/* that it is to have */
	__u64 predicted;	/* connections, at the load that was seen; 0: not known */
	bool came_known;	/* the listener was still there */
	__u64 came;		/* the most that have waited since it listens */
	__u64 refused;		/* first in all, then since the change */
};

struct forecasts {
	struct forecast *item;
	size_t nr;
};

/*
 * Before @p is done: what is predicted for each listener that it changes. Complains
 * itself; negative errno, and then there are none. Needs forecasts_free() after success.
 */
int forecasts_make(struct forecasts *f, const struct plan *p);

/* After the same load came again, and as long as the change is in force. The same. */
int forecasts_meet(struct forecasts *f);

/* As a table, in JSON "predictions"; nothing if there are none. */
void forecasts_show(const struct forecasts *f);

/* In the history of the open directory @dir, a line each. */
void forecasts_note(const struct forecasts *f, int dir);

void forecasts_free(struct forecasts *f);

#endif /* _TCPADVISOR_FORECAST_H */
