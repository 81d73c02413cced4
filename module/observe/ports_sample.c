// SPDX-License-Identifier: GPL-2.0
/*
 * ports_sample.c - the sampler's part in ephemeral ports: failures into
 * windows, destinations into what the judge reads.
 *
 * Evidence is kept as the worst at the present settings: advice stands until
 * it is followed, and starts afresh when a setting changes.
 * Context: process, under tcpa_netns_lock.
 * Does not: count (ports.c, ports_walk.c) or judge (exhaustion.c).
 */
#include "ports_sample.h"

#include <linux/bitmap.h>
#include <linux/jiffies.h>
#include <linux/string.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "judge/sample.h"
#include "listened.h"
#include "ports.h"
#include "ports_walk.h"

/* Under tcpa_netns_lock, good until the next namespace. */
static struct tcpa_dest copies[TCPA_DESTS];
static struct tcpa_dest_sample dests[TCPA_DESTS];
static DECLARE_BITMAP(listening, 65536);
static DECLARE_BITMAP(listened, 65536);
static DECLARE_BITMAP(reserved, 65536);

/* What was seen under other settings says nothing about the present ones. */
static void forget(struct tcpa_ports *p)
{
	unsigned int i;

	tcpa_window_restart(&p->recent);
	raw_spin_lock(&p->lock);
	for (i = 0; i < p->dests; i++) {
		struct tcpa_dest *d = &p->dest[i];

		d->past = d->failures;
		d->judged = d->failures;
		d->most_used = 0;
		d->most_live = 0;
		d->most_wanted = 0;
	}
	raw_spin_unlock(&p->lock);
}

static bool settings_changed(struct tcpa_net *tn)
{
	struct net *net = tn->net;
	struct tcpa_port_settings now = {
		.reuse = READ_ONCE(net->ipv4.sysctl_tcp_tw_reuse),
		.timestamps = READ_ONCE(net->ipv4.sysctl_tcp_timestamps),
	};

	inet_get_local_port_range(net, &now.low, &now.high);
	if (!memcmp(&tn->ports.settings, &now, sizeof(now)))
		return false;
	tn->ports.settings = now;
	return true;
}

/* The interval in which settings change belongs to neither of both. */
bool tcpa_ports_sample(struct tcpa_net *tn, unsigned long window)
{
	struct tcpa_ports *p = &tn->ports;
	u64 failures, own, own_now, now;

	raw_spin_lock(&p->lock);
	now = p->failures;
	own_now = p->failures_own_port;
	raw_spin_unlock(&p->lock);
	failures = now - p->prev_failures;
	p->prev_failures = now;
	own = own_now - p->prev_own_port;
	p->prev_own_port = own_now;
	tcpa_window_add(&p->own_port, own, window);
	if (settings_changed(tn)) {
		forget(p);
		tn->stale = true;
	} else {
		tcpa_window_add(&p->recent, failures, window);
	}
	return tcpa_ports_walk(tn, failures) || failures || own;
}

static void fill_dest(const struct tcpa_dest *d, struct tcpa_dest_sample *s)
{
	tcpa_dest_source(&d->key, s->source);
	tcpa_dest_peer(&d->key, s->peer);
	s->failures = d->failures - d->past;
	s->used = d->used;
	s->timewait = d->timewait;
	s->growth = d->growth;
	s->most_used = d->most_used;
	s->most_live = d->most_live;
	s->most_wanted = d->most_wanted;
	s->bound = d->bound;
	s->loopback = tcpa_dest_loopback(&d->key);
}

static void fill_listening(const struct tcpa_net *tn)
{
	unsigned int i;

	rcu_read_lock();
	for (i = 0; i < BITS_TO_LONGS(65536); i++)
		listening[i] = tcpa_listened_word(tn, i);
	rcu_read_unlock();
}

/* Services that are down for the moment keep their ports for one to two windows. */
static void fill_listened(const struct tcpa_net *tn)
{
	unsigned int i;

	rcu_read_lock();
	for (i = 0; i < BITS_TO_LONGS(65536); i++)
		listened[i] = tcpa_listened_lately_word(tn, i);
	rcu_read_unlock();
}

void tcpa_ports_fill(struct tcpa_net *tn, struct tcpa_sample *s)
{
	struct tcpa_ports_sample *p = &s->ports;
	struct net *net = tn->net;
	u32 i;

	p->low = tn->ports.settings.low;
	p->high = tn->ports.settings.high;
	p->reuse = tn->ports.settings.reuse;
	p->timestamps = tn->ports.settings.timestamps;
	p->lowest = tcpa_lowest_port(net);
	p->failures = tcpa_window_worst(&tn->ports.recent);
	p->own_port = tcpa_window_worst(&tn->ports.own_port);
	p->pinned = tn->ports.now.pinned;
	s->ports_verdict = tn->ports.verdict;
	p->nr_dests = tcpa_ports_copy(tn, copies);
	if (!p->nr_dests && !p->pinned)
		return;
	for (i = 0; i < p->nr_dests; i++)
		fill_dest(&copies[i], &dests[i]);
	fill_listening(tn);
	p->usable = tcpa_ports_usable(tn);
	p->dests = dests;
	p->listening = listening;
	fill_listened(tn);
	p->listened = listened;
	/* A copy, as it may be written while the text is made. */
	if (tcpa_reserved_ports(net)) {
		bitmap_copy(reserved, tcpa_reserved_ports(net), 65536);
		p->reserved = reserved;
	}
}
