// SPDX-License-Identifier: GPL-2.0
/*
 * next.c - what to type next. Collects it from the advice, the listeners and the two
 * tables in words/ that know programs and verdicts; decides nothing that the module
 * has not.
 */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "next.h"
#include "words/output.h"
#include "words/printable.h"
#include "words/program.h"
#include "words/symptom.h"
#include "words/template.h"

#define NEXT_MAX	8
#define WHAT_MAX	256
#define WHY_MAX		(WHAT_MAX + 256)
#define VERDICTS_SHOWN	4	/* of a table */
#define LASTING_SHOWN	4	/* of the listeners that were changed */

struct next {
	bool configure;		/* a line for a file, else a command */
	char what[WHAT_MAX];
	char why[WHY_MAX];
};

struct list {
	struct next item[NEXT_MAX];
	size_t nr;
	size_t room;		/* 0 where no command can name the namespace */
	char netns[80];		/* " --netns NAME", or "" */
};

/* How to say @ns to a shell. */
static void list_begin(struct list *list, const struct netns *ns)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	const char *name = globals.netns ? globals.netns : ns->name;
	bool quote;

	list->nr = 0;
	list->room = NEXT_MAX;
	list->netns[0] = '\0';
	if (!strncmp(name, "pid ", 4))
		name += 4;
	quote = name[strspn(name, plain)];
	/* What cannot be shown is a question mark in @ns's. */
	if (strpbrk(name, "'?") || !is_printable(name))
		list->room = 0;
	else if (*name)
		snprintf(list->netns, sizeof(list->netns), " --netns %s%.64s%s",
			 quote ? "'" : "", name, quote ? "'" : "");
}

static struct next *add(struct list *list, const char *why)
{
	struct next *n = &list->item[list->nr];

	if (list->nr == list->room)
		return NULL;
	list->nr++;
	n->configure = false;
	snprintf(n->why, sizeof(n->why), "%s", why);
	return n;
}

/* The command @words of ours. */
static void add_own(struct list *list, const char *words, const char *operand, const char *why)
{
	struct next *n = add(list, why);
	/* A shell takes brackets for a pattern. */
	const char *quote = *operand == '[' ? "'" : "";

	if (n)
		snprintf(n->what, sizeof(n->what), "tcpadvisor%s %s%s%s%s%s", list->netns, words,
			 *operand ? " " : "", quote, operand, quote);
}

static void list_show(const struct list *list, unsigned int indent)
{
	size_t i;

	out_array("next");
	for (i = 0; i < list->nr; i++) {
		out_object(NULL);
		out_text("%*s", (int)indent, "");
		out_str(list->item[i].configure ? "configure" : "command", "", list->item[i].what,
			"\n");
		out_paragraph("why", indent + 4, list->item[i].why);
		out_object_end();
	}
	out_array_end();
}

static bool needs_more(const struct listener *l)
{
	return l->recommended > l->backlog;
}

/*
 * Whether its program asks for less than it should, as far as is known. A negative
 * number asks for all there is.
 */
static bool asks_for_little(const struct listener *l)
{
	return !l->requested_known ||
	       (l->requested >= 0 && (__u64)l->requested < l->recommended);
}

/* Programs that read net.core.somaxconn ask for exactly that. */
static bool reads_somaxconn(const struct listener *l)
{
	return !strcmp(l->verdict, "backlog-capped") && l->requested_known &&
	       l->requested >= 0 && (__u64)l->requested == l->backlog;
}

/* What has @program ask for @to instead of @from, when it starts. */
static void add_lasting(struct list *list, const char *program, const char *address, __u64 from,
			__u64 to)
{
	char line[PROGRAM_LINE];
	const char *where = program_setting(program, address, to, line);
	struct next *n = add(list, "");

	if (!n)
		return;
	n->configure = true;
	if (where)
		snprintf(n->what, sizeof(n->what), "%s", line);
	else
		snprintf(n->what, sizeof(n->what), "listen(2) with a backlog of %llu", to);
	snprintf(n->why, sizeof(n->why), "in %s, in place of %llu: so that it stays after a restart",
		 where ? where : "the program's configuration or source", from);
}

