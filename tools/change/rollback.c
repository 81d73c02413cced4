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

#include "audit.h"
#include "persist.h"
#include "rollback.h"
#include "target.h"
#include "host/tcp_inodes.h"
#include "words/printable.h"
#include "exit_status.h"

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

/* In the file, what needs something goes before that. */
static unsigned int file_order(const struct change *c)
{
	if (c->kind != CHANGE_PERSIST)
		return 3;
	if (!strcmp(c->name, KEY_RESERVED_PORTS))
		return 2;
	return !strcmp(c->name, KEY_PORT_RANGE);
}

/* As they are to be undone: what is read at boot first, and else the newest. */
static int by_turn(const void *a, const void *b)
{
	const struct change *c = &((const struct undo_step *)a)->change;
	const struct change *d = &((const struct undo_step *)b)->change;

	if (file_order(c) != file_order(d))
		return file_order(c) < file_order(d) ? -1 : 1;
	return (c->id < d->id) - (c->id > d->id);
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
	for (i = 0; i < jf->j.nr; i++) {
		c = &jf->j.item[i];
		if (c->state == CHANGE_ENDED || c->id <= w->since)
			continue;
		if (c->kind == CHANGE_UNKNOWN)
			list->unknown++;
		else if (!belongs(c, jf, ns))
			list->elsewhere++;
		else if (!w->select || wish_selects(w->select, c->name))
			list->item[list->nr++].change = *c;
	}
	qsort(list->item, list->nr, sizeof(*list->item), by_turn);
	return 0;
}

/* Changes of the same thing are neighbours, the older one first. */
static int by_thing(const void *a, const void *b)
{
	const struct undo_step *const *x = a, *const *y = b;
	const struct change *c = &(*x)->change, *d = &(*y)->change;
	int cmp;

	if (c->kind != d->kind)
		return c->kind < d->kind ? -1 : 1;
	if (c->inode != d->inode)
		return c->inode < d->inode ? -1 : 1;
	cmp = strcmp(c->name, d->name);
	return cmp ? cmp : (c->id > d->id) - (c->id < d->id);
}

static bool same_thing(const struct change *a, const struct change *b)
{
	return a->kind == b->kind && a->inode == b->inode && !strcmp(a->name, b->name);
}

/* Let each step know of the one before and after it that is about the same. */
static int list_chain(struct undo_list *list)
{
	struct undo_step **sorted = calloc(list->nr + 1, sizeof(*sorted));
	size_t i;

	if (!sorted)
		return -ENOMEM;
	for (i = 0; i < list->nr; i++)
		sorted[i] = &list->item[i];
	qsort(sorted, list->nr, sizeof(*sorted), by_thing);
	for (i = 1; i < list->nr; i++) {
		if (!same_thing(&sorted[i - 1]->change, &sorted[i]->change))
			continue;
		sorted[i]->older = sorted[i - 1];
		sorted[i - 1]->newer = sorted[i];
	}
	free(sorted);
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
	printable(s->note);	/* a character may have been cut in two */
}

static void restore(struct undo_step *s, struct target *t)
{
	const struct reason why = { .why = "restored" };

	if (target_set(t, &s->change.from, &why)) {
		s->result = UNDO_FAILED;
		snprintf(s->note, sizeof(s->note), "could not be set back");
	} else {
		s->result = UNDONE;
	}
}

/* What rollback_changes() works with. */
struct undo_run {
	const struct journal_file *jf;
	const struct netns *ns;
	const struct undo_list *list;
	const struct wish *select;	/* NULL: all */
	bool dry_run;
	struct owner *owner;	/* as many as there are steps */
	struct tcp_inodes sockets;
	bool sockets_read;
	int sockets_err;	/* why they could not be read, or 0 */
};

/*
 * Whether @inode is known to be closed. Processes are no proof: one that had it may be
 * gone, and another have it still.
 */
static bool is_closed(struct undo_run *run, __u64 inode)
{
	if (!run->sockets_read)
		run->sockets_err = tcp_inodes_read(&run->sockets);
	run->sockets_read = true;
	return !run->sockets_err && !tcp_inodes_have(&run->sockets, inode);
}

static void unreachable(struct undo_run *run, struct undo_step *s, int err)
{
	bool gone = err == -ENXIO || (err == -ESRCH && is_closed(run, s->change.inode));

	s->result = gone ? UNDO_GONE : UNDO_FAILED;
	snprintf(s->note, sizeof(s->note), "%s",
		 gone ? "the listener is closed: nothing to restore" :
		 err == -ESRCH ? "no process found that has it open" : "could not be reached");
}

/*
 * Whether the value in force is one that an older open change of the same
 * thing is about: then that one will deal with it.
 */
static bool older_has(const struct undo_step *s)
{
	const struct undo_step *o;

	for (o = s->older; o; o = o->older)
		if (undo_decide(&o->change, &s->now) != UNDO_LEAVE)
			return true;
	return false;
}

