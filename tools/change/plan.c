// SPDX-License-Identifier: GPL-2.0
/*
 * plan.c - what apply would do in one namespace. Sysctls first, in the order of
 * the text, because listen(2) is capped by one of them; then running listeners;
 * then the file that keeps the sysctls over a reboot. Reads only.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "persist.h"
#include "plan.h"
#include "plan_ports.h"
#include "host/cgroup.h"
#include "host/sysctl.h"
#include "words/complain.h"

#define SOMAXCONN_KEY	"net.core.somaxconn"

static bool named(const char *const *names, size_t nr, const char *name)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strcmp(names[i], name) || listener_named(name, names[i]))
			return true;
	return false;
}

bool wish_selects(const struct wish *w, const char *name)
{
	if (w->nr_only && !named(w->only, w->nr_only, name))
		return false;
	return !named(w->except, w->nr_except, name);
}

bool wish_names(const char *what, const struct listener *l)
{
	return listener_named(l->name, what) ||
	       (cgroup_is_unit(what) && cgroup_is(l->cgroup, what));
}

static bool any_names(const char *const *whats, size_t nr, const struct listener *l)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (wish_names(whats[i], l))
			return true;
	return false;
}

/*
 * Plan to set @k to @to, unless it is so already. What is reserved stays so: the module
 * advises more ports at most, and advice that lacks some is from before they were.
 */
static int plan_key(struct planner *pl, const struct key *k, const struct value *to,
		    const char *why)
{
	struct value from, all = *to;
	struct step *s;
	bool fits = true;
	int err = step_current(k->name, &from);

	/* What is more than can be read has no room for more. */
	if (err == -EFBIG && k->nr == VALUE_PORTS) {
		from = (struct value){ .nr = 0 };
		fits = false;
	} else if (err) {
		return err;
	} else if (k->nr == VALUE_PORTS) {
		fits = !portset_join_list(all.ports, from.ports);
	}
	if (fits && value_equal(&from, &all))
		return 0;
	s = step_new(pl, CHANGE_SYSCTL, k->name, why);
	if (!s)
		return -ENOMEM;
	s->change.from = from;
	s->change.to = all;
	if (!fits)
		step_leave(s, STEP_LEFT, STEP_LONG_LIST);
	else if (from.nr != k->nr)
		step_leave(s, STEP_FAILED, "the kernel shows another number of values");
	else if (key_lowers(k, &from, &all) && !pl->w->allow_lower)
		step_leave(s, STEP_LEFT, "would lower it; --allow-lower permits that");
	return 0;
}

/* @plan each advised setting that is wished for, with the reason given for it. */
static int each_setting(struct planner *pl,
			int (*plan)(struct planner *pl, const struct key *k,
				    const struct value *to, const char *why))
{
	const struct remark *m;
	const struct setting *set;
	size_t i;
	int err = 0;

	for (i = 0; !err && i < pl->r->nr_settings; i++) {
		set = &pl->r->setting[i];
		if (!wish_selects(pl->w, set->key->name))
			continue;
		m = recommend_remark(pl->r, REMARK_KEY, set->key->name);
		err = plan(pl, set->key, &set->value, m ? m->text : "");
	}
	return err;
}

/* What its backlog should be: what is advised, or --at-least that. */
static __u64 wanted_backlog(const struct planner *pl, const struct listener *l)
{
	return l->recommended > pl->w->at_least ? l->recommended : pl->w->at_least;
}

/* A listener that --live is to change. */
static bool wanted(const struct planner *pl, const struct listener *l)
{
	const struct wish *w = pl->w;

	return !l->unread && wanted_backlog(pl, l) > l->backlog &&
	       (!w->nr_only || any_names(w->only, w->nr_only, l)) &&
	       !any_names(w->except, w->nr_except, l);
}

/* Raise somaxconn as far as the listeners of --live need it. */
static int plan_somaxconn(struct planner *pl)
{
	const struct listener *l, *most = NULL;
	char why[SUBJECT_MAX + 64];
	struct value to, from;
	size_t i;
	int err;

	for (i = 0; i < pl->ls->nr; i++) {
		l = &pl->ls->item[i];
		if (wanted(pl, l) &&
		    (!most || wanted_backlog(pl, l) > wanted_backlog(pl, most)))
			most = l;
	}
	if (!most || named(pl->w->except, pl->w->nr_except, SOMAXCONN_KEY))
		return 0;
	to = value_one(wanted_backlog(pl, most));
	i = step_find(pl->p, CHANGE_SYSCTL, SOMAXCONN_KEY);
	if (i != STEP_ALONE) {
		if (pl->p->item[i].fate == STEP_PLANNED &&
		    pl->p->item[i].change.to.v[0] < to.v[0])
			pl->p->item[i].change.to = to;
		return 0;
	}
	err = step_current(SOMAXCONN_KEY, &from);
	if (err || from.v[0] >= to.v[0])
		return err;
	snprintf(why, sizeof(why), "it would cap listener %s, which needs %llu",
		 most->address, to.v[0]);
	return plan_key(pl, key_find(SOMAXCONN_KEY), &to, why);
}

