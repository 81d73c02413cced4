/* SPDX-License-Identifier: GPL-2.0 */
/*
 * model_tcp.h - a listener's two queues and the clients that meet them, in
 * steps of a millisecond or a part of one.
 *
 * Job: refuse, admit, answer by a cookie and let come again as Linux does, on both
 * sides: tcp_conn_request(), tcp_check_req(), reqsk_timer_handler(), the timers of
 * a client's SYN and of its first data, and the timer wheel, which lets those of
 * many clients go off together. Checked against the kernel by model_kernel.sh.
 * Context: user space. A header with its code, because kselftest's lib.mk builds a
 * program from one file. Whoever uses it drives time and accept(2).
 * Does not: judge (unit/model.c), model TCP Fast Open, loss, or more than one
 * segment of data.
 */
#ifndef _TCPA_MODEL_TCP_H
#define _TCPA_MODEL_TCP_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MODEL_RTO_MS		1000U	/* first of a SYN and of a SYN-ACK */
#define MODEL_RTO_MIN_MS	200U	/* of data, beyond the round trip, at least */
#define MODEL_SYN_RETRIES	6U	/* tcp_syn_retries; syn_linear adds to it */

/* The listener, its host and what its clients are like. */
struct model_tcp_settings {
	__u32 backlog;		/* effective */
	bool syn_queue_exact;	/* holds the backlog, not one more: vendors differ */
	__u32 syncookies;
	__u32 max_syn_backlog;
	__u32 synack_retries;
	bool abort_on_overflow;
	__u32 defer_s;		/* TCP_DEFER_ACCEPT, 0: not */
	__u32 rtt_ms;
	bool speak;		/* clients send as soon as they are connected */
	__u32 syn_linear;	/* SYNs sent again after a second each (from 6.5: 4)
				 * before the time doubles
				 */
	__u32 jiffy_ms;		/* of the timer wheel; 0: timers are exact */
	__u32 steps;		/* in a ms; 0: one. All times below are in steps */
};

enum model_tcp_kind {
	MODEL_SYN,
	MODEL_ACK,		/* a segment without data that ends the handshake */
	MODEL_DATA,
	MODEL_REQUEST_TIMER,	/* the server's, of its SYN-ACK */
};

struct model_tcp_client {
	struct model_tcp_client *next;	/* of those that are free */
	__u32 id;
	__u32 began;
	__u32 pending;		/* events */
	__u32 syns, datas;	/* sent */
	__u32 timeouts;		/* of its request */
	bool flood;		/* never answers a SYN-ACK */
	bool request;		/* is in the SYN queue */
	bool cookie;
	bool acked;		/* the request was refused, or put off, before */
	bool refused;		/* once at least */
	bool served;		/* got into the accept queue */
	bool reset;
	bool gave_up;
};

struct model_tcp_event {
	struct model_tcp_event *next;
	struct model_tcp_client *c;
	enum model_tcp_kind kind;
};

struct model_tcp_counts {
	__u64 syns, queued, completions, cookies_valid;
	__u64 overflows_syn, overflows_ack, synq_drops;
	__u64 cookies_wanted, cookies_sent, other_drops, accepts;
	__u64 lost_clients;	/* gave up, or were reset, or have nothing to send again */
	__u32 accept_lo, accept_hi, syn_hi;	/* depths that arrivals saw */
};

struct model_tcp {
	const struct model_tcp_settings *set;
	__u32 now, end;
	struct {
		struct model_tcp_event *first, **last;
	} *due;				/* per step, up to end */
	struct {
		struct model_tcp_client *c;
		__u32 since;
	} *queue;			/* ring: the accept queue */
	__u32 accept_len, accept_head, ring;
	__u32 syn_len, young;		/* requests; of these, without a timeout yet */
	__u32 last_id;
	struct model_tcp_client *free_clients;
	struct model_tcp_event *free_events;
	struct model_tcp_counts n;
	/*
	 * Each may be NULL. The queues refused a connection (not again within the
	 * request's life); by how much a timer is late; a client is done with.
	 */
	void (*refused)(void *owner);
	__u32 (*late)(void *owner, __u32 timeout);
	void (*done)(void *owner, const struct model_tcp_client *c);
	/* What the module's hooks would see: a client wants a place, and gets it. */
	void (*wants)(void *owner, const struct model_tcp_client *c,
		      enum model_tcp_kind by, bool gets);
	void *owner;
};

static inline void model_tcp_put(struct model_tcp *m, struct model_tcp_client *c)
{
	if (--c->pending)
		return;
	if (!c->served && !c->flood)
		m->n.lost_clients++;
	if (m->done)
		m->done(m->owner, c);
	c->next = m->free_clients;
	m->free_clients = c;
}