static void add_setting(struct list *list, const struct listener *l)
{
	struct next *n;

	if (!asks_for_little(l))
		return;
	if (!reads_somaxconn(l)) {
		add_lasting(list, l->owner.program, l->address, l->backlog, l->recommended);
		return;
	}
	n = add(list, "");
	if (!n)
		return;
	n->configure = true;
	snprintf(n->what, sizeof(n->what), "net.core.somaxconn = %llu", l->recommended);
	snprintf(n->why, sizeof(n->why),
		 "in place of %llu; then restart it: it reads that when it starts, as programs in Go do",
		 l->backlog);
}

/* Whether it shows what belongs to the network namespace that it is typed in. */
static bool of_netns(const char *command)
{
	return !strncmp(command, "ss ", 3) || !strncmp(command, "sysctl ", 7);
}

static void add_looks(struct list *list, const char *verdict, const struct listener *l)
{
	char pid[16], command[WHAT_MAX - 32], enter[32] = "";
	struct blank blanks[] = {
		{ "{address}", l->address }, { "{port}", strrchr(l->address, ':') },
		{ "{pid}", NULL }, { "{cgroup}", NULL }, { NULL, NULL },
	};
	const struct look *look;
	struct next *n;
	unsigned int i;

	snprintf(pid, sizeof(pid), "%d", l->owner.pid);
	if (l->owner.pid)
		blanks[2].value = pid;
	if (*l->cgroup == '/' && !strpbrk(l->cgroup, " \\'\"$`;&|<>()*?[]#~"))
		blanks[3].value = strcmp(l->cgroup, "/") ? l->cgroup : NULL;
	if (*list->netns)
		snprintf(enter, sizeof(enter), "nsenter -t %s -n ", pid);
	for (i = 0; (look = symptom_look(verdict, i)); i++) {
		if (!template_fill(command, sizeof(command), look->command, blanks) ||
		    (*enter && of_netns(command) && !l->owner.pid))
			continue;
		n = add(list, look->why);
		if (n)
			snprintf(n->what, sizeof(n->what), "%s%s",
				 of_netns(command) ? enter : "", command);
	}
}

void next_listener(const struct listener *l, const struct shown *s)
{
	struct list list;

	list_begin(&list, s->ns);
	if (needs_more(l)) {
		add_own(&list, "apply --live --only", l->address,
			"shows how it gets that backlog without a restart; with --yes it is done");
		add_setting(&list, l);
		if (s->recommend->nr_settings)
			add_own(&list, "apply --persist", "",
				"shows what keeps the sysctls over a reboot");
	}
	add_looks(&list, l->verdict, l);
	if (list.nr)
		out_text("  next:\n");
	list_show(&list, 6);
}

/* What a table says of the first listener with a verdict. */
static void add_verdict(struct list *list, const struct listener *l)
{
	char line[PROGRAM_LINE], why[WHY_MAX];
	const char *where = program_setting(l->owner.program, l->address, l->recommended, line);

	if (needs_more(l) && asks_for_little(l) && where)
		snprintf(why, sizeof(why), "%s, %llu -> %llu; to stay, in %s: %s", l->verdict,
			 l->backlog, l->recommended, where, line);
	else if (symptom_look(l->verdict, 0))
		snprintf(why, sizeof(why), "%s: the numbers, and where to look", l->verdict);
	else
		snprintf(why, sizeof(why), "%s: the numbers, and what helps", l->verdict);
	add_own(list, "explain", l->address, why);
}

static bool seen_before(const struct listeners *ls, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (!strcmp(ls->item[k].verdict, ls->item[i].verdict))
			return true;
	return false;
}

/* How many of them need a bigger backlog. */
static size_t add_listeners(struct list *list, const struct listeners *ls)
{
	size_t i, nr = 0, raise = 0;
	char why[WHY_MAX];

	for (i = 0; i < ls->nr; i++)
		raise += needs_more(&ls->item[i]);
	if (raise) {
		snprintf(why, sizeof(why),
			 "shows how %zu listener%s the advised backlog without a restart",
			 raise, raise == 1 ? " gets" : "s get");
		add_own(list, "apply --live", "", why);
	}
	for (i = 0; i < ls->nr && nr < VERDICTS_SHOWN; i++) {
		if (!strcmp(ls->item[i].verdict, "ok") || ls->item[i].unread ||
		    seen_before(ls, i))
			continue;
		add_verdict(list, &ls->item[i]);
		nr++;
	}
	return raise;
}