static char *listener_why(const struct planner *pl, const struct listener *l)
{
	const struct remark *m = recommend_remark(pl->r, REMARK_LISTENER, l->name);
	char *why = NULL;

	if (l->recommended < pl->w->at_least)
		return strdup("asked for by --at-least, whatever is advised");
	if (m && *m->text)
		return strdup(m->text);
	if (asprintf(&why, "%s: %llu refused; deepest queue %llu at a limit of %llu",
		     l->verdict, counters_refused(&l->counters), l->accept_queue_peak,
		     l->backlog) < 0)
		return NULL;
	return why;
}

/* @cap will be net.core.somaxconn, once step @needs is done. */
static int plan_listener(struct planner *pl, const struct listener *l, __u64 cap, size_t needs)
{
	char *why = listener_why(pl, l);
	struct step *s = why ? step_new(pl, CHANGE_BACKLOG, l->name, why) : NULL;
	__u64 want = wanted_backlog(pl, l), to = want < cap ? want : cap;

	free(why);
	if (!s)
		return -ENOMEM;
	s->owner = l->owner;
	if (needs != STEP_ALONE && pl->p->item[needs].change.from.v[0] < to)
		s->needs = needs;
	s->change.from = value_one(l->backlog);
	s->change.to = value_one(to);
	s->change.pid = l->owner.pid;
	s->change.inode = l->inode;
	s->change.cookie = l->cookie;
	if (l->owner.pid && process_start(l->owner.pid, &s->change.start))
		s->change.start = 0;
	if (!l->inode)
		step_leave(s, STEP_FAILED, "no process owns it (a kernel service, or MPTCP)");
	else if (!l->owner.pid)
		step_leave(s, STEP_FAILED,
			   "no process found that has it open: run as root, in the host's PID namespace");
	else if (to <= l->backlog)
		step_leave(s, STEP_FAILED,
			   "net.core.somaxconn caps it, and was left out of this run");
	return 0;
}

static int plan_listeners(struct planner *pl)
{
	size_t i, needs = step_find(pl->p, CHANGE_SYSCTL, SOMAXCONN_KEY);
	struct value cap;
	int err = 0;

	for (i = 0; i < pl->ls->nr && !wanted(pl, &pl->ls->item[i]); i++)
		;
	if (i == pl->ls->nr)
		return 0;
	if (needs != STEP_ALONE && pl->p->item[needs].fate != STEP_PLANNED)
		needs = STEP_ALONE;
	if (needs != STEP_ALONE)
		cap = pl->p->item[needs].change.to;
	else
		err = step_current(SOMAXCONN_KEY, &cap);
	for (; !err && i < pl->ls->nr; i++)
		if (wanted(pl, &pl->ls->item[i]))
			err = plan_listener(pl, &pl->ls->item[i], cap.v[0], needs);
	return err;
}

/* @was, which may be NULL, is what was in force before. */
static int plan_persist_key(struct planner *pl, const char *key, const struct value *to,
			    const struct value *was, const char *why, size_t needs)
{
	struct value from;
	struct step *s;
	int err = persist_read(key, &from);

	if (err || value_equal(&from, to) ||
	    step_find(pl->p, CHANGE_PERSIST, key) != STEP_ALONE)
		return err;
	s = step_new(pl, CHANGE_PERSIST, key, why);
	if (!s)
		return -ENOMEM;
	s->change.from = from;
	s->change.to = *to;
	s->needs = needs;
	if (was)
		s->was = *was;
	if (from.nr && from.nr != to->nr)
		step_leave(s, STEP_FAILED,
			   "the file has another number of values there: mend or remove that line");
	return 0;
}

/* What is in force is what was advised, or more ports. */
static bool follows(const struct value *now, const struct value *advised)
{
	return value_equal(now, advised) ||
	       (now->nr == VALUE_PORTS && portset_covers(now->ports, advised->ports));
}

/* What an earlier apply has set, and is still in force, is worth keeping too. */
static int plan_persist_journal(struct planner *pl)
{
	const struct change *c;
	struct value now;
	size_t i;
	int err = 0;

	for (i = pl->jf->j.nr; !err && i-- > 0;) {
		c = &pl->jf->j.item[i];
		if (c->kind != CHANGE_SYSCTL || c->state == CHANGE_ENDED ||
		    !netns_same(&c->netns, &pl->ns->id) ||
		    !wish_selects(pl->w, c->name))
			continue;
		if (!sysctl_read(c->name, &now) && follows(&now, &c->to))
			err = plan_persist_key(pl, c->name, &now, &c->from, "applied earlier",
					       STEP_ALONE);
	}
	return err;
}

