// SPDX-License-Identifier: GPL-2.0
/*
 * model.c - a listener, its clients and its application, in millisecond steps.
 *
 * The queues and the clients are those of ../model_tcp.h, whose timers are late by up
 * to a tenth here, as those of clients on many machines are. Sampling, keeping of
 * evidence and judging are done as the module's sampler does them.
 * Does not: model TCP Fast Open.
 */
#include "model.h"

#include <stdlib.h>

#include "../model_tcp.h"
#include "prng.h"

#define QUIET_MS	30000U	/* after the load, for retransmissions */

struct model {
	const struct model_load *load;
	const struct model_host *host;
	struct model_result *r;
	struct prng prng;
	struct model_tcp_settings set;
	struct model_tcp tcp;
	__u64 credit;			/* of the application, 1000 per accept */
	__u32 bin_end, bin, step;	/* see tcpa_deficit_add() */
	__u64 deficit;
	__u32 refusing_ms;
	struct tcpa_evidence cur, kept;
	__u32 window_since;
};

static void new_client(struct model *m, __u32 when, bool flood)
{
	model_tcp_new(&m->tcp, when, flood);
}

static __u32 late(void *owner, __u32 ms)
{
	struct model *m = owner;

	return prng_below(&m->prng, ms / 10);
}

static void refused(void *owner)
{
	struct model *m = owner;
	__u32 now = m->tcp.now;

	if (now >= m->bin_end) {
		m->bin_end = now + 1000;
		m->bin = 0;
	}
	m->bin++;
	if (m->step != now / TCPA_REFUSING_STEP_MS + 1)
		m->refusing_ms += TCPA_REFUSING_STEP_MS;
	m->step = now / TCPA_REFUSING_STEP_MS + 1;
	m->deficit = max_t(__u64, m->deficit, m->bin);
}

/* The application's turn; what is left of its credit is lost when idle. */
static void accept_some(struct model *m)
{
	const struct model_load *load = m->load;
	__u32 now = m->tcp.now;

	if (now - load->stall_at_ms < load->stall_ms)
		return;
	if (load->slice_every_ms && now % load->slice_every_ms >= load->slice_ms)
		return;
	m->credit += load->accept_rate;
	while (m->credit >= 1000 && m->tcp.accept_len) {
		__u32 wait = model_tcp_accept(&m->tcp);

		m->r->longest_wait_ms = max_t(__u32, m->r->longest_wait_ms, wait);
		m->credit -= 1000;
		if (load->loop && now < load->seconds * 1000)
			new_client(m, now + 1 + prng_below(&m->prng, 5), false);
	}
	if (!m->tcp.accept_len)
		m->credit = min_t(__u64, m->credit, 1000);
}

static void arrive_burst(struct model *m)
{
	const struct model_load *load = m->load;
	__u32 i;

	if (m->tcp.now % 1000 != 137 % 1000 && !load->burst_every_ms)
		return;
	if (load->burst_every_ms ? m->tcp.now % load->burst_every_ms : m->tcp.now > 1000)
		return;
	for (i = 0; i < load->burst; i++)
		new_client(m, m->tcp.now + 1 + prng_below(&m->prng, load->burst_ms + 1),
			   false);
}

static void arrive(struct model *m)
{
	const struct model_load *load = m->load;
	__u32 n;

	if (m->tcp.now >= load->seconds * 1000)
		return;
	n = load->rate / 1000;
	n += prng_below(&m->prng, 1000) < load->rate % 1000;
	while (n--)
		new_client(m, m->tcp.now + 1, false);
	n = load->flood / 1000;
	n += prng_below(&m->prng, 1000) < load->flood % 1000;
	while (n--)
		new_client(m, m->tcp.now + 1, true);
	if (load->burst)
		arrive_burst(m);
	if (load->loop && m->tcp.now == 0)
		for (n = 0; n < load->loop; n++)
			new_client(m, 1 + prng_below(&m->prng, 20), false);
}

static void fill_sample(struct model *m)
{
	struct tcpa_listener_sample *l = &m->r->listener;
	struct tcpa_sample *s = &m->r->sample;
	const struct model_host *host = m->host;

	l->previous = l->verdict;
	l->previous_recommended = l->backlog_recommended;
	memcpy(l->name, "0.0.0.0:80@1", sizeof("0.0.0.0:80@1"));
	l->inode = 1;
	l->backlog = host->backlog;
	l->requested = host->requested;
	l->ev = m->kept;
	s->somaxconn = host->somaxconn;
	s->syncookies = host->syncookies;
	s->max_syn_backlog = host->max_syn_backlog;
	s->synack_retries = host->synack_retries;
	s->max_tw_buckets = 65536;
	s->memory = 2ULL << 30;
	s->window_s = 60;
	s->nr_listeners = 1;
	s->listeners = l;
}

