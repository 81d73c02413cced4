// SPDX-License-Identifier: GPL-2.0
/*
 * metric_list.c - from what was read to the values of `tcpadvisor metrics`. Reads
 * nothing but residual/, histograms and refused clients, prints nothing.
 */
#include <stdio.h>
#include <string.h>

#include "metric_list.h"
#include "util.h"
#include "words/rule.h"

const struct metric metric_list[METRICS] = {
#define METRIC(id, type, name, help) \
	[METRIC_##id] = { name, METRIC_##type, help },
#include "metrics.def"
#undef METRIC
};

static const struct labels none;

/* One value with one label more than @l. */
static void add_with(struct exposition *e, enum metric_id id, const struct labels *l,
		     const char *name, const char *value, __u64 v)
{
	struct labels more = *l;

	labels_add(&more, name, value);
	exposition_add(e, id, &more, (long long)v);
}

static void add(struct exposition *e, enum metric_id id, const struct labels *l, __u64 v)
{
	exposition_add(e, id, l, (long long)v);
}

static void probes(struct exposition *e, const struct health *h)
{
	__u64 in[PROBE_STATES] = { 0 };
	unsigned int state;
	size_t i;

	for (i = 0; i < h->nr_probes; i++) {
		in[h->probe[i].state]++;
		add_with(e, METRIC_PROBE_MISSED, &none, "symbol", h->probe[i].symbol,
			 h->probe[i].missed);
	}
	for (state = 0; h->nr_probes && state < PROBE_STATES; state++)
		add_with(e, METRIC_PROBES, &none, "state", probe_state_name(state), in[state]);
}

void metrics_of_host(struct exposition *e, const struct health *h)
{
	struct labels build = { .len = 0 };

	labels_add(&build, "version", VERSION);
	labels_add(&build, "module", h ? h->version : "");
	add(e, METRIC_BUILD, &build, 1);
	add(e, METRIC_LOADED, &none, !!h);
	if (!h)
		return;
	if (*h->hooks)
		add_with(e, METRIC_HOOKS, &none, "by", h->hooks, 1);
	if (h->exact_known)
		add(e, METRIC_EXACT, &none, h->exact);
	probes(e, h);
}

static const struct {
	enum counter counter;
	const char *cause;
} causes[] = {
	{ COUNT_OVERFLOWS_SYN, "accept_queue_syn" },
	{ COUNT_OVERFLOWS_ACK, "accept_queue_ack" },
	{ COUNT_SYNQ_DROPS, "syn_queue" },
};

static void refused(struct exposition *e, enum metric_id id, const struct labels *l,
		    const struct counters *c)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(causes); i++)
		add_with(e, id, l, "cause", causes[i].cause, c->v[causes[i].counter]);
}

void metrics_of_sample(struct exposition *e, const struct labels *l, const struct counts *s)
{
	const struct counters *c = &s->counters;

	add(e, METRIC_SYNS, l, c->v[COUNT_SYNS]);
	add(e, METRIC_ACCEPTED, l, c->v[COUNT_COMPLETIONS]);
	refused(e, METRIC_REFUSED, l, c);
	add(e, METRIC_OTHER_DROPS, l, c->v[COUNT_OTHER_DROPS]);
	add_with(e, METRIC_COOKIES, l, "state", "wanted", c->v[COUNT_COOKIES_WANTED]);
	add_with(e, METRIC_COOKIES, l, "state", "sent", c->v[COUNT_COOKIES_SENT]);
	add_with(e, METRIC_COOKIES, l, "state", "valid", c->v[COUNT_COOKIES_VALID]);
}

void metrics_of_totals(struct exposition *e, const struct labels *l, const struct totals *t)
{
	add(e, METRIC_ABORTED, l, t->aborted);
	add(e, METRIC_CLOSED, l, t->closed_listeners);
	add(e, METRIC_UNTRACKED, l, t->untracked_listeners);
	add(e, METRIC_TIMEWAIT, l, t->timewait.count);
	add(e, METRIC_TIMEWAIT_LIMIT, l, t->timewait.limit);
	add(e, METRIC_TIMEWAITS, l, t->timewait.created);
	add(e, METRIC_TIMEWAITS_REFUSED, l, t->timewait.overflows);
	add(e, METRIC_TIMEWAITS_REUSED, l, t->timewait.reused);
	add_with(e, METRIC_TIMEWAITS_ASKED, l, "by", "server", t->timewait.server_side);
	add_with(e, METRIC_TIMEWAITS_ASKED, l, "by", "client", t->timewait.client_side);
	add_with(e, METRIC_TIMEWAITS_ASKED, l, "by", "fin_wait2", t->timewait.fin_wait2);
	if (*t->timewait.verdict)
		add_with(e, METRIC_TIMEWAIT_VERDICT, l, "verdict", t->timewait.verdict, 1);
}

