// SPDX-License-Identifier: GPL-2.0
/*
 * sample.c - the counters of a whole namespace, and the verdict on a trial.
 * A change is kept only on evidence: no refusals before, or too little load
 * after, prove nothing, and then it is not kept.
 */
#include <stdio.h>
#include <string.h>

#include "sample.h"
#include "util.h"

/* Noise: a tenth of what it was, and one in a thousand connections. */
#define NOISE_SHARE	10
#define NOISE_CONNS	1000

/* All but the listeners that are there. */
static void sample_begin(struct sample *s, const struct totals *t)
{
	memset(s, 0, sizeof(*s));
	counters_add(&s->counters, &t->closed);
	counters_add(&s->counters, &t->untracked);
	s->aborted = t->aborted;
	s->tw_overflows = t->timewait.overflows;
}

int sample_read(struct sample *s)
{
	struct totals t;
	int err = totals_read(&t);

	if (err)
		return err;
	sample_begin(s, &t);
	return listeners_sum(&s->counters);
}

void sample_of(const struct totals *t, const struct listeners *ls, struct sample *s)
{
	size_t i;

	sample_begin(s, t);
	for (i = 0; i < ls->nr; i++)
		counters_add(&s->counters, &ls->item[i].counters);
}

static __u64 growth(__u64 from, __u64 to)
{
	return to > from ? to - from : 0;
}

void sample_diff(const struct sample *a, const struct sample *b, struct sample *d)
{
	unsigned int i;

	for (i = 0; i < COUNTERS; i++)
		d->counters.v[i] = growth(a->counters.v[i], b->counters.v[i]);
	d->aborted = growth(a->aborted, b->aborted);
	d->tw_overflows = growth(a->tw_overflows, b->tw_overflows);
}

static __u64 attempts(const struct sample *s)
{
	return s->counters.v[COUNT_COMPLETIONS] + counters_refused(&s->counters);
}

/* True, and said, if @name went up from @before to @after beyond noise. */
static bool worse(const char *name, __u64 before, __u64 after, __u64 conns, char *why)
{
	if (after <= before + before / NOISE_SHARE + conns / NOISE_CONNS)
		return false;
	snprintf(why, JUDGE_TEXT, "%s went up from %llu to %llu", name, before, after);
	return true;
}

static bool anything_worse(const struct sample *before, const struct sample *after, char *why)
{
	static const enum counter watched[] = {
		COUNT_OVERFLOWS_SYN, COUNT_OVERFLOWS_ACK, COUNT_SYNQ_DROPS, COUNT_OTHER_DROPS,
		COUNT_COOKIES_SENT,
	};
	__u64 conns = attempts(after);
	enum counter c;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(watched); i++) {
		c = watched[i];
		if (worse(counter_name(c), before->counters.v[c], after->counters.v[c], conns, why))
			return true;
	}
	return worse("aborted", before->aborted, after->aborted, conns, why) ||
	       worse("TIME_WAIT overflows", before->tw_overflows, after->tw_overflows, conns, why);
}

/*
 * True if @is is less than @was by more than noise: by a tenth, and by twice the
 * standard deviation that the difference of two counts has at least.
 */
static bool fewer(__u64 was, __u64 is)
{
	__u64 down = growth(is, was);

	return down && down >= was / NOISE_SHARE && down > 4 * (was + is) / down;
}

bool sample_judge(const struct sample *before, const struct sample *after, char *why)
{
	__u64 was = counters_refused(&before->counters), is = counters_refused(&after->counters);
	__u64 done = before->counters.v[COUNT_COMPLETIONS];

	if (!was) {
		snprintf(why, JUDGE_TEXT,
			 "nothing was refused in the first span: it proves nothing; try under load");
		return false;
	}
	if (!fewer(was, is)) {
		snprintf(why, JUDGE_TEXT,
			 "refusals did not go down%s: %llu, then %llu",
			 is < was ? " by more than chance" : "", was, is);
		return false;
	}
	if (after->counters.v[COUNT_COMPLETIONS] < done - done / NOISE_SHARE) {
		snprintf(why, JUDGE_TEXT,
			 "fewer connections were made: %llu, then %llu: less load, or worse",
			 done, after->counters.v[COUNT_COMPLETIONS]);
		return false;
	}
	if (anything_worse(before, after, why))
		return false;
	snprintf(why, JUDGE_TEXT,
		 "refusals went down from %llu to %llu, and nothing else got worse", was, is);
	return true;
}
