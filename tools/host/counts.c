// SPDX-License-Identifier: GPL-2.0
/*
 * counts.c - the counters of a whole namespace, and the verdict on a trial.
 * A change is kept only on evidence: no losses before, or too little load
 * after, prove nothing, and then it is not kept.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "words/complain.h"
#include "words/number.h"
#include "published_ports.h"
#include "root.h"
#include "counts.h"
#include "util.h"

/* Noise: a tenth of what it was, and one in a thousand connections. */
#define NOISE_SHARE	10
#define NOISE_CONNS	1000

/* All but the listeners that are there. */
static void sample_begin(struct counts *s, const struct totals *t)
{
	memset(s, 0, sizeof(*s));
	counters_add(&s->counters, &t->closed);
	counters_add(&s->counters, &t->untracked);
	s->aborted = t->aborted;
	s->tw_overflows = t->timewait.overflows;
	s->tw_created = t->timewait.created;
}

/* Words of two lines that start with @line: a name above, its number below. */
static int snmp_number(char *text, const char *line, const char *name, __u64 *v)
{
	char *names = strstr(text, line), *values, *word;

	values = names ? strchr(names, '\n') : NULL;
	if (!values || strncmp(values + 1, line, strlen(line)))
		return -EINVAL;
	*values++ = '\0';
	values[strcspn(values, "\n")] = '\0';
	while ((word = strsep(&names, " "))) {
		char *value = strsep(&values, " ");

		if (!value)
			break;
		if (!strcmp(word, name))
			return number_u64(value, v);
	}
	return -EINVAL;
}

/*
 * connect(2)s of this namespace that got as far as a SYN; 0 if none can tell. The
 * file grows by two columns for each type of ICMP that was ever received: whoever
 * sends all 256 makes it 4.5 KiB.
 */
static int opens_read(__u64 *opens)
{
	char text[65536];
	ssize_t n = root_read(text, sizeof(text), "/proc/net/snmp");
	int err;

	*opens = 0;
	if (n == -ENOENT)
		return 0;
	err = n < 0 ? (int)n : snmp_number(text, "Tcp: ", "ActiveOpens", opens);
	if (err)
		complain("/proc/net/snmp: %s", strerror(-err));
	return err;
}

static int connects_read(struct counts *s)
{
	struct ports p;
	int err = ports_read(&p);

	if (err && err != -ENOENT)
		return err;
	s->port_failures = p.failures;
	return opens_read(&s->opens);
}

int counts_read(struct counts *s)
{
	struct totals t;
	int err = totals_read(&t);

	if (err)
		return err;
	sample_begin(s, &t);
	err = connects_read(s);
	return err ? err : listeners_sum(&s->counters);
}

void counts_of(const struct totals *t, const struct listeners *ls, struct counts *s)
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

void counts_diff(const struct counts *a, const struct counts *b, struct counts *d)
{
	unsigned int i;

	for (i = 0; i < COUNTERS; i++)
		d->counters.v[i] = growth(a->counters.v[i], b->counters.v[i]);
	d->aborted = growth(a->aborted, b->aborted);
	d->tw_overflows = growth(a->tw_overflows, b->tw_overflows);
	d->tw_created = growth(a->tw_created, b->tw_created);
	d->port_failures = growth(a->port_failures, b->port_failures);
	d->opens = growth(a->opens, b->opens);
}

static __u64 attempts(const struct counts *s)
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

static bool anything_worse(const struct counts *before, const struct counts *after, __u64 conns,
			   __u64 opens, char *why)
{
	static const enum counter watched[] = {
		COUNT_OVERFLOWS_SYN, COUNT_OVERFLOWS_ACK, COUNT_SYNQ_DROPS, COUNT_OTHER_DROPS,
		COUNT_COOKIES_SENT,
	};
	enum counter c;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(watched); i++) {
		c = watched[i];
		if (worse(counter_name(c), before->counters.v[c], after->counters.v[c], conns, why))
			return true;
	}
	return worse("aborted", before->aborted, after->aborted, conns, why) ||
	       worse("TIME_WAIT overflows", before->tw_overflows, after->tw_overflows, conns,
		     why) ||
	       worse("connects without a port", before->port_failures, after->port_failures,
		     opens, why);
}

static __u64 larger(__u64 a, __u64 b)
{
	return a > b ? a : b;
}

bool counts_clearly_worse(const struct counts *before, const struct counts *so_far, char *why)
{
	/* Few have come so far: allow for those that will. */
	return anything_worse(before, so_far, larger(attempts(before), attempts(so_far)),
			      larger(before->opens, so_far->opens), why);
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

/* What a change may cure, and how much there was that did not suffer it. */
struct loss {
	const char *name;
	__u64 was, is;
	const char *load;
	__u64 load_was, load_is;
};

/* The first that went down; if none did, the first that there was, or NULL. */
static const struct loss *loss_find(const struct loss *l, size_t nr)
{
	const struct loss *first = NULL;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (fewer(l[i].was, l[i].is))
			return &l[i];
		if (l[i].was && !first)
			first = &l[i];
	}
	return first;
}

static bool loss_cured(const struct loss *l, char *why)
{
	if (!fewer(l->was, l->is)) {
		snprintf(why, JUDGE_TEXT, "%s did not go down%s: %llu, then %llu", l->name,
			 l->is < l->was ? " by more than chance" : "", l->was, l->is);
		return false;
	}
	if (l->load_is < l->load_was - l->load_was / NOISE_SHARE) {
		snprintf(why, JUDGE_TEXT, "fewer %s: %llu, then %llu: less load, or worse",
			 l->load, l->load_was, l->load_is);
		return false;
	}
	return true;
}

/* The losses of two spans, of which @after may be the same. */
#define LOSSES	4

static void losses_of(struct loss *l, const struct counts *before, const struct counts *after)
{
	const struct loss all[LOSSES] = {
		{ "refusals", counters_refused(&before->counters),
		  counters_refused(&after->counters), "connections were made",
		  before->counters.v[COUNT_COMPLETIONS], after->counters.v[COUNT_COMPLETIONS] },
		{ "other drops", before->counters.v[COUNT_OTHER_DROPS],
		  after->counters.v[COUNT_OTHER_DROPS], "connections were made",
		  before->counters.v[COUNT_COMPLETIONS], after->counters.v[COUNT_COMPLETIONS] },
		{ "TIME_WAIT overflows", before->tw_overflows, after->tw_overflows,
		  "TIME_WAITs were made", before->tw_created, after->tw_created },
		{ "connects without a port", before->port_failures, after->port_failures,
		  "connects found a port", before->opens, after->opens },
	};

	memcpy(l, all, sizeof(all));
}

bool counts_has_loss(const struct counts *before, char *why)
{
	struct loss losses[LOSSES];

	losses_of(losses, before, before);
	if (loss_find(losses, LOSSES))
		return true;
	snprintf(why, JUDGE_TEXT,
		 "nothing was refused in the first span: it proves nothing; try under load");
	return false;
}

bool counts_judge(const struct counts *before, const struct counts *after, char *why)
{
	struct loss losses[LOSSES];
	const struct loss *l;

	if (!counts_has_loss(before, why))
		return false;
	losses_of(losses, before, after);
	l = loss_find(losses, LOSSES);
	if (!loss_cured(l, why) ||
	    anything_worse(before, after, attempts(after), after->opens, why))
		return false;
	snprintf(why, JUDGE_TEXT, "%s went down from %llu to %llu, and nothing else got worse",
		 l->name, l->was, l->is);
	return true;
}