void metrics_of_residuals(struct exposition *e, const struct labels *l)
{
	struct residual r[RESIDUALS];
	size_t i, nr = residuals_read(r);

	for (i = 0; i < nr; i++)
		add_with(e, METRIC_RESIDUAL, l, "mib", r[i].mib, (__u64)r[i].v);
}

void metrics_of_ports(struct exposition *e, const struct labels *l, const struct ports *p,
		      size_t most)
{
	const struct destination *d;
	struct labels to;

	add(e, METRIC_PORT_FAILURES, l, p->failures);
	add(e, METRIC_PORTS_USABLE, l, p->usable);
	add(e, METRIC_PORTS_PINNED, l, p->pinned);
	if (*p->verdict)
		add_with(e, METRIC_PORTS_VERDICT, l, "verdict", p->verdict, 1);
	for (d = p->item; d < p->item + p->nr && most; d++, most--) {
		to = *l;
		labels_add(&to, "source", d->source);
		labels_add(&to, "destination", d->peer);
		add(e, METRIC_DESTINATION_USED, &to, d->used);
		add(e, METRIC_DESTINATION_FREE, &to, d->free);
		if (d->shrinks)
			add(e, METRIC_DESTINATION_FORECAST, &to, d->forecast_s);
	}
}

void metrics_of_advice(struct exposition *e, const struct labels *l, const struct recommend *r)
{
	const struct remark *remark;
	char text[VALUE_TEXT];
	struct labels more;

	add(e, METRIC_GENERATION, l, r->generation);
	for (remark = r->remark; remark < r->remark + r->nr_remarks; remark++) {
		more = *l;
		labels_add(&more, "key", remark->subject);
		if (remark->kind == REMARK_NOT) {
			labels_add(&more, "rule", rule_of_key(remark->subject, true, remark->text));
			add(e, METRIC_NOT_ADVISED, &more, 1);
		} else if (remark->kind == REMARK_KEY) {
			labels_add(&more, "rule",
				   rule_of_key(remark->subject, false, remark->text));
			labels_add(&more, "current", value_shown(&remark->current, text));
			labels_add(&more, "proposed", value_shown(&remark->proposed, text));
			add(e, METRIC_ADVICE, &more, 1);
		}
	}
}

/* What only grows: of who has a listener now, and of who had one. */
static void address_counters(struct exposition *e, const struct labels *l,
			     const struct address *a)
{
	refused(e, METRIC_ADDRESS_REFUSALS, l, &a->total);
	add(e, METRIC_ADDRESS_QUEUED, l, a->total.v[COUNT_COMPLETIONS]);
}

static void address_value(struct exposition *e, const struct addresses *as,
			  const struct address *a)
{
	struct labels l = { .len = 0 }, more;

	labels_add_u64(&l, "netns", a->netns);
	labels_add(&l, "address", a->address);
	if (a->total_known)
		address_counters(e, &l, a);
	add(e, METRIC_ADDRESS_SOCKETS, &l, a->sockets);
	if (!a->sockets)
		return;
	more = l;
	labels_add(&more, "program", a->program);
	labels_add(&more, "unit", a->unit);
	labels_add(&more, "pod", a->pod);
	labels_add(&more, "container", a->container);
	add(e, METRIC_ADDRESS, &more, 1);
	more = l;
	labels_add(&more, "verdict", a->verdict);
	if (strcmp(a->verdict, "ok"))
		labels_add(&more, "rule", rule_of_verdict(a->verdict));
	add(e, METRIC_ADDRESS_VERDICT, &more, 1);
	if (!as->totals) {
		refused(e, METRIC_ADDRESS_REFUSED, &l, &a->counters);
		add(e, METRIC_ADDRESS_ACCEPTED, &l, a->counters.v[COUNT_COMPLETIONS]);
	}
	add(e, METRIC_ADDRESS_QUEUE, &l, a->accept_queue);
	add(e, METRIC_ADDRESS_QUEUE_PEAK, &l, a->accept_queue_peak);
	add(e, METRIC_ADDRESS_SYNQ, &l, a->syn_queue);
	add(e, METRIC_ADDRESS_BACKLOG, &l, a->backlog);
	if (a->requested_known)
		exposition_add(e, METRIC_ADDRESS_REQUESTED, &l, a->requested);
	if (a->recommended)
		add(e, METRIC_ADDRESS_RECOMMENDED, &l, a->recommended);
}

