// SPDX-License-Identifier: GPL-2.0
/*
 * listener_table.c - all listeners from tables/listeners. Reads only.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "listener_table.h"
#include "root.h"
#include "published_table.h"
#include "util.h"
#include "words/complain.h"
#include "words/number.h"

/* The numbers of a listener besides its counters. */
static const struct {
	const char *name;
	size_t offset;
} numbers[] = {
	{ "inode", offsetof(struct listener, inode) },
	{ "cgroup_id", offsetof(struct listener, cgroup_id) },
	{ "backlog", offsetof(struct listener, backlog) },
	{ "accept_queue", offsetof(struct listener, accept_queue) },
	{ "accept_queue_peak", offsetof(struct listener, accept_queue_peak) },
	{ "accept_wait_ms", offsetof(struct listener, accept_wait_ms) },
	{ "accept_wait_peak_ms", offsetof(struct listener, accept_wait_peak_ms) },
	{ "syn_queue", offsetof(struct listener, syn_queue) },
	{ "syn_queue_peak", offsetof(struct listener, syn_queue_peak) },
	{ "backlog_recommended", offsetof(struct listener, recommended) },
};

/* Where they are. */
struct columns {
	int name, requested, verdict;
	int histograms;		/* -1: an older module, which takes none */
	int child, icmp;	/* -1: one that does not tell causes apart */
	int number[ARRAY_SIZE(numbers)];
	int counter[COUNTERS];
	size_t words;		/* so many has a row at least */
	bool missing;		/* there is one that the table has not */
};

static int find(const struct table *t, const char *name, struct columns *at)
{
	int column = table_column(t, name);

	at->missing |= column < 0;
	if (column >= 0 && (size_t)column >= at->words)
		at->words = (size_t)column + 1;
	return column;
}

/* -ENOENT if one is missing. */
static int find_columns(const struct table *t, struct columns *at)
{
	size_t i;

	memset(at, 0, sizeof(*at));
	at->name = find(t, "listener", at);
	at->requested = find(t, "backlog_requested", at);
	at->verdict = find(t, "verdict", at);
	at->histograms = table_column(t, "histograms");
	at->child = table_column(t, "other_drops_child");
	at->icmp = table_column(t, "other_drops_icmp");
	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		at->number[i] = find(t, numbers[i].name, at);
	for (i = 0; i < COUNTERS; i++)
		at->counter[i] = find(t, counter_name((enum counter)i), at);
	return at->missing ? -ENOENT : 0;
}

static int take_word(const char *word, const char *name, struct listener *l)
{
	if (!strcmp(name, "backlog_requested"))
		return listener_requested_parse(word, l);
	if (strlen(word) >= sizeof(l->verdict))
		return -EINVAL;
	snprintf(l->verdict, sizeof(l->verdict), "%s", word);
	root_clean(l->verdict);
	return 0;
}

/* That of column @at, which may be missing. 0 or -EINVAL. */
static int take_number(const struct table *t, int at, __u64 *v)
{
	if (at < 0 || (size_t)at >= t->words)
		return -EINVAL;
	return number_u64(t->word[at], v);
}

/* Take all of a row but its name. The column that is wrong, or NULL. */
static const char *take_row(const struct table *t, const struct columns *at, struct listener *l)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		if (number_u64(t->word[at->number[i]],
			       (__u64 *)(void *)((char *)l + numbers[i].offset)))
			return numbers[i].name;
	for (i = 0; i < COUNTERS; i++)
		if (number_u64(t->word[at->counter[i]], &l->counters.v[i]))
			return counter_name((enum counter)i);
	if (l->recommended > BACKLOG_MAX)
		return "backlog_recommended";
	if (take_word(t->word[at->requested], "backlog_requested", l))
		return "backlog_requested";
	if (take_word(t->word[at->verdict], "verdict", l))
		return "verdict";
	l->wait_known = true;
	l->causes_known = !take_number(t, at->child, &l->other_child) &&
			  !take_number(t, at->icmp, &l->other_icmp);
	l->histograms = at->histograms >= 0 && (size_t)at->histograms < t->words &&
			!strcmp(t->word[at->histograms], "1");
	return NULL;
}

static void complain_of_row(const char *name, const char *wrong)
{
	complain(SYSFS "/tables/listeners: %s: %s; are module and tool of the same version?",
		 name, wrong);
}

/* False if not even a name is there. */
static bool parse_row(const struct table *t, const struct columns *at, struct listener *l)
{
	const char *name = t->words > (size_t)at->name ? t->word[at->name] : "";
	const char *wrong;

	memset(l, 0, sizeof(*l));
	if (listener_name_parse(name, l->address, &l->cookie)) {
		complain_of_row(name, "expected ADDR:PORT@COOKIE");
		return false;
	}
	memcpy(l->name, name, strlen(name) + 1); /* fits, or it had not parsed */
	wrong = t->words < at->words ? "columns" : take_row(t, at, l);
	if (wrong) {
		complain_of_row(name, wrong);
		listener_unread(l, wrong);
	}
	return true;
}

int listener_table_each(int (*fn)(void *arg, const struct listener *l), void *arg,
			__u64 *changes)
{
	struct columns at;
	struct listener l;
	struct table t;
	int ret = table_open(&t, "listeners");

	if (ret)
		return ret;
	ret = find_columns(&t, &at);
	if (!ret && changes)
		*changes = t.changes;
	while (!ret) {
		ret = table_next(&t);
		if (ret <= 0)
			break;
		ret = fn(arg, parse_row(&t, &at, &l) ? &l : NULL);
	}
	table_close(&t);
	return ret;
}

int listener_table_changes(__u64 *changes)
{
	struct table t;
	int err = table_open(&t, "listeners");

	if (err)
		return err;
	*changes = t.changes;
	table_close(&t);
	return 0;
}
