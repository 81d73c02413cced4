// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_rollback.c - the command `rollback`: options, and what is shown.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change/audit.h"
#include "change/holder.h"
#include "command.h"
#include "words/complain.h"
#include "words/output.h"
#include "change/persist.h"
#include "show.h"
#include "change/rollback.h"

static const char usage[] =
	"Usage: tcpadvisor rollback [OPTION]...\n"
	"Undo what \"tcpadvisor apply\" has changed in this network namespace. What\n"
	"somebody else has changed since is left alone, and said.\n"
	"\n"
	"  -y, --yes          do it, as without --dry-run\n"
	"  -n, --dry-run      only show what would be undone\n"
	"      --only WHAT    only this key or listener (ADDR:PORT); repeatable\n"
	"      --except WHAT  all but this key or listener; repeatable\n"
	"      --forget       give up the record of what somebody else has changed and,\n"
	"                     with --all-netns, of namespaces that are gone\n"
	"      --end-trial    first end a trial that another tcpadvisor makes; it undoes\n"
	"                     that itself\n"
	"\n"
	"Exit status: 0 all undone, 1 failed, 2 bad usage, 64 only part of it undone.\n";

enum {
	OPT_ONLY = 0x2000,
	OPT_EXCEPT,
	OPT_FORGET,
	OPT_END_TRIAL,
};

static const struct option longs[] = {
	{ "dry-run", no_argument, NULL, 'n' },
	{ "only", required_argument, NULL, OPT_ONLY },
	{ "except", required_argument, NULL, OPT_EXCEPT },
	{ "forget", no_argument, NULL, OPT_FORGET },
	{ "end-trial", no_argument, NULL, OPT_END_TRIAL },
	/* Whoever is used to apply's: undoing needs no confirmation. */
	{ "yes", no_argument, NULL, 'y' },
	{ 0 },
};

static struct {
	struct wish select;
	struct undo_wish wish;
	bool yes, end_trial;
	bool unknown;		/* there are changes of kinds that a newer version has */
	struct journal_file journal;
	struct netns_id *visited;
	size_t nr_visited;
} self;

static int take(int c, const char *arg)
{
	switch (c) {
	case 'n':
		self.wish.dry_run = true;
		return 0;
	case OPT_ONLY:
		return select_add("--only", self.select.only, &self.select.nr_only, arg);
	case OPT_EXCEPT:
		return select_add("--except", self.select.except, &self.select.nr_except, arg);
	case OPT_FORGET:
		self.wish.forget = true;
		return 0;
	case OPT_END_TRIAL:
		self.end_trial = true;
		return 0;
	case 'y':
		self.yes = true;
		return 0;
	}
	return -EINVAL;
}

static void show_step(const struct undo_step *s)
{
	static const enum color colors[] = {
		[UNDONE] = COLOR_GOOD, [UNDO_FAILED] = COLOR_BAD, [UNDO_FOREIGN] = COLOR_WARN,
		[UNDO_PLANNED] = COLOR_NONE,
	};
	const struct change *c = &s->change;

	out_wrap(6);
	show_change(c);
	out_value("set_to", c->kind == CHANGE_BACKLOG ? " backlog  " : "  ", &c->to, "");
	out_value("back_to", " -> ", &c->from, "  ");
	if (colors[s->result])
		out_color(colors[s->result]);
	out_str("result", "", undo_result_name(s->result), "");
	if (colors[s->result])
		out_color(COLOR_NONE);
	if (s->note[0])
		out_str("note", ": ", s->note, "");
	out_text("\n");
	out_wrap_end();
	out_object_end();
}

