/* SPDX-License-Identifier: GPL-2.0 */
/*
 * published_recorded.h - what was recorded of listeners in trouble: what other backlogs
 * would have refused, and what became of whom the present one refused.
 */
#ifndef _TCPADVISOR_PUBLISHED_RECORDED_H
#define _TCPADVISOR_PUBLISHED_RECORDED_H

#include <linux/types.h>
#include <stdbool.h>

#define CURVE_POINTS	14	/* the backlog, and powers of two above it */
#define REFUSED_PREFIXES	8
#define PREFIX_TEXT	64

struct curve {
	bool complete;		/* nobody was missed */
	__u64 need;		/* the least backlog that would have refused nobody */
	unsigned int nr;	/* 0: nothing was refused, or the module is older */
	struct {
		__u64 backlog, refused, wait_ms;
	} point[CURVE_POINTS];
};

/* Refused clients; where one_in is not 1 these are estimates, each within the error. */
struct refused {
	__u64 complete;		/* 1: nobody was missed */
	__u64 refusals;		/* 0: none, or the module is older */
	__u64 clients;
	__u64 admitted, from_ms, to_ms;	/* who got in, and how long after */
	__u64 gave_up, pending;	/* who did not come again, and who still may */
	__u64 one_in, error;
};

/* Where most refusals came from, the worst first. */
struct refused_prefixes {
	bool known;		/* we may read that */
	unsigned int nr;
	struct {
		char text[PREFIX_TEXT];
		__u64 refusals, error;	/* so many at most, and by so many fewer at least */
	} item[REFUSED_PREFIXES];
};

/*
 * Read that of the listener @name. 0, with none in it if there is none; complain
 * themselves and return a negative errno if the table is not as it should be.
 */
int curve_read(const char *name, struct curve *c);
int refused_read(const char *name, struct refused *r);
int refused_prefixes_read(const char *name, struct refused_prefixes *p);

/* Call @fn for each listener that has refused clients. The same. */
int refused_each(void (*fn)(const char *name, const struct refused *r, void *arg), void *arg);

#endif /* _TCPADVISOR_PUBLISHED_RECORDED_H */