/* TIME_WAITs or ports: the screen about them, unless there is nothing to do. */
static void add_other(struct list *list, const char *verdict)
{
	const struct look *look = verdict ? symptom_look(verdict, 0) : NULL;
	char why[WHY_MAX];

	if (!look || strncmp(look->command, "tcpadvisor ", 11))
		return;
	snprintf(why, sizeof(why), "%s: %s", verdict, look->why);
	add_own(list, look->command + 11, "", why);
}

static void next_show(const struct list *list)
{
	if (list->nr)
		out_text("\nNEXT\n");
	list_show(list, 2);
}

void next_all(const struct shown *s)
{
	struct list list;
	size_t raise;

	list_begin(&list, s->ns);
	raise = add_listeners(&list, s->listeners);
	if (s->recommend && s->recommend->nr_settings && !raise)
		add_own(&list, "apply", "", "shows what it would change");
	add_other(&list, s->timewait);
	add_other(&list, s->ports);
	if (!table_bare() || out_json())
		next_show(&list);
}

static bool is_done(const struct step *s, enum change_kind kind)
{
	return s->fate == STEP_DONE && s->change.kind == kind;
}

static size_t count_done(const struct plan *p, enum change_kind kind)
{
	size_t i, nr = 0;

	for (i = 0; i < p->nr; i++)
		nr += is_done(&p->item[i], kind);
	return nr;
}

static void add_undo(struct list *list)
{
	add_own(list, "verify", "", "whether it is still in force, now or any time");
	add_own(list, "rollback", "", "undoes it");
}

static void add_done(struct list *list, const struct plan *p)
{
	const struct step *s;
	char address[SUBJECT_MAX];
	size_t i, nr = 0;
	__u64 cookie;

	for (i = 0; i < p->nr; i++) {
		s = &p->item[i];
		if (!is_done(s, CHANGE_BACKLOG) || nr == LASTING_SHOWN ||
		    listener_name_parse(s->change.name, address, &cookie))
			continue;
		add_lasting(list, s->owner.program, address, s->change.from.v[0],
			    s->change.to.v[0]);
		nr++;
	}
	/* Of other namespaces, nothing is kept: --persist would refuse it. */
	if (count_done(p, CHANGE_SYSCTL) && !count_done(p, CHANGE_PERSIST) &&
	    netns_is_initial() > 0)
		add_own(list, "apply --persist --yes", "", "keeps the sysctls over a reboot");
	if (plan_count(p, STEP_DONE))
		add_undo(list);
}

void next_applied(const struct plan *p, const struct shown *s, bool live, bool dry_run)
{
	const struct listener *worst = NULL;
	struct list list;
	size_t i;

	list_begin(&list, s->ns);
	if (!dry_run)
		add_done(&list, p);
	for (i = 0; !live && i < s->listeners->nr; i++)
		if (!worst && needs_more(&s->listeners->item[i]))
			worst = &s->listeners->item[i];
	if (worst) {
		add_own(&list, "apply --live", "",
			"shows how running listeners get the advised backlog without a restart");
		add_own(&list, "explain", worst->address,
			"shows the line for its program's configuration");
	}
	next_show(&list);
}

void next_verified(const struct undo_list *ul, const struct netns *ns)
{
	const struct undo_step *s;
	char address[SUBJECT_MAX];
	size_t i, nr = 0, good = 0;
	struct owner own, *wanted = &own;
	struct list list;
	__u64 cookie;

	list_begin(&list, ns);
	for (i = 0; i < ul->nr; i++) {
		s = &ul->item[i];
		if (s->newer || !undo_in_force(s))
			continue;
		good++;
		if (s->change.kind != CHANGE_BACKLOG || nr == LASTING_SHOWN ||
		    listener_name_parse(s->change.name, address, &cookie))
			continue;
		own = (struct owner){ .inode = s->change.inode };
		owners_find(&wanted, 1);
		add_lasting(&list, own.program, address, s->change.from.v[0], s->change.to.v[0]);
		nr++;
	}
	if (good)
		add_own(&list, "rollback", "", "undoes it");
	next_show(&list);
}