/* The sum over those at @from and after, one namespace's. */
static void other_value(struct exposition *e, const struct addresses *as, size_t from)
{
	const __u64 netns = as->item[from].netns;
	struct labels l = { .len = 0 };
	struct counters sum = { { 0 } };
	size_t i, sockets = 0;

	labels_add_u64(&l, "netns", netns);
	labels_add(&l, "address", "other");
	for (i = from; i < as->nr && as->item[i].netns == netns; i++) {
		counters_add(&sum, &as->item[i].counters);
		sockets += as->item[i].sockets;
	}
	add(e, METRIC_ADDRESS_SOCKETS, &l, sockets);
	if (as->totals)
		return;
	refused(e, METRIC_ADDRESS_REFUSED, &l, &sum);
	add(e, METRIC_ADDRESS_ACCEPTED, &l, sum.v[COUNT_COMPLETIONS]);
}

void metrics_of_addresses(struct exposition *e, struct addresses *as, size_t most)
{
	size_t i;

	addresses_sort(as, most);
	for (i = 0; i < as->nr && i < most; i++)
		address_value(e, as, &as->item[i]);
	for (; i < as->nr; i++)
		if (i == most || as->item[i].netns != as->item[i - 1].netns)
			other_value(e, as, i);
}

/* Microseconds, or connections, as OpenMetrics has them; what is less than @bound. */
static void bound_text(char *text, size_t size, __u64 bound, bool time)
{
	if (time)
		snprintf(text, size, "%.9g", (double)bound / 1e6);
	else
		snprintf(text, size, "%llu.0", bound - 1);
}

static void sum_text(char *text, size_t size, __u64 sum, bool time)
{
	if (time)
		snprintf(text, size, "%llu.%06llu", sum / 1000000, sum % 1000000);
	else
		snprintf(text, size, "%llu", sum);
}

static void histogram(struct exposition *e, enum metric_id id, const struct labels *l,
		      const struct histogram *h, bool time)
{
	struct bucket b[HISTOGRAM_BUCKETS];
	char sum[32];
	size_t i;

	for (i = 0; i < HISTOGRAM_BUCKETS; i++) {
		bound_text(b[i].le, sizeof(b[i].le), 1ULL << i, time);
		b[i].n = h->n[i];
	}
	snprintf(b[HISTOGRAM_BUCKETS - 1].le, sizeof(b[0].le), "+Inf");
	sum_text(sum, sizeof(sum), h->sum, time);
	exposition_add_histogram(e, id, l, b, HISTOGRAM_BUCKETS, sum);
}

static void histograms_of(struct exposition *e, const struct labels *l,
			  const struct listener *listener)
{
	static const struct {
		enum metric_id metric;
		enum histogram_id id;
		bool time;
	} all[HISTOGRAMS] = {
		{ METRIC_ACCEPT_WAIT, HISTOGRAM_ACCEPT_WAIT, true },
		{ METRIC_HANDSHAKE, HISTOGRAM_HANDSHAKE, true },
		{ METRIC_ACCEPT_DEPTH, HISTOGRAM_DEPTH, false },
	};
	struct labels named = *l;
	struct histograms h;
	size_t i;

	labels_add(&named, "address", listener->address);
	labels_add(&named, "cookie", strchr(listener->name, '@') + 1);
	histograms_read(listener->name, &h);
	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (h.there[all[i].id] && histogram_count(&h.of[all[i].id]))
			histogram(e, all[i].metric, &named, &h.of[all[i].id], all[i].time);
}

void metrics_of_histograms(struct exposition *e, const struct labels *l,
			   const struct listeners *ls, size_t most)
{
	size_t i;

	for (i = 0; i < ls->nr && most; i++) {
		if (!ls->item[i].histograms)
			continue;
		histograms_of(e, l, &ls->item[i]);
		most--;
	}
}

struct refusing {
	struct exposition *e;
	const struct labels *l;
	size_t most;
};

static void refused_of(const char *name, const struct refused *r, void *arg)
{
	struct refusing *to = arg;
	struct labels named = *to->l;
	char address[SUBJECT_MAX];
	__u64 cookie;

	if (!to->most || listener_name_parse(name, address, &cookie))
		return;
	to->most--;
	labels_add(&named, "address", address);
	labels_add(&named, "cookie", strchr(name, '@') + 1);
	add_with(to->e, METRIC_REFUSED_CLIENTS, &named, "fate", "admitted", r->admitted);
	add_with(to->e, METRIC_REFUSED_CLIENTS, &named, "fate", "gave_up", r->gave_up);
	add_with(to->e, METRIC_REFUSED_CLIENTS, &named, "fate", "pending", r->pending);
	add(to->e, METRIC_REFUSED_CLIENTS_ERROR, &named, r->error);
}

int metrics_of_refused(struct exposition *e, const struct labels *l, size_t most)
{
	struct refusing to = { e, l, most };

	return refused_each(refused_of, &to);
}
