// SPDX-License-Identifier: GPL-2.0
/*
 * predict.c - a schedule of clients, in the model.
 *
 * usage: predict EXTRA LINEAR HZ KEY=VALUE...	(schedule.h)
 *
 * Job: print what replay.c will, if the model is right. What the kernel at hand
 * does is told by EXTRA, requests that its SYN queue takes beyond the backlog,
 * LINEAR, its tcp_syn_linear_timeouts (0 if it has none), and HZ.
 * Does not: know the kernel otherwise.
 */
#include "model_tcp.h"
#include "schedule.h"

/* In a ms: an accept(2) makes room for whoever comes next. */
#define STEPS	20

struct outcome {
	unsigned int refused, unserved;
	unsigned long worst;
};

/* A schedule on its way through the model. */
struct play {
	struct schedule s;
	struct model_tcp m;
	struct outcome out;
	unsigned int part, nth;		/* the client that comes next */
	long long accept_at;		/* us, -1: none */
};

static void done(void *owner, const struct model_tcp_client *c)
{
	struct outcome *out = owner;

	out->unserved += !c->served;
	out->refused += c->refused || !c->served;
}

static long long comes_us(const struct play *p)
{
	const struct schedule_part *part = &p->s.clients[p->part];

	if (p->part == p->s.nr_clients)
		return -1;
	return part->at_ms * 1000LL + (long long)p->nth * part->gap_us;
}

static void come(struct play *p)
{
	model_tcp_new(&p->m, p->m.now, false);
	model_tcp_events(&p->m);
	if (++p->nth == p->s.clients[p->part].count) {
		p->part++;
		p->nth = 0;
	}
}

static void take_one(struct play *p)
{
	__u32 since = p->m.accept_len ? p->m.queue[p->m.accept_head].c->began : 0;

	if (model_tcp_accept(&p->m) >= 0 && p->m.now - since > p->out.worst)
		p->out.worst = p->m.now - since;
}

/* What happens in the step that begins now, in its order. */
static void step(struct play *p)
{
	long long end = (p->m.now + 1) * 1000LL / STEPS, client;

	model_tcp_events(&p->m);
	for (;;) {
		client = comes_us(p);
		if (client >= end)
			client = -1;
		if (p->accept_at >= end || p->accept_at < 0) {
			if (client < 0)
				return;
			come(p);
		} else if (client >= 0 && client <= p->accept_at) {
			come(p);
		} else {
			take_one(p);
			p->accept_at = schedule_next_accept(&p->s, p->accept_at);
		}
	}
}

static void fill(struct model_tcp_settings *set, const struct schedule *s)
{
	set->backlog = s->backlog;
	set->syncookies = s->syncookies;
	set->max_syn_backlog = s->max_syn_backlog;
	set->synack_retries = 5;
	set->abort_on_overflow = s->abort;
	set->defer_s = s->defer_s;
	set->rtt_ms = s->rtt_ms;
	set->speak = s->speak;
}

int main(int argc, char **argv)
{
	struct model_tcp_settings set = {};
	struct play p = {};

	if (argc < 5 || !atoi(argv[3]) || !schedule_read(&p.s, argv + 4)) {
		fprintf(stderr, "usage: predict EXTRA LINEAR HZ KEY=VALUE...\n");
		return 2;
	}
	fill(&set, &p.s);
	set.syn_queue_exact = !atoi(argv[1]);
	set.syn_linear = atoi(argv[2]);
	set.jiffy_ms = 1000 / atoi(argv[3]);
	set.steps = STEPS;
	model_tcp_init(&p.m, &set, p.s.until_ms * STEPS);
	p.m.done = done;
	p.m.owner = &p.out;
	p.accept_at = schedule_next_accept(&p.s, -1);
	for (; p.m.now < p.m.end; p.m.now++)
		step(&p);
	model_tcp_exit(&p.m);
	printf("refused=%u unserved=%u overflows=%llu drops=%llu cookies=%llu worst_ms=%lu\n",
	       p.out.refused, p.out.unserved,
	       (unsigned long long)(p.m.n.overflows_syn + p.m.n.overflows_ack),
	       (unsigned long long)(p.m.n.overflows_syn + p.m.n.overflows_ack +
				    p.m.n.synq_drops + p.m.n.other_drops),
	       (unsigned long long)p.m.n.cookies_sent, p.out.worst / STEPS);
	return 0;
}
