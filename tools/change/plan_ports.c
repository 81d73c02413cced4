// SPDX-License-Identifier: GPL-2.0
/*
 * plan_ports.c - a wider range of local ports takes none that a service has. Reads only.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "persist.h"
#include "plan_ports.h"
#include "plan_step.h"
#include "host/sysctl.h"
#include "host/udp_ports.h"
#include "words/complain.h"

/* A port of UDP that is in use for as long is no client's that waits for an answer. */
#define LASTING_MS	1000
/* More of what the range gains, in one part of so many, is not what was reckoned with. */
#define GAIN_PART	8

static bool is_planned(const struct planner *pl, size_t i)
{
	return i != STEP_ALONE && pl->p->item[i].fate == STEP_PLANNED;
}

/* The ports of UDP that a range of @to takes and one of @from does not. */
static int udp_inside(struct portset *udp, const struct value *from, const struct value *to)
{
	int err = udp_ports_read(udp);

	if (err) {
		complain("/proc/net/udp: %s; nothing was changed", strerror(-err));
		return err;
	}
	portset_keep(udp, (unsigned int)to->v[0], (unsigned int)to->v[1]);
	portset_drop(udp, (unsigned int)from->v[0], (unsigned int)from->v[1]);
	return 0;
}

/*
 * Those that last. Some program chose them, and wants them again when it is started the
 * next time; resolvers choose a port for each question, whatever the range is.
 */
static int udp_taken(struct portset *udp, const struct value *from, const struct value *to)
{
	struct timespec wait = { LASTING_MS / 1000, LASTING_MS % 1000 * 1000000L };
	struct portset later;
	int err = udp_inside(udp, from, to);

	if (err || !portset_count(udp))
		return err;
	nanosleep(&wait, NULL);
	err = udp_inside(&later, from, to);
	portset_common(udp, &later);
	return err;
}

/* A new step before step @range, which so far reserves what is reserved: @now. */
static struct step *reserved_step(struct planner *pl, size_t range, const struct value *now)
{
	struct step *made = step_new(pl, CHANGE_SYSCTL, KEY_RESERVED_PORTS, "");
	struct step s;

	if (!made)
		return NULL;
	s = *made;
	s.change.from = *now;
	s.change.to = *now;
	memmove(&pl->p->item[range + 1], &pl->p->item[range],
		(pl->p->nr - 1 - range) * sizeof(s));
	pl->p->item[range] = s;
	return &pl->p->item[range];
}

/* Have @s reserve all of @all, which is @nr more. */
static int reserve(struct step *s, const struct value *all, unsigned int nr)
{
	char *why;

	if (asprintf(&why, "%s%s%u of UDP's ports would lie inside the range", s->why,
		     *s->why ? "; " : "", nr) < 0)
		return -ENOMEM;
	free(s->why);
	s->why = why;
	s->change.to = *all;
	return 0;
}

/* More TIME_WAITs without the ports for them would leave none for connections. */
static void leave_buckets(struct planner *pl)
{
	size_t i = step_find(pl->p, CHANGE_SYSCTL, KEY_TW_BUCKETS);

	if (is_planned(pl, i))
		step_leave(&pl->p->item[i], STEP_LEFT,
			   "would keep more local ports than the range can give");
}

/* Whether so much of what the range gains is UDP's that it is not enough for all. */
static bool takes_much(const struct portset *udp, const struct value *from,
		       const struct value *to)
{
	__u64 gain = to->v[1] - to->v[0] - (from->v[1] - from->v[0]);

	return portset_count(udp) > gain / GAIN_PART;
}

/*
 * The module knows TCP's listeners alone, and the range is UDP's as well: before step
 * @range what UDP has in use is reserved, too.
 */
static int reserve_udp(struct planner *pl, size_t range)
{
	size_t i = step_find(pl->p, CHANGE_SYSCTL, KEY_RESERVED_PORTS);
	struct step *s = &pl->p->item[range];
	struct value now, all;
	struct portset udp;
	int err = udp_taken(&udp, &s->change.from, &s->change.to);

	if (err || !portset_count(&udp))
		return err;
	if (i != STEP_ALONE) {
		now = pl->p->item[i].change.to;
	} else {
		err = step_current(KEY_RESERVED_PORTS, &now);
		if (err == -EFBIG)
			step_leave(s, STEP_LEFT, STEP_LONG_LIST);
		if (err)
			return err == -EFBIG ? 0 : err;
	}
	portset_drop_list(&udp, now.ports);
	if (!portset_count(&udp))
		return 0;
	all = now;
	if (portset_join(all.ports, &udp)) {
		step_leave(s, STEP_LEFT,
			   "would take ports of UDP that do not fit into a list of 1024 characters: reserve them as ranges first");
		return 0;
	}
	if (takes_much(&udp, &s->change.from, &s->change.to))
		leave_buckets(pl);
	s = i != STEP_ALONE ? &pl->p->item[i] : reserved_step(pl, range, &now);
	return s ? reserve(s, &all, portset_count(&udp)) : -ENOMEM;
}

/* The range of local ports that is advised, or NULL. */
static const struct value *range_advised(const struct planner *pl)
{
	size_t i;

	for (i = 0; i < pl->r->nr_settings; i++)
		if (!strcmp(pl->r->setting[i].key->name, KEY_PORT_RANGE))
			return &pl->r->setting[i].value;
	return NULL;
}