static inline void model_tcp_at(struct model_tcp *m, __u32 when,
				struct model_tcp_client *c, enum model_tcp_kind kind)
{
	struct model_tcp_event *ev;

	if (when >= m->end)
		return;
	ev = m->free_events;
	if (ev)
		m->free_events = ev->next;
	else
		ev = malloc(sizeof(*ev));
	ev->next = NULL;
	ev->c = c;
	ev->kind = kind;
	c->pending++;
	*m->due[when].last = ev;
	m->due[when].last = &ev->next;
}

static inline __u32 model_tcp_ms(const struct model_tcp *m, __u32 ms)
{
	return m->set->steps ? ms * m->set->steps : ms;
}

/* When a timer of @ms that is set at @now goes off (kernel/time/timer.c). */
static inline __u32 model_tcp_timer(struct model_tcp *m, __u32 now, __u32 ms)
{
	__u32 jiffy = model_tcp_ms(m, m->set->jiffy_ms), ticks, at, shift = 0;
	__u32 timeout = model_tcp_ms(m, ms);

	if (m->late)
		return now + timeout + m->late(m->owner, timeout);
	if (!jiffy)
		return now + timeout;
	ticks = (timeout + jiffy - 1) / jiffy;
	at = now / jiffy + ticks;
	while (ticks >= 63U << shift)
		shift += 3;
	return (((at >> shift) + 1) << shift) * jiffy;
}

/*
 * When a segment comes that a client sends again @ms after the one that has just
 * come; it is half a round trip away.
 */
static inline __u32 model_tcp_client_timer(struct model_tcp *m, __u32 ms)
{
	__u32 way = model_tcp_ms(m, m->set->rtt_ms) / 2;

	return model_tcp_timer(m, m->now > way ? m->now - way : 0, ms) + way;
}

static inline void model_tcp_depths(struct model_tcp *m)
{
	if (m->accept_len < m->n.accept_lo)
		m->n.accept_lo = m->accept_len;
	if (m->accept_len > m->n.accept_hi)
		m->n.accept_hi = m->accept_len;
	if (m->syn_len > m->n.syn_hi)
		m->n.syn_hi = m->syn_len;
}

/* Start counting afresh; depths begin where the queues are. */
static inline void model_tcp_recount(struct model_tcp *m)
{
	memset(&m->n, 0, sizeof(m->n));
	m->n.accept_lo = m->accept_len;
	m->n.accept_hi = m->accept_len;
	m->n.syn_hi = m->syn_len;
}

static inline void model_tcp_refused(struct model_tcp *m, struct model_tcp_client *c,
				     bool again)
{
	c->refused = true;
	if (!again && m->refused)
		m->refused(m->owner);
}

static inline void model_tcp_wants(struct model_tcp *m,
				   const struct model_tcp_client *c,
				   enum model_tcp_kind by, bool gets)
{
	if (m->wants)
		m->wants(m->owner, c, by, gets);
}

/* The SYN timer: a second each at first, if the clients' kernel does so. */
static inline void model_tcp_syn_again(struct model_tcp *m, struct model_tcp_client *c)
{
	__u32 again = c->syns - 1, linear = m->set->syn_linear;
	__u32 doubled = again > linear ? again - linear : 0;

	if (c->flood)
		return;
	if (again >= MODEL_SYN_RETRIES + linear)
		c->gave_up = true;
	else
		model_tcp_at(m, model_tcp_client_timer(m, MODEL_RTO_MS << doubled),
			     c, MODEL_SYN);
}

/* The first repetition is a tail loss probe, which does not double the timer. */
static inline void model_tcp_data_again(struct model_tcp *m, struct model_tcp_client *c)
{
	__u32 rtt = m->set->rtt_ms, doubled = c->datas > 2 ? c->datas - 2 : 0;
	__u32 rto = rtt + (2 * rtt > MODEL_RTO_MIN_MS ? 2 * rtt : MODEL_RTO_MIN_MS);

	if (doubled < 8)
		model_tcp_at(m, model_tcp_client_timer(m, rto << doubled), c,
			     MODEL_DATA);
}

static inline bool model_tcp_reserve_refuses(const struct model_tcp *m)
{
	__u32 max = m->set->max_syn_backlog;

	return !m->set->syncookies && (int)(max - m->syn_len) < (int)(max >> 2);
}

/* inet_csk_reqsk_queue_is_full(), which has had >= and > in its time. */
static inline bool model_tcp_syn_full(const struct model_tcp *m)
{
	return m->syn_len >= m->set->backlog + !m->set->syn_queue_exact;
}

