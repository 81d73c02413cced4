// SPDX-License-Identifier: GPL-2.0
/*
 * rollback.c - undoing what the journal says was changed. Whatever moment a
 * run was killed at, each thing is found as it was or as it was to be: the
 * value in force decides, not how far the journal got. A third value is
 * somebody else's, and is left alone.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "persist.h"
#include "rollback.h"
#include "target.h"
#include "tcpadvisor.h"

static const char *const result_names[] = {
	[UNDONE] = "restored",
	[UNDO_NEEDLESS] = "unchanged",
	[UNDO_GONE] = "gone",
	[UNDO_FOREIGN] = "left",
	[UNDO_FAILED] = "failed",
	[UNDO_PLANNED] = "planned",
};

const char *undo_result_name(enum undo_result r)
{
	return result_names[r];
}

/*
 * Whether @c was made in @ns. Namespaces have other numbers after a reboot;
 * what outlives one belongs to the host's own.
 */
static bool belongs(const struct change *c, const struct journal_file *jf, const struct netns *ns)
{
	if (!strcmp(c->boot, jf->boot))
		return netns_same(&c->netns, &ns->id);
	return netns_is_initial() > 0;
}

static int list_make(struct undo_list *list, const struct journal_file *jf, const struct netns *ns,
		     const struct undo_wish *w)
{
	const struct change *c;
	size_t i;

	memset(list, 0, sizeof(*list));
	list->item = calloc(jf->j.nr + 1, sizeof(*list->item));
	if (!list->item)
		return -ENOMEM;
	for (i = jf->j.nr; i-- > 0;) {
		c = &jf->j.item[i];
		if (c->state == CHANGE_ENDED || c->id <= w->since)
			continue;
		if (!belongs(c, jf, ns))
			list->elsewhere++;
		else if (!w->select || wish_selects(w->select, c->name))
			list->item[list->nr++].change = *c;
	}
	return 0;
}

/* Find who has the sockets now, in one pass. The caller frees the array. */
static struct owner *owners(const struct undo_list *list)
{
	struct owner *own = calloc(list->nr + 1, sizeof(*own));
	struct owner **wanted = calloc(list->nr + 1, sizeof(*wanted));
	size_t i, nr = 0;

	for (i = 0; own && wanted && i < list->nr; i++) {
		own[i].inode = list->item[i].change.inode;
		if (list->item[i].change.kind == CHANGE_BACKLOG)
			wanted[nr++] = &own[i];
	}
	if (nr)
		owners_find(wanted, nr);
	free(wanted);
	return own;
}

/* Name the file that may be what is in the way. */
static void blame(struct undo_step *s)
{
	struct setter setter;
	char now[VALUE_TEXT];

	value_shown(&s->now, now);
	if (s->change.kind == CHANGE_SYSCTL && persist_setter(s->change.name, false, &setter) &&
	    value_equal(&setter.value, &s->now))
		snprintf(s->note, sizeof(s->note), "%.40s now, as %.80s has it; left alone",
			 now, setter.path.s);
	else if (s->change.kind == CHANGE_BACKLOG)
		snprintf(s->note, sizeof(s->note),
			 "%.20s now: the application has called listen(2) since; left alone", now);
	else
		snprintf(s->note, sizeof(s->note),
			 "%.60s now: somebody else has changed it since; left alone", now);
}

static void restore(struct undo_step *s, struct target *t)
{
	if (target_set(t, &s->change.from, "restored")) {
		s->result = UNDO_FAILED;
		snprintf(s->note, sizeof(s->note), "could not be set back");
	} else {
		s->result = UNDONE;
	}
}

static void unreachable(struct undo_step *s, int err)
{
	bool gone = err == -ENXIO;

	if (err == -ESRCH)
		gone = tcp_inode_exists(s->change.inode) <= 0;
	s->result = gone ? UNDO_GONE : UNDO_FAILED;
	snprintf(s->note, sizeof(s->note), "%s",
		 gone ? "the listener is closed: nothing to restore" :
		 err == -ESRCH ? "no process found that has it open" : "could not be reached");
}