/* Of @key, if nobody is about to change it. */
static int plan_persist_now(struct planner *pl, const char *key, const struct value *only,
			    const char *why)
{
	struct value now;

	if (step_find(pl->p, CHANGE_SYSCTL, key) != STEP_ALONE || sysctl_read(key, &now) ||
	    (only && !follows(&now, only)))
		return 0;
	return plan_persist_key(pl, key, &now, NULL, why, STEP_ALONE);
}

static int plan_persist_advised(struct planner *pl, const struct key *k, const struct value *to,
				const char *why)
{
	return plan_persist_now(pl, k->name, to, why);
}

/*
 * What somebody else has put in force, `sysctl -p` of the advice for one, is adopted
 * if it is what is advised still, or if --only names it: the advice ends once it is
 * followed.
 */
static int plan_persist_adopted(struct planner *pl)
{
	int err = each_setting(pl, plan_persist_advised);
	size_t i;

	for (i = 0; !err && i < pl->w->nr_only; i++)
		if (key_find(pl->w->only[i]))
			err = plan_persist_now(pl, pl->w->only[i], NULL, "was in force already");
	return err;
}

/* A wide range is not to come back at boot without what is reserved for it. */
static int plan_persist_reserved(struct planner *pl)
{
	const char *key = KEY_RESERVED_PORTS;
	size_t range = step_find(pl->p, CHANGE_PERSIST, KEY_PORT_RANGE);
	struct value now, line;
	struct setter other;
	int err = sysctl_read(key, &now);

	if (!wish_selects(pl->w, key) || persist_read(KEY_PORT_RANGE, &line) ||
	    persist_setter(key, false, &other) || (!line.nr && range == STEP_ALONE))
		return 0;
	/* What cannot be read cannot be written, either. */
	if (err == -EFBIG && range != STEP_ALONE)
		step_leave(&pl->p->item[range], STEP_LEFT,
			   "needs " KEY_RESERVED_PORTS ", which " STEP_LONG_LIST);
	if (err || !now.ports[0])
		return 0;
	return plan_persist_now(pl, key, NULL, "the range needs it");
}

static int plan_persist(struct planner *pl)
{
	size_t i, nr = pl->p->nr;
	struct change c;
	int err = 0;

	for (i = 0; !err && i < nr; i++) {
		c = pl->p->item[i].change;
		if (c.kind == CHANGE_SYSCTL && pl->p->item[i].fate == STEP_PLANNED)
			err = plan_persist_key(pl, c.name, &c.to, &c.from, pl->p->item[i].why, i);
	}
	if (!err)
		err = plan_persist_journal(pl);
	if (!err)
		err = plan_persist_adopted(pl);
	if (!err)
		err = plan_persist_reserved(pl);
	if (!err)
		plan_ports_at_boot(pl);
	return err;
}

static int refuse_persist(const struct planner *pl)
{
	static const char untold[] =
		", and it cannot be told whether this is it (run as root, outside any container)";
	int initial, files;

	if (!pl->w->persist)
		return 0;
	initial = netns_is_initial();
	files = etc_is_hosts();
	if (initial > 0 && files > 0)
		return 0;
	if (initial > 0)
		complain("--persist: the host reads its own /etc/sysctl.d%s; nothing was changed",
			 files ? untold : ", and this is another one's: run it outside of this container");
	else
		complain("--persist: sysctl.d is read for the host's own network namespace only%s: configure a container's sysctls where it is started; nothing was changed",
			 initial ? untold : ", and this is another one");
	return -EINVAL;
}

int plan_make(struct plan *p, const struct wish *w, const struct netns *ns,
	      const struct recommend *r, const struct listeners *ls,
	      const struct journal_file *jf)
{
	struct planner pl = { .p = p, .w = w, .ns = ns, .r = r, .ls = ls, .jf = jf };
	int err;

	memset(p, 0, sizeof(*p));
	err = refuse_persist(&pl);
	if (!err)
		err = each_setting(&pl, plan_key);
	if (!err)
		err = plan_ports(&pl, wish_selects(w, KEY_RESERVED_PORTS));
	if (!err && w->live)
		err = plan_somaxconn(&pl);
	if (!err && w->live)
		err = plan_listeners(&pl);
	if (!err && w->persist)
		err = plan_persist(&pl);
	if (err == -ENOMEM)
		complain("out of memory; nothing was changed");
	if (err)
		plan_free(p);
	return err;
}
