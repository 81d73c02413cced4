// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_apply.c - the command `apply`: options, and what is shown.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "change/apply.h"
#include "change/audit.h"
#include "command.h"
#include "words/complain.h"
#include "host/cgroup.h"
#include "words/key.h"
#include "words/number.h"
#include "words/output.h"
#include "change/persist.h"
#include "host/snapshot.h"
#include "next.h"
#include "repeat.h"
#include "change/trial.h"

static const char usage[] =
	"Usage: tcpadvisor apply [OPTION]...\n"
	"Make the changes that the module advises. Without --yes, only show them.\n"
	"\n"
	"  -y, --yes          do it\n"
	"  -n, --dry-run      only show them, as without --yes\n"
	"      --live         raise the backlog of running listeners too, without\n"
	"                     restarting them\n"
	"      --persist      keep the sysctls over a reboot, in\n"
	"                     " PERSIST_FILE "\n"
	"      --trial SPAN   watch for SPAN (60s, 5m), apply, watch for SPAN again;\n"
	"                     undo it unless fewer connections were lost\n"
	"      --at-least N   with --live, --only: a backlog of N where less is advised\n"
	"      --only WHAT    only this key, listener (ADDR:PORT) or unit; repeatable\n"
	"      --except WHAT  all but this key, listener or unit; repeatable\n"
	"      --allow-lower  also lower a value where that takes something away\n"
	"\n"
	"Exit status: 0 done, 1 nothing changed, 2 bad usage, 64 only part of it done.\n"
	"\"tcpadvisor rollback\" undoes everything.\n";

enum {
	OPT_LIVE = 0x2000,
	OPT_PERSIST,
	OPT_TRIAL,
	OPT_ONLY,
	OPT_EXCEPT,
	OPT_ALLOW_LOWER,
	OPT_AT_LEAST,
};

static const struct option longs[] = {
	{ "yes", no_argument, NULL, 'y' },
	{ "dry-run", no_argument, NULL, 'n' },
	{ "live", no_argument, NULL, OPT_LIVE },
	{ "persist", no_argument, NULL, OPT_PERSIST },
	{ "trial", required_argument, NULL, OPT_TRIAL },
	{ "only", required_argument, NULL, OPT_ONLY },
	{ "except", required_argument, NULL, OPT_EXCEPT },
	{ "allow-lower", no_argument, NULL, OPT_ALLOW_LOWER },
	{ "at-least", required_argument, NULL, OPT_AT_LEAST },
	{ 0 },
};

static struct {
	struct wish wish;
	bool yes, dry_run;
	__u64 trial_ms;	/* 0: no trial */
	struct journal_file journal;
	bool nothing;		/* in no namespace was there anything to do */
	bool matched[SELECT_MAX];	/* which of wish.only there are */
	bool stopped;		/* a signal has ended a trial */
} self;

/* Units are known by listeners alone: rollback has no use for them. */
static int take_what(const char *option, const char **names, size_t *nr, const char *arg)
{
	if (!cgroup_is_unit(arg) || *nr == SELECT_MAX)
		return select_add(option, names, nr, arg);
	names[(*nr)++] = arg;
	return 0;
}

static int take(int c, const char *arg)
{
	switch (c) {
	case 'y':
		self.yes = true;
		return 0;
	case 'n':
		self.dry_run = true;
		return 0;
	case OPT_LIVE:
		self.wish.live = true;
		return 0;
	case OPT_PERSIST:
		self.wish.persist = true;
		return 0;
	case OPT_ALLOW_LOWER:
		self.wish.allow_lower = true;
		return 0;
	case OPT_ONLY:
		return take_what("--only", self.wish.only, &self.wish.nr_only, arg);
	case OPT_EXCEPT:
		return take_what("--except", self.wish.except, &self.wish.nr_except, arg);
	case OPT_AT_LEAST:
		if (number_in(arg, 1, BACKLOG_MAX, &self.wish.at_least))
			return bad_argument("--at-least", arg, "a number from 1 to 65535");
		return 0;
	case OPT_TRIAL:
		return span_argument("--trial", arg, 1, "60s or 5m", &self.trial_ms);
	}
	return -EINVAL;
}

