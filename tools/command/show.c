// SPDX-License-Identifier: GPL-2.0
/*
 * show.c - pieces of output that several commands have in common.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/cgroup.h"
#include "host/root.h"
#include "change/persist.h"
#include "show.h"
#include "util.h"
#include "words/rule.h"

enum color verdict_color(const char *verdict)
{
	if (!strcmp(verdict, "ok"))
		return COLOR_GOOD;
	if (!strcmp(verdict, "undecided"))
		return COLOR_WARN;
	return COLOR_BAD;
}

void field_rule(const char *verdict)
{
	if (!*verdict || !strcmp(verdict, "ok") || !strcmp(verdict, "unreadable"))
		field_null("rule");
	else
		field_str("rule", rule_of_verdict(verdict));
}

void show_verdict(const char *verdict)
{
	field_rule(verdict);
	if (!*verdict) {
		field_null("verdict");
		return;
	}
	out_wrap(13);
	out_text("verdict      ");
	out_color(verdict_color(verdict));
	out_str("verdict", "", verdict, "");
	out_color(COLOR_NONE);
	if (strcmp(verdict, "ok"))
		out_text("  (\"tcpadvisor explain %s\" says more)", verdict);
	out_text("\n");
	out_wrap_end();
}

void show_counters(const struct counters *c)
{
	unsigned int i;

	for (i = 0; i < COUNTERS; i++)
		field_uint(counter_name(i), c->v[i]);
}

void show_causes(const struct listener *l)
{
	if (l->causes_known) {
		field_uint("other_drops_child", l->other_child);
		field_uint("other_drops_icmp", l->other_icmp);
	} else {
		field_null("other_drops_child");
		field_null("other_drops_icmp");
	}
}

/* What a listener has besides its columns. */
static void show_listener_fields(const struct listener *l)
{
	field_uint("inode", l->inode);
	field_str("cgroup", l->cgroup);
	if (l->unread)
		field_str("unreadable", l->unread);
	if (l->owner.pid) {
		field_uint("pid", (unsigned int)l->owner.pid);
		field_uint("other_processes", l->owner.others);
	} else {
		field_null("pid");
	}
	field_uint("backlog", l->backlog);
	if (l->requested_known)
		field_int("backlog_requested", l->requested);
	else
		field_null("backlog_requested");
	field_uint("accept_queue", l->accept_queue);
	field_uint("accept_queue_peak", l->accept_queue_peak);
	if (l->wait_known) {
		field_uint("accept_wait_ms", l->accept_wait_ms);
		field_uint("accept_wait_peak_ms", l->accept_wait_peak_ms);
	} else {
		field_null("accept_wait_ms");
		field_null("accept_wait_peak_ms");
	}
	field_uint("syn_queue", l->syn_queue);
	field_uint("syn_queue_peak", l->syn_queue_peak);
	field_uint("backlog_recommended", l->recommended);
	show_counters(&l->counters);
	show_causes(l);
}

static void show_process(const struct listener *l)
{
	char pid[16] = "-";

	if (l->owner.pid)
		snprintf(pid, sizeof(pid), "%d%s", l->owner.pid, l->owner.others ? "+" : "");
	cell_text("%s", pid);
	if (l->owner.pid)
		field_str("program", l->owner.program);
	else
		field_null("program");
	cell_text("%s", l->owner.pid ? l->owner.program : "-");
}

static void show_refusals(const struct counters *c)
{
	__u64 refused = counters_refused(c);

	cell_color(refused ? COLOR_BAD : COLOR_NONE);
	cell_text("%llu", refused);
	cell_color(COLOR_NONE);
	cell_text("%llu", c->v[COUNT_OVERFLOWS_SYN]);
	cell_text("%llu", c->v[COUNT_OVERFLOWS_ACK]);
	cell_text("%llu", c->v[COUNT_SYNQ_DROPS]);
	cell_text("%llu", c->v[COUNT_OTHER_DROPS]);
	cell_text("%llu", c->v[COUNT_COOKIES_SENT]);
}

/* Where a listener belongs, of the names in its cgroup's path. */
static void show_place(const char *key, const char *name)
{
	if (*name)
		field_str(key, name);
	else
		field_null(key);
	cell_text("%s", *name ? name : "-");
}

#define UNREAD_CELLS	10	/* queues and counters */

static void show_listener(const struct listener *l)
{
	char label[CGROUP_LABEL];
	unsigned int i;

	table_row();
	field_str("name", l->name);
	cell_str("address", l->address);
	show_process(l);
	show_listener_fields(l);
	if (l->unread) {
		for (i = 0; i < UNREAD_CELLS; i++)
			cell_text("?");
	} else {
		cell_text("%llu/%llu", l->accept_queue, l->backlog);
		cell_text("%llu", l->accept_queue_peak);
		if (l->wait_known)
			cell_text("%llu", l->accept_wait_peak_ms);
		else
			cell_text("?");
		cell_text("%llu", l->syn_queue);
		show_refusals(&l->counters);
	}
	cell_color(verdict_color(l->verdict));
	cell_str("verdict", l->verdict);
	field_rule(l->verdict);
	cell_color(COLOR_NONE);
	if (l->recommended)
		cell_text("%llu", l->recommended);
	else
		cell_text("-");
	show_place("unit", cgroup_unit(l->cgroup, label));
	show_place("container", cgroup_container(l->cgroup, label));
	show_place("pod", cgroup_pod(l->cgroup, label));
	table_row_end();
}

