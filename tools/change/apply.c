// SPDX-License-Identifier: GPL-2.0
/*
 * apply.c - doing what a plan says. Before the first step it makes sure that
 * every file can be written, and has on disk what it is about to do; a step
 * that goes wrong is taken back at once. Decides nothing: plan.c did.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "audit.h"
#include "persist.h"
#include "host/sysctl.h"
#include "target.h"
#include "exit_status.h"
#include "words/complain.h"

/* What one call of apply_plan() works with. */
struct run {
	struct plan *p;
	struct journal_file *jf;
	const struct netns *ns;
	unsigned int parts;
};

static bool is_due(const struct run *run, const struct step *s)
{
	unsigned int part = step_at_boot(s) ? APPLY_AT_BOOT : APPLY_NOW;

	return s->fate == STEP_PLANNED && run->parts & part;
}

static void complain_unchanged(const struct plan *p, const char *why)
{
	complain("nothing %swas changed%s", plan_count(p, STEP_DONE) ? "else " : "", why);
}

/* Whether all files can be written. Complains about the first that cannot. */
static int check_writable(const struct plan *p)
{
	const struct step *s;
	int err = 0;
	size_t i;

	for (i = 0; !err && i < p->nr; i++) {
		s = &p->item[i];
		if (s->fate != STEP_PLANNED)
			continue;
		if (s->change.kind == CHANGE_SYSCTL)
			err = sysctl_writable(s->change.name);
		else if (s->change.kind == CHANGE_PERSIST)
			err = persist_writable();
	}
	if (err)
		complain_unchanged(p, "");
	return err;
}

static int announce(const struct run *run)
{
	struct plan *p = run->p;
	struct change **changes = calloc(p->nr + 1, sizeof(*changes));
	size_t i, nr = 0;
	int err;

	if (!changes)
		return -ENOMEM;
	for (i = 0; i < p->nr; i++)
		if (is_due(run, &p->item[i]))
			changes[nr++] = &p->item[i].change;
	err = nr ? journal_announce(run->jf, changes, nr) : 0;
	free(changes);
	if (err)
		complain_unchanged(p, ", because it could not have been undone");
	return err;
}

/* Nothing of this step is in force: there will be nothing to undo. */
static void step_failed(struct step *s, struct journal_file *jf, const char *note)
{
	s->fate = STEP_FAILED;
	snprintf(s->note, sizeof(s->note), "%s", note);
	journal_mark_end(jf, s->change.id, "failed");
}

static void step_set(struct step *s, struct target *t, struct journal_file *jf)
{
	const struct reason why = { .was = s->was, .why = s->why };
	char now[VALUE_TEXT];
	int err = target_set(t, &s->change.to, &why);

	if (!err) {
		s->fate = STEP_DONE;
		journal_mark_done(jf, s->change.id);
		audit_change(jf->dir, jf->verb, &s->change, &s->change.from, &s->change.to);
		return;
	}
	if (!value_equal(&t->now, &s->change.from))
		target_set(t, &s->change.from, &why);
	if (value_equal(&t->now, &s->change.from)) {
		step_failed(s, jf, "refused; it is as it was");
		return;
	}
	s->fate = STEP_FAILED;
	audit_change(jf->dir, jf->verb, &s->change, &s->change.from, &t->now);
	snprintf(s->note, sizeof(s->note), "went wrong: %.80s is in force now",
		 value_shown(&t->now, now));
}

/* What @s needs and has not got: a step that was not done, or NULL. */
static const struct step *step_lacks(const struct plan *p, const struct step *s)
{
	if (s->needs != STEP_ALONE && p->item[s->needs].fate != STEP_DONE)
		return &p->item[s->needs];
	if (s->needs_too != STEP_ALONE && p->item[s->needs_too].fate != STEP_DONE)
		return &p->item[s->needs_too];
	return NULL;
}

static void step_do(const struct run *run, struct step *s)
{
	const struct step *lacks = step_lacks(run->p, s);
	struct journal_file *jf = run->jf;
	char now[VALUE_TEXT], note[STEP_NOTE];
	struct target t;
	int err;

	if (lacks) {
		snprintf(note, sizeof(note), "not tried, because %s failed", lacks->change.name);
		step_failed(s, jf, note);
		return;
	}
	err = target_open(&t, &s->change, &s->owner, root_is_live() ? run->ns->id.inode : 0);
	if (err) {
		step_failed(s, jf, err == -ENXIO ? "the listener is gone" : "could not be reached");
		return;
	}
	if (value_equal(&t.now, &s->change.from)) {
		step_set(s, &t, jf);
	} else {
		snprintf(note, sizeof(note), "has become %.80s meanwhile; left alone",
			 value_shown(&t.now, now));
		step_failed(s, jf, note);
	}
	target_close(&t);
}

int apply_plan(struct plan *p, struct journal_file *jf, const struct netns *ns,
	       unsigned int parts)
{
	const struct run run = { .p = p, .jf = jf, .ns = ns, .parts = parts };
	int err = check_writable(p);
	size_t i;

	if (!err)
		err = announce(&run);
	for (i = 0; !err && i < p->nr; i++)
		if (is_due(&run, &p->item[i]))
			step_do(&run, &p->item[i]);
	return err;
}

static bool is_there(const struct listeners *ls, __u64 cookie)
{
	size_t i;

	for (i = 0; i < ls->nr; i++)
		if (ls->item[i].cookie == cookie)
			return true;
	return false;
}

/* Whether a listener at the address of the one called @name was changed. */
static bool changed_at(const struct plan *p, const char *name)
{
	char address[SUBJECT_MAX];
	const struct step *s;
	__u64 cookie;
	size_t i;

	if (listener_name_parse(name, address, &cookie))
		return false;
	for (i = 0; i < p->nr; i++) {
		s = &p->item[i];
		if (s->change.kind == CHANGE_BACKLOG && s->fate == STEP_DONE &&
		    listener_named(s->change.name, address))
			return true;
	}
	return false;
}

void apply_end_closed(const struct plan *p, struct journal_file *jf, const struct netns *ns,
		      const struct listeners *ls)
{
	struct change *c;
	size_t i;

	if (ls->unread)
		return;
	for (i = 0; i < jf->j.nr; i++) {
		c = &jf->j.item[i];
		if (c->kind == CHANGE_BACKLOG && c->state != CHANGE_ENDED &&
		    netns_same(&c->netns, &ns->id) && !strcmp(c->boot, jf->boot) &&
		    !is_there(ls, c->cookie) && changed_at(p, c->name))
			journal_mark_end(jf, c->id, "gone");
	}
}

int apply_status(const struct plan *p)
{
	size_t failed = plan_count(p, STEP_FAILED), done = plan_count(p, STEP_DONE);

	if (!failed)
		return EXIT_DONE;
	return done ? EXIT_PARTLY : EXIT_FAILED;
}