static inline bool model_tcp_accept_full(const struct model_tcp *m)
{
	return m->accept_len > m->set->backlog;
}

/* The order of tcp_conn_request(). False if refused. */
static inline bool model_tcp_syn_accepted(struct model_tcp *m,
					  struct model_tcp_client *c)
{
	bool full = model_tcp_syn_full(m) || m->set->syncookies == 2;

	c->cookie = full && m->set->syncookies;
	m->n.cookies_wanted += c->cookie;
	if (full && !c->cookie) {
		m->n.synq_drops++;
		model_tcp_refused(m, c, false);
		model_tcp_wants(m, c, MODEL_SYN, false);
		return false;
	}
	if (model_tcp_accept_full(m)) {
		m->n.overflows_syn++;
		model_tcp_refused(m, c, false);
		model_tcp_wants(m, c, MODEL_SYN, false);
		return false;
	}
	if (!c->cookie && model_tcp_reserve_refuses(m)) {
		m->n.other_drops++;
		c->refused = true;
		return false;
	}
	return true;
}

static inline void model_tcp_drop_request(struct model_tcp *m,
					  struct model_tcp_client *c)
{
	if (!c->request)
		return;
	c->request = false;
	m->syn_len--;
	m->young -= !c->timeouts;
}

static inline void model_tcp_on_syn(struct model_tcp *m, struct model_tcp_client *c)
{
	m->n.syns++;
	model_tcp_depths(m);
	c->syns++;
	if (!model_tcp_syn_accepted(m, c)) {
		model_tcp_syn_again(m, c);
		return;
	}
	m->n.cookies_sent += c->cookie;
	if (!c->cookie) {
		m->n.queued++;
		c->request = true;
		m->syn_len++;
		m->young++;
	}
	if (!c->flood)
		model_tcp_at(m, m->now + model_tcp_ms(m, m->set->rtt_ms), c,
			     MODEL_ACK);
	if (c->request)
		model_tcp_at(m, model_tcp_timer(m, m->now, MODEL_RTO_MS), c,
			     MODEL_REQUEST_TIMER);
}

static inline void model_tcp_admit(struct model_tcp *m, struct model_tcp_client *c)
{
	m->n.completions++;
	m->n.cookies_valid += c->cookie;
	model_tcp_drop_request(m, c);
	c->served = true;
	c->pending++;		/* the queue's */
	m->queue[(m->accept_head + m->accept_len) % m->ring].since = m->now;
	m->queue[(m->accept_head + m->accept_len++) % m->ring].c = c;
	model_tcp_depths(m);
}

/* A child is asked for; a cookie leaves nothing behind that could be aborted. */
static inline void model_tcp_child(struct model_tcp *m, struct model_tcp_client *c)
{
	if (c->served || c->reset)
		return;
	if (!c->cookie && !c->request) {
		c->reset = true;
		return;
	}
	model_tcp_wants(m, c, MODEL_ACK, !model_tcp_accept_full(m));
	if (!model_tcp_accept_full(m)) {
		model_tcp_admit(m, c);
		return;
	}
	m->n.overflows_ack++;
	model_tcp_refused(m, c, c->acked);
	c->acked = c->request;
	if (c->request && m->set->abort_on_overflow) {
		model_tcp_drop_request(m, c);
		c->reset = true;
	}
}

/* Timeouts of a request that TCP_DEFER_ACCEPT waits for (secs_to_retrans()). */
static inline __u32 model_tcp_defer(const struct model_tcp *m)
{
	__u32 n = 0, timeout = 1, period = 1;

	if (!m->set->defer_s)
		return 0;
	for (n = 1; m->set->defer_s > period; n++) {
		timeout <<= 1;
		period += timeout;
	}
	return n;
}

static inline void model_tcp_on_ack(struct model_tcp *m, struct model_tcp_client *c)
{
	if (c->request && c->timeouts < model_tcp_defer(m))
		c->acked = true;
	else
		model_tcp_child(m, c);
	if (m->set->speak && !c->datas)
		model_tcp_at(m, m->now, c, MODEL_DATA);
}

static inline void model_tcp_on_data(struct model_tcp *m, struct model_tcp_client *c)
{
	c->datas++;
	model_tcp_child(m, c);
	if (!c->served && !c->reset)
		model_tcp_data_again(m, c);
}