static const struct column columns[] = {
	{ .head = "LISTENER" },
	{ .head = "PID", .right = true, .drop = 4 },
	{ .head = "PROGRAM", .drop = 2 },
	{ .head = "QUEUE", .right = true, .drop = 3 },
	{ .head = "PEAK", .right = true, .drop = 5 },
	{ .head = "WAIT-MS", .right = true, .drop = 10 },
	{ .head = "SYNQ", .right = true, .drop = 10 },
	{ .head = "REFUSED", .right = true },
	{ .head = "AT-SYN", .right = true, .drop = 8 },
	{ .head = "AT-ACK", .right = true, .drop = 8 },
	{ .head = "SYNQ-DROP", .right = true, .drop = 10 },
	{ .head = "OTHER", .right = true, .drop = 10 },
	{ .head = "COOKIES", .right = true, .drop = 9 },
	{ .head = "VERDICT" },
	{ .head = "ADVISED", .right = true, .drop = 1 },
	{ .head = "UNIT", .drop = 6, .optional = true },
	{ .head = "CONTAINER", .drop = 6, .optional = true },
	{ .head = "POD", .drop = 7, .optional = true },
};

int show_listeners_as(const struct table_form *form)
{
	return table_choose(form, columns, ARRAY_SIZE(columns));
}

/* Why there are dashes, to somebody who may wonder. */
static void explain_dashes(const struct listeners *ls, size_t max)
{
	size_t i;

	if (!root_is_live() || !geteuid() || table_bare())
		return;
	for (i = 0; i < ls->nr && i < max; i++) {
		if (ls->item[i].owner.pid || !ls->item[i].inode)
			continue;
		out_rest(0, 0,
			 "A PID of - is another user's process: run this as root to see it.");
		return;
	}
}

void show_listeners(const struct listeners *ls, size_t max)
{
	size_t i;

	table_begin("listeners", columns, ARRAY_SIZE(columns));
	for (i = 0; i < ls->nr && i < max; i++)
		show_listener(&ls->item[i]);
	table_end();
	explain_dashes(ls, max);
}

/* What is said of a listener starts with its verdict. */
static const char *rule_of_remark(const struct remark *m)
{
	char verdict[VERDICT_MAX];

	switch (m->kind) {
	case REMARK_KEY:
	case REMARK_NOT:
		return rule_of_key(m->subject, m->kind == REMARK_NOT, m->text);
	case REMARK_LISTENER:
		snprintf(verdict, sizeof(verdict), "%.*s", (int)strcspn(m->text, ":"), m->text);
		return rule_of_verdict(verdict);
	case REMARK_OTHER:
		break;
	}
	return rule_of_note(m->text);
}

static void show_remark(const struct remark *m)
{
	static const char *const kinds[] = {
		[REMARK_KEY] = "sysctl", [REMARK_LISTENER] = "listener",
		[REMARK_NOT] = "not-advised", [REMARK_OTHER] = "note",
	};
	const char *rule = rule_of_remark(m);

	out_object(NULL);
	field_str("kind", kinds[m->kind]);
	if (rule)
		field_str("rule", rule);
	else
		field_null("rule");
	switch (m->kind) {
	case REMARK_KEY:
		out_wrap(6);
		out_str("name", "  ", m->subject, "");
		out_value("current", "  ", &m->current, "");
		out_value("proposed", " -> ", &m->proposed, "\n");
		out_wrap_end();
		break;
	case REMARK_LISTENER:
		out_str("name", "  listener ", m->subject, "\n");
		field_uint("inode", m->inode);
		break;
	case REMARK_NOT:
		out_str("name", "  not advised: ", m->subject, "\n");
		break;
	case REMARK_OTHER:
		break;
	}
	out_paragraph("text", m->kind == REMARK_OTHER ? 2 : 6, m->text);
	out_object_end();
}

void show_advice(const struct recommend *r)
{
	size_t i;

	out_array("advice");
	for (i = 0; i < r->nr_remarks; i++)
		show_remark(&r->remark[i]);
	out_array_end();
}

void show_change(const struct change *c)
{
	out_object(NULL);
	field_str("kind", change_kind_name(c->kind));
	out_text("  %s", c->kind == CHANGE_BACKLOG ? "listener " :
		 c->kind == CHANGE_PERSIST ? PERSIST_FILE ": " : "");
	out_str("name", "", c->name, "");
}
