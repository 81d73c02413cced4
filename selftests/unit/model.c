// SPDX-License-Identifier: GPL-2.0
/*
 * model.c - a listener, its clients and its application, in millisecond steps.
 *
 * Events of clients (a SYN, a final ACK, the end of a half-open request) hang
 * in one list per millisecond. Sampling, keeping of evidence and judging are
 * done as the module's sampler does them.
 * Does not: model data, TCP Fast Open or TCP_DEFER_ACCEPT.
 */
#include "model.h"

#include <stdlib.h>

#include "prng.h"

#define QUIET_MS	30000U	/* after the load, for retransmissions */
#define TRIES_MAX	7	/* tcp_syn_retries 6 */

enum kind { SYN, ACK, COOKIE_ACK, EXPIRE };

struct client {
	struct client *next;
	enum kind kind;
	__u32 tries;		/* SYNs, or final ACKs, sent */
	bool flood;
	bool acked;		/* its final ACK was refused before */
};

struct queued {
	__u32 since;
};

struct model {
	const struct model_load *load;
	const struct model_host *host;
	struct model_result *r;
	struct prng prng;
	__u32 now, end;
	struct client **events;		/* per ms, up to end */
	struct queued *queue;		/* ring of the accept queue */
	__u32 accept_len, accept_head, ring;
	__u32 syn_len;
	__u64 credit;			/* of the application, 1000 per accept */
	__u32 bin_end, bin, step;	/* see tcpa_deficit_add() */
	struct tcpa_interval iv;
	struct tcpa_evidence cur, kept;
	__u32 window_since;
};

static void at(struct model *m, __u32 when, struct client *c, enum kind kind)
{
	if (when >= m->end) {
		free(c);
		return;
	}
	c->kind = kind;
	c->next = m->events[when];
	m->events[when] = c;
}

static void new_client(struct model *m, __u32 when, bool flood)
{
	struct client *c = calloc(1, sizeof(*c));

	c->flood = flood;
	at(m, when, c, SYN);
}

/* 1, 2, 4 ... s after the first, second, third ... try, 10 % jitter. */
static void try_again(struct model *m, struct client *c, enum kind kind)
{
	__u32 wait = 1000U << (c->tries - 1);

	if (c->flood || c->tries >= TRIES_MAX) {
		m->r->lost_clients += !c->flood;
		free(c);
		return;
	}
	at(m, m->now + wait + prng_below(&m->prng, wait / 10), c, kind);
}

static void note_depths(struct model *m)
{
	m->iv.accept_lo = min_t(__u32, m->iv.accept_lo, m->accept_len);
	m->iv.accept_hi = max_t(__u32, m->iv.accept_hi, m->accept_len);
	m->iv.syn_hi = max_t(__u32, m->iv.syn_hi, m->syn_len);
}

static void refused(struct model *m)
{
	if (m->now >= m->bin_end) {
		m->bin_end = m->now + 1000;
		m->bin = 0;
	}
	m->bin++;
	if (m->step != m->now / TCPA_REFUSING_STEP_MS + 1)
		m->iv.refusing_ms += TCPA_REFUSING_STEP_MS;
	m->step = m->now / TCPA_REFUSING_STEP_MS + 1;
	m->iv.deficit = max_t(__u64, m->iv.deficit, m->bin);
}

static bool reserve_refuses(const struct model *m)
{
	__u32 max = m->host->max_syn_backlog;

	return !m->host->syncookies && (int)(max - m->syn_len) < (int)(max >> 2);
}

/* How long a request lives that is never answered. */
static __u32 lifetime_ms(const struct model *m)
{
	return 1000U * ((2U << m->host->synack_retries) - 1);
}

/* inet_csk_reqsk_queue_is_full(), which has had >= and > in its time. */
static bool syn_queue_full(const struct model *m)
{
	return m->syn_len >= m->host->backlog + !m->host->syn_queue_exact;
}

/* The order of tcp_conn_request(). False if refused. */
static bool syn_accepted(struct model *m, bool *cookie)
{
	bool full = syn_queue_full(m) || m->host->syncookies == 2;

	*cookie = full && m->host->syncookies;
	m->iv.cookies_wanted += *cookie;
	if (full && !*cookie) {
		m->iv.synq_drops++;
		refused(m);
		return false;
	}
	if (m->accept_len > m->host->backlog) {
		m->iv.overflows_syn++;
		refused(m);
		return false;
	}
	if (!*cookie && reserve_refuses(m)) {
		m->iv.other_drops++;
		return false;
	}
	return true;
}

static void on_syn(struct model *m, struct client *c)
{
	bool cookie;

	m->iv.syns++;
	note_depths(m);
	c->tries++;
	if (!syn_accepted(m, &cookie)) {
		try_again(m, c, SYN);
		return;
	}
	m->iv.cookies_sent += cookie;
	m->iv.queued += !cookie;
	m->syn_len += !cookie;
	c->tries = 1;
	if (c->flood && cookie)
		free(c);
	else if (c->flood)
		at(m, m->now + lifetime_ms(m), c, EXPIRE);
	else
		at(m, m->now + max_t(__u32, m->load->rtt_ms, 1), c,
		   cookie ? COOKIE_ACK : ACK);
}