static void show_name(const struct step *s)
{
	const struct change *c = &s->change;

	switch (c->kind) {
	case CHANGE_SYSCTL:
		out_text("  %s", c->name);
		break;
	case CHANGE_PERSIST:
		out_text("  %s: %s", PERSIST_FILE, c->name);
		break;
	case CHANGE_BACKLOG:
		out_text("  listener %s", c->name);
		if (s->owner.pid)
			out_text(" (%s, pid %d)", s->owner.program, s->owner.pid);
		out_text(" backlog");
		break;
	case CHANGE_UNKNOWN:	/* only in a journal */
		break;
	}
}

static void show_fate(const struct step *s)
{
	static const enum color colors[] = {
		[STEP_DONE] = COLOR_GOOD, [STEP_FAILED] = COLOR_BAD, [STEP_LEFT] = COLOR_WARN,
	};

	if (s->fate != STEP_PLANNED) {
		out_text("  ");
		out_color(colors[s->fate]);
		out_text("%s", fate_name(s->fate));
		out_color(COLOR_NONE);
	}
	field_str("fate", fate_name(s->fate));
	if (s->note[0])
		out_str("note", ": ", s->note, "");
	out_text("\n");
}

static void show_step(const struct step *s)
{
	const struct change *c = &s->change;

	out_object(NULL);
	out_wrap(6);
	show_name(s);
	field_str("kind", change_kind_name(c->kind));
	field_str("name", c->name);
	if (s->owner.pid) {
		field_uint("pid", (unsigned int)s->owner.pid);
		field_str("program", s->owner.program);
	}
	out_value("current", "  ", &c->from, "");
	out_value("proposed", " -> ", &c->to, "");
	show_fate(s);
	out_wrap_end();
	if (*s->why)
		out_paragraph("why", 6, s->why);
	else
		field_str("why", "");
	out_object_end();
}

/* Listeners whose advice only --live would take. */
static size_t unapplied(const struct listeners *ls)
{
	size_t i, nr = 0;

	for (i = 0; !self.wish.live && i < ls->nr; i++)
		nr += ls->item[i].recommended > ls->item[i].backlog;
	return nr;
}

/* What is not done, of what is advised. */
static void show_rest(const struct plan *p, const struct snapshot *snap)
{
	size_t nr = unapplied(&snap->listeners);

	out_wrap(0);
	if (!p->nr)
		out_text("%s.\n", !snap->recommend.generation ?
			 "Nothing to do yet: the module has taken no sample of this namespace" :
			 snap->recommend.nr_settings ?
			 "Nothing to do of what was asked for: it is in force, or left out" :
			 nr ? "No sysctl is to be changed" :
			 "Nothing to do: no change is advised here");
	if (nr)
		out_text("%zu %s a bigger backlog than the one in force.\n", nr,
			 nr == 1 ? "listener needs" : "listeners need");
	out_wrap_end();
}

/* A file that will undo at boot what we persist. */
static void warn_overridden(const struct plan *p)
{
	const struct change *c;
	struct setter s;
	char text[VALUE_TEXT];
	size_t i;

	for (i = 0; i < p->nr; i++) {
		c = &p->item[i].change;
		if (c->kind == CHANGE_PERSIST && persist_setter(c->name, true, &s) &&
		    !value_equal(&s.value, &c->to))
			complain("%s: sets %s to %s and is read after %s: at boot it will win; change it there",
				 s.path.s, c->name, value_shown(&s.value, text), PERSIST_NAME);
	}
}

static void show(const struct plan *p, const struct snapshot *snap, const struct netns *ns)
{
	const struct shown next = {
		.ns = ns, .listeners = &snap->listeners, .recommend = &snap->recommend,
	};
	size_t i;

	field_uint("generation", snap->recommend.generation);
	field_bool("dry_run", !self.yes);
	out_array("steps");
	for (i = 0; i < p->nr; i++)
		show_step(&p->item[i]);
	out_array_end();
	if (p->nr)
		self.nothing = false;
	show_rest(p, snap);
	next_applied(p, &next, self.wish.live, !self.yes);
	warn_overridden(p);
}