static void record(struct model_result *r)
{
	__u32 last = r->changes - 1;

	if (r->changes && r->verdicts[last] == r->listener.verdict &&
	    r->sizes[last] == r->listener.backlog_recommended)
		return;
	if (r->changes == MODEL_HISTORY)
		return;
	r->verdicts[r->changes] = r->listener.verdict;
	r->sizes[r->changes++] = r->listener.backlog_recommended;
}

/* What the interval that ends now has counted. */
static void take_interval(struct model *m, struct tcpa_interval *iv)
{
	const struct model_tcp_counts *n = &m->tcp.n;

	model_tcp_depths(&m->tcp);
	*iv = (struct tcpa_interval) {
		.ms = m->host->interval_ms,
		.backlog = m->host->backlog,
		.syns = n->syns,
		.queued = n->queued,
		.completions = n->completions,
		.cookies_valid = n->cookies_valid,
		.overflows_syn = n->overflows_syn,
		.overflows_ack = n->overflows_ack,
		.synq_drops = n->synq_drops,
		.cookies_wanted = n->cookies_wanted,
		.cookies_sent = n->cookies_sent,
		.other_drops = n->other_drops,
		.other_syns = n->other_drops,
		.accepts = n->accepts,
		.deficit = m->deficit,
		.refusing_ms = m->refusing_ms,
		.accept_lo = n->accept_lo,
		.accept_hi = n->accept_hi,
		.accept_now = m->tcp.accept_len,
		.syn_hi = n->syn_hi,
		.syn_now = m->tcp.syn_len,
	};
	m->r->lost_clients += n->lost_clients;
	m->deficit = 0;
	m->refusing_ms = 0;
	model_tcp_recount(&m->tcp);
}

static void sample(struct model *m)
{
	struct tcpa_interval iv;

	take_interval(m, &iv);
	m->r->refusals += tcpa_interval_refusals(&iv);
	m->r->lost += tcpa_interval_refusals(&iv) + iv.other_drops;
	m->r->cookies += iv.cookies_sent;
	tcpa_evidence_add(&m->cur, &iv);
	tcpa_evidence_keep(&m->kept, &m->cur);
	if (m->tcp.now - m->window_since >= 60000) {
		tcpa_evidence_roll(&m->cur);
		m->window_since = m->tcp.now;
	}
	fill_sample(m);
	tcpa_advise(&m->r->sample, &m->r->findings);
	record(m->r);
}

static void settle(struct model *m)
{
	m->set = (struct model_tcp_settings) {
		.backlog = m->host->backlog,
		.syn_queue_exact = m->host->syn_queue_exact,
		.syncookies = m->host->syncookies,
		.max_syn_backlog = m->host->max_syn_backlog,
		.synack_retries = m->host->synack_retries,
		.rtt_ms = m->load->rtt_ms,
		.speak = m->load->speak,
		.syn_linear = m->load->syn_linear,
	};
	model_tcp_init(&m->tcp, &m->set, m->load->seconds * 1000 + QUIET_MS);
	m->tcp.refused = refused;
	m->tcp.late = late;
	m->tcp.owner = m;
}

void model_run(const struct model_load *load, const struct model_host *host,
	       struct model_result *r)
{
	struct model m = { .load = load, .host = host, .r = r };
	__u32 phase;

	memset(r, 0, sizeof(*r));
	prng_seed(&m.prng, host->seed);
	phase = prng_below(&m.prng, host->interval_ms);
	settle(&m);
	tcpa_evidence_reset(&m.cur);
	tcpa_evidence_reset(&m.kept);
	for (; m.tcp.now < m.tcp.end; m.tcp.now++) {
		arrive(&m);
		model_tcp_events(&m.tcp);
		accept_some(&m);
		if ((m.tcp.now + phase) % host->interval_ms == 0)
			sample(&m);
	}
	model_tcp_exit(&m.tcp);
}

static void follow_key(struct model_host *host, const struct tcpa_finding *item)
{
	if (tcpa_rule_negative(item->rule))
		return;
	switch (item->key) {
	case TCPA_KEY_SOMAXCONN:
		host->somaxconn = item->proposed;
		break;
	case TCPA_KEY_SYNCOOKIES:
		host->syncookies = item->proposed;
		break;
	case TCPA_KEY_MAX_SYN_BACKLOG:
		host->max_syn_backlog = item->proposed;
		break;
	default:
		break;
	}
}

void model_follow(struct model_host *host, const struct model_result *r)
{
	__u32 i, want = r->listener.backlog_recommended;

	for (i = 0; i < r->findings.nr; i++)
		follow_key(host, &r->findings.item[i]);
	if (!want)
		return;
	host->requested = want;
	host->backlog = min_t(__u32, want, host->somaxconn);
}