static bool same_thing(const struct change *a, const struct change *b)
{
	return a->kind == b->kind && a->inode == b->inode && !strcmp(a->name, b->name);
}

/*
 * Whether the value in force is one that an older open change of the same
 * thing is about: then that one will deal with it.
 */
static bool older_has(const struct undo_list *list, const struct undo_step *s)
{
	const struct undo_step *o;

	for (o = s + 1; o < list->item + list->nr; o++)
		if (same_thing(&o->change, &s->change) &&
		    undo_decide(&o->change, &s->now) != UNDO_LEAVE)
			return true;
	return false;
}

/* The step before this one, of a newer change of the same thing, or NULL. */
static const struct undo_step *newer(const struct undo_list *list, const struct undo_step *s)
{
	const struct undo_step *n = s;

	while (n-- > list->item)
		if (same_thing(&n->change, &s->change))
			return n;
	return NULL;
}

static void step_decide(const struct undo_list *list, struct undo_step *s, struct target *t,
			bool dry_run)
{
	switch (undo_decide(&s->change, &s->now)) {
	case UNDO_RESTORE:
		if (dry_run)
			s->result = UNDO_PLANNED;
		else
			restore(s, t);
		break;
	case UNDO_NOTHING:
		s->result = UNDO_NEEDLESS;
		break;
	case UNDO_LEAVE:
		s->result = UNDO_NEEDLESS;
		if (!older_has(list, s)) {
			s->result = UNDO_FOREIGN;
			blame(s);
		}
		break;
	}
}

static void step_undo(const struct undo_list *list, struct undo_step *s,
		      const struct owner *owner, const struct netns *ns, bool dry_run)
{
	const struct undo_step *n = newer(list, s);
	struct target t;
	int err;

	err = target_open(&t, &s->change, owner, root_is_live() ? ns->id.inode : 0);
	if (err) {
		unreachable(s, err);
		return;
	}
	s->now = t.now;
	if (n && n->result == UNDO_PLANNED)
		s->now = n->change.from;	/* as it would be by then */
	if (n && n->result == UNDO_FAILED) {
		s->result = UNDO_FAILED;
		snprintf(s->note, sizeof(s->note), "a later change of it could not be set back");
	} else {
		step_decide(list, s, &t, dry_run);
	}
	target_close(&t);
}

static void record(struct journal_file *jf, const struct undo_step *s, bool forget)
{
	switch (s->result) {
	case UNDONE:
	case UNDO_NEEDLESS:
		journal_mark_end(jf, s->change.id, "undone");
		break;
	case UNDO_GONE:
		journal_mark_end(jf, s->change.id, "gone");
		break;
	case UNDO_FOREIGN:
		if (forget)
			journal_mark_end(jf, s->change.id, "forgotten");
		break;
	case UNDO_FAILED:
	case UNDO_PLANNED:
		break;
	}
}

int rollback_changes(struct journal_file *jf, const struct netns *ns, const struct undo_wish *w,
		     struct undo_list *list)
{
	struct owner *own;
	size_t i;
	int err;

	err = list_make(list, jf, ns, w);
	if (err)
		return err;
	own = owners(list);
	for (i = 0; i < list->nr; i++) {
		step_undo(list, &list->item[i], own ? &own[i] : NULL, ns, w->dry_run);
		if (!w->dry_run)
			record(jf, &list->item[i], w->forget);
	}
	free(own);
	return 0;
}

void undo_list_free(struct undo_list *list)
{
	free(list->item);
	memset(list, 0, sizeof(*list));
}

int rollback_status(const struct undo_list *list)
{
	size_t i, done = 0, failed = 0, foreign = 0;

	for (i = 0; i < list->nr; i++) {
		failed += list->item[i].result == UNDO_FAILED;
		foreign += list->item[i].result == UNDO_FOREIGN;
		done += list->item[i].result == UNDONE;
	}
	if (foreign || (failed && done))
		return EXIT_PARTLY;
	return failed ? EXIT_FAILED : EXIT_DONE;
}