/* How often a SYN-ACK is sent again now: reqsk_timer_handler() prunes. */
static inline __u32 model_tcp_synack_retries(const struct model_tcp *m)
{
	__u32 retries = m->set->synack_retries, young = m->young << 1;
	__u32 half = m->set->backlog > 8 ? m->set->backlog : 8;

	if (m->syn_len << 1 <= half)
		return retries;
	while (retries > 2 && m->syn_len >= young) {
		retries--;
		young <<= 1;
	}
	return retries;
}

static inline void model_tcp_on_timer(struct model_tcp *m, struct model_tcp_client *c)
{
	__u32 retries = model_tcp_synack_retries(m), defer = model_tcp_defer(m);
	bool expire = c->timeouts >= retries, resend = true;

	if (!c->request)
		return;
	if (defer) {
		expire = expire && (!c->acked || c->timeouts >= defer);
		resend = !c->acked || c->timeouts >= defer - 1;
	}
	if (expire) {
		model_tcp_drop_request(m, c);
		return;
	}
	m->young -= !c->timeouts;
	c->timeouts++;
	if (resend && !c->flood)
		model_tcp_at(m, m->now + model_tcp_ms(m, m->set->rtt_ms), c,
			     MODEL_ACK);
	model_tcp_at(m, model_tcp_timer(m, m->now, MODEL_RTO_MS << c->timeouts), c,
		     MODEL_REQUEST_TIMER);
}

static inline void model_tcp_event(struct model_tcp *m, struct model_tcp_client *c,
				   enum model_tcp_kind kind)
{
	switch (kind) {
	case MODEL_SYN:
		model_tcp_on_syn(m, c);
		break;
	case MODEL_ACK:
		model_tcp_on_ack(m, c);
		break;
	case MODEL_DATA:
		model_tcp_on_data(m, c);
		break;
	case MODEL_REQUEST_TIMER:
		model_tcp_on_timer(m, c);
		break;
	}
	model_tcp_put(m, c);
}

/* All that is due in this step; what comes of it in no time at all, too. */
static inline void model_tcp_events(struct model_tcp *m)
{
	struct model_tcp_event *ev;

	while ((ev = m->due[m->now].first)) {
		m->due[m->now].first = ev->next;
		if (!ev->next)
			m->due[m->now].last = &m->due[m->now].first;
		model_tcp_event(m, ev->c, ev->kind);
		ev->next = m->free_events;
		m->free_events = ev;
	}
}

/* A client that connects at @when. */
static inline struct model_tcp_client *
model_tcp_new(struct model_tcp *m, __u32 when, bool flood)
{
	__u32 comes = when + model_tcp_ms(m, m->set->rtt_ms) / 2;
	struct model_tcp_client *c;

	if (comes >= m->end)
		return NULL;
	c = m->free_clients;
	if (c)
		m->free_clients = c->next;
	else
		c = malloc(sizeof(*c));
	memset(c, 0, sizeof(*c));
	c->id = ++m->last_id;
	c->began = when;
	c->flood = flood;
	model_tcp_at(m, comes, c, MODEL_SYN);
	return c;
}

/* accept(2): how long the child has waited, or -1 if there is none. */
static inline long model_tcp_accept(struct model_tcp *m)
{
	struct model_tcp_client *c;
	__u32 wait;

	if (!m->accept_len)
		return -1;
	c = m->queue[m->accept_head].c;
	wait = m->now - m->queue[m->accept_head].since;
	m->accept_head = (m->accept_head + 1) % m->ring;
	m->accept_len--;
	m->n.accepts++;
	model_tcp_put(m, c);
	return wait;
}

/* What is due at @end or later does not happen. */
static inline void model_tcp_init(struct model_tcp *m,
				  const struct model_tcp_settings *set, __u32 end)
{
	__u32 i;

	m->set = set;
	m->end = end;
	m->due = calloc(end, sizeof(*m->due));
	for (i = 0; i < end; i++)
		m->due[i].last = &m->due[i].first;
	m->ring = set->backlog + 2;
	m->queue = calloc(m->ring, sizeof(*m->queue));
}

/* At the end: who still waits for accept(2) or for a timer beyond the end. */
static inline void model_tcp_exit(struct model_tcp *m)
{
	struct model_tcp_client *c;
	struct model_tcp_event *ev;

	while (m->accept_len) {
		model_tcp_put(m, m->queue[m->accept_head].c);
		m->accept_head = (m->accept_head + 1) % m->ring;
		m->accept_len--;
	}
	while ((c = m->free_clients)) {
		m->free_clients = c->next;
		free(c);
	}
	while ((ev = m->free_events)) {
		m->free_events = ev->next;
		free(ev);
	}
	free(m->due);
	free(m->queue);
}

#endif /* _TCPA_MODEL_TCP_H */