static void step_decide(struct undo_step *s, struct target *t, bool dry_run)
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
		if (!older_has(s)) {
			s->result = UNDO_FOREIGN;
			blame(s);
		}
		break;
	}
}

/* The inode that a target's namespace must have; 0 where none can be told. */
static __u64 inode_of(const struct undo_run *run)
{
	return root_is_live() ? run->ns->id.inode : 0;
}

/* Whether @c, which is not to be undone, is in force or has become somebody else's. */
static bool stays(const struct undo_run *run, const struct change *c)
{
	struct target t;
	bool stays;

	if (c->state == CHANGE_ENDED || !belongs(c, run->jf, run->ns) ||
	    wish_selects(run->select, c->name))
		return false;
	if (target_open(&t, c, NULL, inode_of(run)))
		return true;
	stays = undo_decide(c, &t.now) != UNDO_NOTHING;
	target_close(&t);
	return stays;
}

/*
 * What needs @key as it was made: ports are reserved for a wider range of local ports, and
 * that makes room for more TIME_WAITs. NULL: nothing.
 */
static const char *needed_by(const char *key)
{
	if (!strcmp(key, KEY_RESERVED_PORTS))
		return KEY_PORT_RANGE;
	return strcmp(key, KEY_PORT_RANGE) ? NULL : KEY_TW_BUCKETS;
}

/* Whether @c relies on what @s is about: it came after that, or is in the same file. */
static bool relies(const struct change *c, const struct undo_step *s)
{
	const char *key = needed_by(s->change.name);

	return key && c->kind == s->change.kind && !strcmp(c->name, key) &&
	       (c->id > s->change.id || c->kind == CHANGE_PERSIST);
}

/* Whether what @r was about is not set back, and needs more than it did before. */
static bool goes_on(const struct undo_step *r)
{
	if (r->result == UNDO_FAILED)
		return true;
	return r->result == UNDO_FOREIGN &&
	       (strcmp(r->change.name, KEY_TW_BUCKETS) || r->now.v[0] > r->change.from.v[0]);
}

/*
 * What @s has changed is kept while something that needs it stays: what came of that, if it
 * has been dealt with, or was left out; UNDONE if nothing keeps it.
 */
static enum undo_result keeper(const struct undo_run *run, const struct undo_step *s)
{
	const struct undo_step *r;
	const struct change *c;
	size_t i;

	for (r = run->list->item; r < s; r++)
		if (relies(&r->change, s) && goes_on(r))
			return r->result;
	for (i = run->jf->j.nr; run->select && i-- > 0;) {
		c = &run->jf->j.item[i];
		if (relies(c, s) && stays(run, c))
			return UNDO_FOREIGN;
	}
	return UNDONE;
}

static void step_undo(struct undo_run *run, struct undo_step *s, const struct owner *owner)
{
	enum undo_result keep = keeper(run, s);
	struct target t;
	int err;

	err = target_open(&t, &s->change, owner, inode_of(run));
	if (err) {
		unreachable(run, s, err);
		return;
	}
	s->now = t.now;
	if (s->newer && s->newer->result == UNDO_PLANNED)
		s->now = s->newer->change.from;	/* as it would be by then */
	if (s->newer && s->newer->result == UNDO_FAILED) {
		s->result = UNDO_FAILED;
		snprintf(s->note, sizeof(s->note), "a later change of it could not be set back");
	} else if (s->newer && s->newer->kept) {
		s->result = s->newer->result;
		s->kept = true;
		memcpy(s->note, s->newer->note, sizeof(s->note));
	} else if (keep != UNDONE && undo_decide(&s->change, &s->now) == UNDO_RESTORE) {
		s->result = keep;
		s->kept = true;
		snprintf(s->note, sizeof(s->note), "kept, as %s was not set back",
			 needed_by(s->change.name));
	} else {
		step_decide(s, &t, run->dry_run);
	}
	target_close(&t);
}

static void record(struct journal_file *jf, const struct undo_step *s, bool forget)
{
	if (s->result == UNDONE)
		audit_change(jf->dir, jf->verb, &s->change, &s->change.to, &s->change.from);
	switch (s->result) {
	case UNDONE:
	case UNDO_NEEDLESS:
		journal_mark_end(jf, s->change.id, "undone");
		break;
	case UNDO_GONE:
		journal_mark_end(jf, s->change.id, "gone");
		break;
	case UNDO_FOREIGN:
		/* What is kept for something else is ours still. */
		if (forget && !s->kept)
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
	struct undo_run run = {
		.jf = jf, .ns = ns, .list = list, .select = w->select, .dry_run = w->dry_run,
	};
	size_t i;
	int err;

	err = list_make(list, jf, ns, w);
	if (!err)
		err = list_chain(list);
	if (err) {
		undo_list_free(list);
		return err;
	}
	run.owner = owners(list);
	for (i = 0; i < list->nr; i++) {
		step_undo(&run, &list->item[i], run.owner ? &run.owner[i] : NULL);
		if (!w->dry_run)
			record(jf, &list->item[i], w->forget);
	}
	tcp_inodes_free(&run.sockets);
	free(run.owner);
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