static int do_plan(struct plan *p, const struct netns *ns, const struct listeners *ls)
{
	struct trial_spec trial = {
		.journal = &self.journal, .ns = ns, .ms = self.trial_ms, .stopped = &self.stopped,
	};
	int status;

	if (!plan_count(p, STEP_PLANNED))
		return apply_status(p);
	if (self.trial_ms && plan_acts(p)) {
		status = trial_run(p, &trial);
	} else {
		if (self.trial_ms)
			notice("nothing to try: what is to be kept over a reboot is in force already");
		status = apply_plan(p, &self.journal, ns, APPLY_NOW | APPLY_AT_BOOT) ?
			 EXIT_FAILED : apply_status(p);
	}
	if (status != EXIT_FAILED)
		apply_end_closed(p, &self.journal, ns, ls);
	audit_flush();
	return status;
}

/* Note which listeners of --only there are. */
static void match_only(const struct listeners *ls)
{
	size_t i, k;

	for (i = 0; i < self.wish.nr_only; i++)
		for (k = 0; k < ls->nr && !self.matched[i]; k++)
			self.matched[i] = wish_names(self.wish.only[i], &ls->item[k]);
}

static int in_namespace(const struct netns *ns, void *arg)
{
	struct snapshot snap;
	struct plan plan;
	int status = EXIT_DONE;

	(void)arg;
	/* Told to stop in one namespace, it does not go on to the next. */
	if (self.stopped)
		return EXIT_FAILED;
	if (snapshot_read(&snap, ns))
		return EXIT_FAILED;
	match_only(&snap.listeners);
	if (self.wish.live)
		listeners_own(&snap.listeners);
	if (plan_make(&plan, &self.wish, ns, &snap.recommend, &snap.listeners, &self.journal)) {
		snapshot_free(&snap);
		return EXIT_FAILED;
	}
	if (self.yes)
		status = do_plan(&plan, ns, &snap.listeners);
	show(&plan, &snap, ns);
	/* What an unreadable listener needs is not known. */
	if (snap.listeners.unread)
		status = plan_count(&plan, STEP_DONE) ? EXIT_PARTLY : EXIT_FAILED;
	plan_free(&plan);
	snapshot_free(&snap);
	return status;
}

/* Say which there are not: whoever asks for one expects it to be changed. */
static int check_only(int status)
{
	size_t i;

	for (i = 0; i < self.wish.nr_only; i++) {
		if (self.matched[i] || key_find(self.wish.only[i]))
			continue;
		complain("--only %s: no listener %s that; see \"tcpadvisor listeners\"",
			 self.wish.only[i],
			 cgroup_is_unit(self.wish.only[i]) ? "is of" : "is called");
		if (status == EXIT_DONE)
			status = self.nothing ? EXIT_FAILED : EXIT_PARTLY;
	}
	return status;
}

static int end(int status, void *arg)
{
	(void)arg;
	status = check_only(status);
	journal_close(&self.journal);
	return status;
}

int cmd_apply(int argc, char **argv)
{
	const struct command_options co = {
		.usage = usage, .longs = longs, .shorts = "yn", .take = take,
		.changes = true,
	};
	int status;

	if (options_parse(argc, argv, &co, &status) < 0)
		return status;
	if (yes_and_no(self.yes, self.dry_run))
		return EXIT_USAGE;
	if (self.wish.at_least && (!self.wish.live || !self.wish.nr_only)) {
		complain("--at-least: needs --live, and --only");
		return EXIT_USAGE;
	}
	if (self.yes && sysroot_refuses())
		return EXIT_USAGE;
	if (journal_open(&self.journal, self.yes ? JOURNAL_CHANGE : JOURNAL_PEEK) && self.yes)
		return EXIT_FAILED;
	self.nothing = true;
	if (self.yes)
		persist_tidy();
	/* Nobody may read what it says: what it has begun, it does. */
	signal(SIGPIPE, SIG_IGN);
	status = run_in_namespaces("apply", in_namespace, end, NULL);
	if (!self.yes && !self.nothing)
		out_rest(0, 0, self.trial_ms ?
			 "Nothing was changed: this was a dry run. To do it, add --yes." :
			 "Nothing was changed: this was a dry run. To do it, add --yes; to keep it only if it helps, --yes --trial 60s.");
	return status;
}