/* Remember that @ns exists. */
static int visit(const struct netns *ns)
{
	struct netns_id *v;

	v = reallocarray(self.visited, self.nr_visited + 1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	self.visited = v;
	v[self.nr_visited++] = ns->id;
	return 0;
}

static bool was_visited(const struct change *c)
{
	size_t i;

	for (i = 0; i < self.nr_visited; i++)
		if (netns_same(&self.visited[i], &c->netns))
			return true;
	return false;
}

/* --forget --all-netns: what a namespace took with it when it went. */
static void forget_gone(void)
{
	struct change *c;
	size_t i;

	for (i = 0; i < self.journal.j.nr; i++) {
		c = &self.journal.j.item[i];
		if (c->state != CHANGE_ENDED && c->kind != CHANGE_PERSIST &&
		    c->kind != CHANGE_UNKNOWN && !was_visited(c))
			journal_mark_end(&self.journal, c->id, "gone");
	}
}

/* What all of it comes to. */
static void show_end(const struct undo_list *list)
{
	size_t i, foreign = 0;

	for (i = 0; i < list->nr; i++)
		foreign += list->item[i].result == UNDO_FOREIGN && !list->item[i].kept;
	if (!list->nr)
		out_text("Nothing to undo.\n");
	else if (self.wish.dry_run)
		out_text("Nothing was changed: this was a dry run.\n");
	else if (foreign && !self.wish.forget)
		out_rest(0, 0,
			 "What was left alone is remembered, until \"tcpadvisor rollback --forget\".");
}

static int in_namespace(const struct netns *ns, void *arg)
{
	struct undo_list list;
	int status;
	size_t i;

	(void)arg;
	if (visit(ns) || rollback_changes(&self.journal, ns, &self.wish, &list))
		return EXIT_FAILED;
	audit_flush();
	field_bool("dry_run", self.wish.dry_run);
	out_array("steps");
	for (i = 0; i < list.nr; i++)
		show_step(&list.item[i]);
	out_array_end();
	show_end(&list);
	field_uint("elsewhere", list.elsewhere);
	if (list.elsewhere && !globals.all_netns)
		out_text("%zu more in other network namespaces: see --netns and --all-netns.\n",
			 list.elsewhere);
	field_uint("unknown", list.unknown);
	if (list.unknown)
		out_text("%zu more of a kind that only a newer tcpadvisor knows: left as they are.\n",
			 list.unknown);
	self.unknown |= list.unknown > 0;
	status = rollback_status(&list);
	undo_list_free(&list);
	return status;
}

static int end(int status, void *arg)
{
	(void)arg;
	if (self.wish.forget && !self.wish.dry_run && globals.all_netns && !status)
		forget_gone();
	/* What is not known cannot have been undone. */
	if (!status && (self.journal.j.damaged || self.unknown))
		status = EXIT_PARTLY;
	journal_close(&self.journal);
	return status;
}

int cmd_rollback(int argc, char **argv)
{
	const struct command_options co = {
		.usage = usage, .longs = longs, .shorts = "yn", .take = take,
		.changes = true,
	};
	int status, err;

	if (options_parse(argc, argv, &co, &status) < 0)
		return status;
	if (yes_and_no(self.yes, self.wish.dry_run))
		return EXIT_USAGE;
	self.wish.select = &self.select;
	if (self.end_trial && self.wish.dry_run) {
		complain("--end-trial and --dry-run exclude each other");
		return EXIT_USAGE;
	}
	if (!self.wish.dry_run && sysroot_refuses())
		return EXIT_USAGE;
	if (self.end_trial && holder_end_trial())
		return EXIT_FAILED;
	err = journal_open(&self.journal, self.wish.dry_run ? JOURNAL_PEEK : JOURNAL_UNDO);
	if (err && self.wish.dry_run)
		complain(JOURNAL_DIR ": %s", strerror(-err));
	if (err)
		return EXIT_FAILED;
	if (!self.wish.dry_run)
		persist_tidy();
	/* Nobody may read what it says: what it has begun, it does. */
	signal(SIGPIPE, SIG_IGN);
	status = run_in_namespaces("rollback", in_namespace, end, NULL);
	free(self.visited);
	return status;
}