static void on_ack(struct model *m, struct client *c)
{
	if (m->accept_len > m->host->backlog) {
		m->iv.overflows_ack++;
		if (!c->acked)
			refused(m);
		c->acked = true;
		c->tries++;
		try_again(m, c, c->kind);
		return;
	}
	m->iv.completions++;
	m->iv.cookies_valid += c->kind == COOKIE_ACK;
	m->syn_len -= c->kind == ACK;
	m->queue[(m->accept_head + m->accept_len++) % m->ring].since = m->now;
	note_depths(m);
	free(c);
}

static void on_event(struct model *m, struct client *c)
{
	switch (c->kind) {
	case SYN:
		on_syn(m, c);
		break;
	case ACK:
	case COOKIE_ACK:
		on_ack(m, c);
		break;
	case EXPIRE:
		m->syn_len--;
		free(c);
		break;
	}
}

/* The application's turn; what is left of its credit is lost when idle. */
static void accept_some(struct model *m)
{
	const struct model_load *load = m->load;

	if (m->now - load->stall_at_ms < load->stall_ms)
		return;
	if (load->slice_every_ms && m->now % load->slice_every_ms >= load->slice_ms)
		return;
	m->credit += load->accept_rate;
	while (m->credit >= 1000 && m->accept_len) {
		__u32 wait = m->now - m->queue[m->accept_head].since;

		m->r->longest_wait_ms = max_t(__u32, m->r->longest_wait_ms, wait);
		m->accept_head = (m->accept_head + 1) % m->ring;
		m->accept_len--;
		m->iv.accepts++;
		m->credit -= 1000;
		if (load->loop && m->now < load->seconds * 1000)
			new_client(m, m->now + 1 + prng_below(&m->prng, 5), false);
	}
	if (!m->accept_len)
		m->credit = min_t(__u64, m->credit, 1000);
}

static void arrive_burst(struct model *m)
{
	const struct model_load *load = m->load;
	__u32 i;

	if (m->now % 1000 != 137 % 1000 && !load->burst_every_ms)
		return;
	if (load->burst_every_ms ? m->now % load->burst_every_ms : m->now > 1000)
		return;
	for (i = 0; i < load->burst; i++)
		new_client(m, m->now + 1 + prng_below(&m->prng, load->burst_ms + 1),
			   false);
}

static void arrive(struct model *m)
{
	const struct model_load *load = m->load;
	__u32 n;

	if (m->now >= load->seconds * 1000)
		return;
	n = load->rate / 1000;
	n += prng_below(&m->prng, 1000) < load->rate % 1000;
	while (n--)
		new_client(m, m->now + 1, false);
	n = load->flood / 1000;
	n += prng_below(&m->prng, 1000) < load->flood % 1000;
	while (n--)
		new_client(m, m->now + 1, true);
	if (load->burst)
		arrive_burst(m);
	if (load->loop && m->now == 0)
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

static void new_interval(struct model *m)
{
	memset(&m->iv, 0, sizeof(m->iv));
	m->iv.accept_lo = m->accept_len;
	m->iv.accept_hi = m->accept_len;
	m->iv.syn_hi = m->syn_len;
}

static void sample(struct model *m)
{
	m->iv.ms = m->host->interval_ms;
	m->iv.backlog = m->host->backlog;
	note_depths(m);
	m->iv.accept_now = m->accept_len;
	m->iv.syn_now = m->syn_len;
	m->r->refusals += tcpa_interval_refusals(&m->iv);
	m->r->lost += tcpa_interval_refusals(&m->iv) + m->iv.other_drops;
	m->r->cookies += m->iv.cookies_sent;
	tcpa_evidence_add(&m->cur, &m->iv);
	tcpa_evidence_keep(&m->kept, &m->cur);
	if (m->now - m->window_since >= 60000) {
		tcpa_evidence_roll(&m->cur);
		m->window_since = m->now;
	}
	fill_sample(m);
	tcpa_advise(&m->r->sample, &m->r->findings);
	record(m->r);
	new_interval(m);
}

static void step(struct model *m)
{
	struct client *c, *next;

	arrive(m);
	for (c = m->events[m->now]; c; c = next) {
		next = c->next;
		on_event(m, c);
	}
	m->events[m->now] = NULL;
	accept_some(m);
}

void model_run(const struct model_load *load, const struct model_host *host,
	       struct model_result *r)
{
	struct model m = { .load = load, .host = host, .r = r };
	__u32 phase;

	memset(r, 0, sizeof(*r));
	prng_seed(&m.prng, host->seed);
	phase = prng_below(&m.prng, host->interval_ms);
	m.end = load->seconds * 1000 + QUIET_MS;
	m.events = calloc(m.end, sizeof(*m.events));
	m.ring = host->backlog + 2;
	m.queue = calloc(m.ring, sizeof(*m.queue));
	tcpa_evidence_reset(&m.cur);
	tcpa_evidence_reset(&m.kept);
	for (m.now = 0; m.now < m.end; m.now++) {
		step(&m);
		if ((m.now + phase) % host->interval_ms == 0)
			sample(&m);
	}
	free(m.events);
	free(m.queue);
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