static bool range_missing(const struct planner *pl)
{
	const struct value *to = range_advised(pl);
	struct value now;

	return to && (sysctl_read(KEY_PORT_RANGE, &now) || !value_equal(&now, to));
}

/* Whether the range has been widened here, and that was not undone. */
static bool range_applied(const struct planner *pl)
{
	const struct change *c;
	size_t i;

	for (i = 0; i < pl->jf->j.nr; i++) {
		c = &pl->jf->j.item[i];
		if (c->kind == CHANGE_SYSCTL && c->state != CHANGE_ENDED &&
		    netns_same(&c->netns, &pl->ns->id) && !strcmp(c->name, KEY_PORT_RANGE))
			return true;
	}
	return false;
}

/* What is done only once something else is. */
static void tie(struct planner *pl, size_t range)
{
	size_t buckets = step_find(pl->p, CHANGE_SYSCTL, KEY_TW_BUCKETS);

	pl->p->item[range].needs = step_find(pl->p, CHANGE_SYSCTL, KEY_RESERVED_PORTS);
	if (!is_planned(pl, range))
		leave_buckets(pl);
	else if (is_planned(pl, buckets))
		pl->p->item[buckets].needs = range;
}

/* Have the step of @kind on @key come after that on @needed, if there are both. */
static void put_after(struct planner *pl, enum change_kind kind, const char *key,
		      const char *needed)
{
	size_t to = step_find(pl->p, kind, needed), i = step_find(pl->p, kind, key);
	struct step s;

	if (to == STEP_ALONE || i == STEP_ALONE || i > to)
		return;
	s = pl->p->item[i];
	memmove(&pl->p->item[i], &pl->p->item[i + 1], (to - i) * sizeof(s));
	pl->p->item[to] = s;
}

int plan_ports(struct planner *pl, bool reserves)
{
	size_t range, reserved;
	int err = 0;

	/* The advice has first what matters most. */
	put_after(pl, CHANGE_SYSCTL, KEY_TW_BUCKETS, KEY_PORT_RANGE);
	range = step_find(pl->p, CHANGE_SYSCTL, KEY_PORT_RANGE);
	reserved = step_find(pl->p, CHANGE_SYSCTL, KEY_RESERVED_PORTS);
	if (range == STEP_ALONE) {
		if (range_missing(pl))
			leave_buckets(pl);
		return 0;
	}
	if (reserved != STEP_ALONE && reserved > range) {
		complain("the advice widens " KEY_PORT_RANGE " before it reserves ports: nothing was changed");
		return -EINVAL;
	}
	if (is_planned(pl, range) && reserved != STEP_ALONE && !is_planned(pl, reserved))
		step_leave(&pl->p->item[range], STEP_LEFT,
			   "would take ports that " KEY_RESERVED_PORTS " does not keep yet");
	if (is_planned(pl, range) && reserves)
		err = reserve_udp(pl, range);
	if (!err)
		tie(pl, step_find(pl->p, CHANGE_SYSCTL, KEY_PORT_RANGE));
	return err;
}

static __u64 width(const struct value *range)
{
	return range->nr == 2 && range->v[0] <= range->v[1] ?
	       range->v[1] - range->v[0] + 1 : 0;
}

/* Whether a file sets the range at boot, and to no fewer ports than are in force. */
static bool range_at_boot(void)
{
	struct setter other;
	struct value now, line;

	if (persist_read(KEY_PORT_RANGE, &line) || sysctl_read(KEY_PORT_RANGE, &now))
		return true;	/* Not known: complained of. */
	if (!line.nr && persist_setter(KEY_PORT_RANGE, false, &other))
		line = other.value;
	return width(&line) && width(&line) >= width(&now);
}

/* The step on @key in our file, if it is to be done; else STEP_ALONE. */
static size_t line_planned(const struct planner *pl, const char *key)
{
	size_t i = step_find(pl->p, CHANGE_PERSIST, key);

	return is_planned(pl, i) ? i : STEP_ALONE;
}

void plan_ports_at_boot(struct planner *pl)
{
	size_t reserved, range, buckets;

	put_after(pl, CHANGE_PERSIST, KEY_PORT_RANGE, KEY_RESERVED_PORTS);
	put_after(pl, CHANGE_PERSIST, KEY_TW_BUCKETS, KEY_PORT_RANGE);
	reserved = step_find(pl->p, CHANGE_PERSIST, KEY_RESERVED_PORTS);
	range = line_planned(pl, KEY_PORT_RANGE);
	if (range != STEP_ALONE && reserved != STEP_ALONE && !is_planned(pl, reserved)) {
		step_leave(&pl->p->item[range], STEP_LEFT,
			   "would take ports that " KEY_RESERVED_PORTS " would not keep at boot");
		range = STEP_ALONE;
	}
	if (range != STEP_ALONE)
		pl->p->item[range].needs_too = reserved;
	buckets = line_planned(pl, KEY_TW_BUCKETS);
	if (buckets == STEP_ALONE)
		return;
	if (range != STEP_ALONE)
		pl->p->item[buckets].needs_too = range;
	else if ((range_advised(pl) || range_applied(pl)) && !range_at_boot())
		step_leave(&pl->p->item[buckets], STEP_LEFT,
			   "needs " KEY_PORT_RANGE ", which would not be set at boot");
}
