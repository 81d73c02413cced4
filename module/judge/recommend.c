// SPDX-License-Identifier: GPL-2.0
/*
 * recommend.c - findings as sysctl.d(5) text.
 *
 * The text is a row of blocks, worst first. A block is written as a whole or
 * not at all: either one comment, or all that one key needs (its first
 * comment, the comments of the listeners that want it, and the key line), of
 * which only comments of listeners may be left out. From the first that does
 * not fit on, everything is left out and counted; room for saying so is set
 * aside from the start.
 *
 * Context: any; pure.
 * Does not: judge, or word the reasons (reason.c).
 */
#include "recommend.h"

#include "portlist.h"
#include "reason.h"
#include "saturate.h"
#include "text.h"

/* "# 4294967295 more findings left out: ..." */
#define LAST_LINE	96

/* "net.ipv4.tcp_max_syn_backlog = 18446744073709551615" */
#define KEY_LINE	64

struct writer {
	struct tcpa_text t;
	const struct tcpa_sample *s;
	const struct tcpa_findings *f;
	__u32 omitted;
	bool stop;		/* something was left out, so is the rest */
};

static bool sets_key(const struct tcpa_finding *item)
{
	return item->key != TCPA_KEY_NONE && !tcpa_rule_negative(item->rule);
}

static bool same_key(const struct tcpa_finding *a, const struct tcpa_finding *b)
{
	return sets_key(a) && sets_key(b) && a->key == b->key;
}

/* An earlier finding has brought the block of @i's key. */
static bool key_done(const struct tcpa_findings *f, __u32 i)
{
	__u32 j;

	for (j = 0; j < i; j++)
		if (same_key(&f->item[j], &f->item[i]))
			return true;
	return false;
}

static __u32 nr_findings(const struct tcpa_findings *f)
{
	return min_t(__u32, f->nr, TCPA_FINDINGS_MAX);
}

static void leave_out(struct writer *w, __u32 n)
{
	w->omitted = tcpa_add32(w->omitted, n);
	w->stop = true;
}

static void write_listener(struct writer *w, const struct tcpa_finding *item)
{
	size_t mark = tcpa_text_mark(&w->t);

	if (!w->stop)
		tcpa_reason_listener(&w->t, w->s, item);
	if (w->stop || tcpa_text_undo_if_full(&w->t, mark))
		leave_out(w, 1);
}

static void write_namespace(struct writer *w, const struct tcpa_finding *item)
{
	size_t mark = tcpa_text_mark(&w->t);

	if (!w->stop)
		tcpa_reason_namespace(&w->t, w->s, item);
	if (w->stop || tcpa_text_undo_if_full(&w->t, mark))
		leave_out(w, 1);
}

static void write_negative(struct writer *w, const struct tcpa_finding *item)
{
	size_t mark = tcpa_text_mark(&w->t);

	if (!w->stop)
		tcpa_reason_negative(&w->t, w->s, item);
	if (w->stop || tcpa_text_undo_if_full(&w->t, mark))
		leave_out(w, 1);
}

static __u32 count_key(const struct tcpa_findings *f, __u32 first)
{
	__u32 i, n = 0;

	for (i = first; i < nr_findings(f); i++)
		n += same_key(&f->item[first], &f->item[i]);
	return n;
}

static void write_key_listeners(struct writer *w, __u32 first)
{
	__u32 i;

	for (i = first; i < nr_findings(w->f); i++)
		if (same_key(&w->f->item[first], &w->f->item[i]) &&
		    w->f->item[i].listener)
			write_listener(w, &w->f->item[i]);
}

/* Bytes that the key line of @item takes at most. */
static size_t key_line(const struct writer *w, const struct tcpa_finding *item)
{
	if (item->key == TCPA_KEY_RESERVED_PORTS)
		return KEY_LINE + tcpa_portlist_length(&w->s->ports,
						       item->proposed);
	return KEY_LINE;
}

/* Comments leave room for the key line, so that it always fits. */
static void write_key(struct writer *w, __u32 first)
{
	const struct tcpa_finding *item = &w->f->item[first];
	size_t mark = tcpa_text_mark(&w->t);
	size_t line = key_line(w, item);

	if (w->stop || w->t.room < line) {
		leave_out(w, count_key(w->f, first));
		return;
	}
	w->t.room -= line;
	tcpa_reason_key(&w->t, w->s, w->f, item);
	if (tcpa_text_undo_if_full(&w->t, mark)) {
		leave_out(w, count_key(w->f, first));
		w->t.room += line;
		return;
	}
	write_key_listeners(w, first);
	w->t.room += line;
	tcpa_text_start(&w->t, "%s = ", tcpa_key_name(item->key));
	tcpa_reason_value(&w->t, w->s, item->key, item->proposed);
	tcpa_text_end(&w->t);
}

static void write_finding(struct writer *w, __u32 i)
{
	const struct tcpa_finding *item = &w->f->item[i];

	if (tcpa_rule_negative(item->rule))
		write_negative(w, item);
	else if (!sets_key(item) && !item->listener)
		write_namespace(w, item);
	else if (!sets_key(item))
		write_listener(w, item);
	else if (!key_done(w->f, i))
		write_key(w, i);
}

static void write_nothing(struct writer *w)
{
	__u64 syns = 0, refused = 0;
	size_t mark = tcpa_text_mark(&w->t);
	__u32 i;

	for (i = 0; i < w->s->nr_listeners; i++) {
		const struct tcpa_interval *sum = &w->s->listeners[i].ev.sum;

		syns = tcpa_add(syns, sum->syns);
		refused = tcpa_add(refused, tcpa_interval_refusals(sum));
	}
	tcpa_text_say(&w->t, "# nothing to change: %llu connections refused and %u TIME_WAITs cut short with the settings as they are",
		      refused, tcpa_clamp32(w->s->tw_overflows));
	if (w->s->gone_refused)
		tcpa_text_say(&w->t, "; %llu were refused by listeners that are gone, which will count when they are back",
			      w->s->gone_refused);
	tcpa_text_end(&w->t);
	tcpa_text_undo_if_full(&w->t, mark);
}

/* False if there is not even room for the header. */
static bool write_header(struct writer *w, unsigned int netns_inum,
			 __u64 generation)
{
	size_t mark = tcpa_text_mark(&w->t);

	tcpa_text_line(&w->t, "# tcpadvisor netns=%u generation=%llu window=%us",
		       netns_inum, generation, w->s->window_s);
	return !tcpa_text_undo_if_full(&w->t, mark);
}

static void write_findings(struct writer *w)
{
	size_t room = w->t.room;
	__u32 i;

	w->t.room -= min_t(size_t, room, LAST_LINE);
	for (i = 0; i < nr_findings(w->f); i++)
		write_finding(w, i);
	if (!w->f->nr)
		write_nothing(w);
	w->t.room = room;
}

static void write_omitted(struct writer *w)
{
	size_t mark = tcpa_text_mark(&w->t);

	if (w->omitted)
		tcpa_text_line(&w->t, "# %u more findings left out: see listeners/*/verdict",
			       w->omitted);
	tcpa_text_undo_if_full(&w->t, mark);
}

int tcpa_recommend_text(char *buf, size_t size, unsigned int netns_inum,
			__u64 generation, const struct tcpa_sample *s,
			const struct tcpa_findings *f)
{
	struct writer w = { .s = s, .f = f, .omitted = f->omitted };

	tcpa_text_init(&w.t, buf, size);
	if (!write_header(&w, netns_inum, generation))
		return 0;
	write_findings(&w);
	write_omitted(&w);
	return w.t.len;
}
