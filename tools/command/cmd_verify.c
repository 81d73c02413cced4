// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_verify.c - the command `verify`: whether what apply has changed is still in
 * force. The same look at journal and host as that of `rollback --dry-run`, asked the
 * other way round. Changes nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "change/persist.h"
#include "show.h"
#include "change/rollback.h"
#include "command.h"
#include "next.h"
#include "words/complain.h"
#include "words/output.h"

static const char usage[] =
	"Usage: tcpadvisor verify [OPTION]...\n"
	"Whether what \"tcpadvisor apply\" has changed in this network namespace, and\n"
	"nobody has undone by \"tcpadvisor rollback\", is still in force.\n"
	"\n"
	"Exit status: 0 all of it, or there is nothing, 1 not all, 2 bad usage.\n";

static int take_none(int c, const char *arg)
{
	(void)c;
	(void)arg;
	return -EINVAL;
}

static const char *state(const struct undo_step *s)
{
	if (undo_in_force(s))
		return "in force";
	switch (s->result) {
	case UNDO_NEEDLESS:
		return "set back";
	case UNDO_FOREIGN:
		return "changed";
	case UNDO_GONE:
		return "gone";
	case UNDONE:
	case UNDO_FAILED:
	case UNDO_PLANNED:
		break;
	}
	return "unknown";
}

static void show_step(const struct undo_step *s)
{
	const struct change *c = &s->change;
	bool good = undo_in_force(s);

	out_wrap(6);
	show_change(c);
	out_value("set_to", c->kind == CHANGE_BACKLOG ? " backlog  " : "  ", &c->to, "  ");
	out_color(good ? COLOR_GOOD : COLOR_BAD);
	out_str("state", "", state(s), "");
	out_color(COLOR_NONE);
	if (!good && (s->result == UNDO_NEEDLESS || s->result == UNDO_FOREIGN))
		out_value("now", ": it is ", &s->now, " now");
	out_text("\n");
	out_wrap_end();
	out_object_end();
}

static int in_namespace(const struct netns *ns, void *arg)
{
	const struct undo_wish wish = { .dry_run = true };
	struct journal_file *journal = arg;
	struct undo_list list;
	size_t i, bad = 0, nr = 0;

	if (rollback_changes(journal, ns, &wish, &list))
		return EXIT_FAILED;
	out_array("changes");
	/* Of several changes of one thing, the newest is what should be in force. */
	for (i = 0; i < list.nr; i++) {
		if (list.item[i].newer)
			continue;
		show_step(&list.item[i]);
		nr++;
		bad += !undo_in_force(&list.item[i]);
	}
	out_array_end();
	out_wrap(0);
	if (!nr)
		out_text("Nothing to verify: tcpadvisor has changed nothing here, or rollback has undone it.\n");
	else if (bad)
		out_text("%zu of %zu not in force; \"tcpadvisor apply\" shows what is advised now.\n",
			 bad, nr);
	else
		out_text("All in force.\n");
	out_wrap_end();
	next_verified(&list, ns);
	undo_list_free(&list);
	return bad || journal->j.damaged ? EXIT_FAILED : EXIT_DONE;
}

/* One namespace in which something is not in force is enough. */
static int end(int status, void *arg)
{
	journal_close(arg);
	return status == EXIT_PARTLY ? EXIT_FAILED : status;
}

int cmd_verify(int argc, char **argv)
{
	const struct command_options co = { .usage = usage, .take = take_none };
	struct journal_file journal;
	int status, err;

	if (options_parse(argc, argv, &co, &status) < 0)
		return status;
	err = journal_open(&journal, JOURNAL_PEEK);
	if (err) {
		complain(JOURNAL_DIR ": %s", err == -EACCES || err == -EPERM ?
			 "for root alone: run as root" : strerror(-err));
		return EXIT_FAILED;
	}
	return run_in_namespaces("verify", in_namespace, end, &journal);
}
