// SPDX-License-Identifier: GPL-2.0
/*
 * reason.c - the sentence behind a finding.
 *
 * An operator acts on these lines, so each says what was counted, over which
 * time, which limit binds and what the change costs. Numbers come from the
 * evidence, never from the recommendation.
 *
 * Context: any; pure.
 * Does not: order, bound or omit anything.
 */
#include "reason.h"

#include "exhaustion.h"
#include "portlist.h"
#include "saturate.h"
#include "sizing.h"
#include "verdict.h"

typedef void (*say_fn)(struct tcpa_text *t, const struct tcpa_sample *s,
		       const struct tcpa_finding *item);

static void say_seconds(struct tcpa_text *t, __u64 ms)
{
	__u64 s = div64_u64(ms, 1000);
	unsigned int rest = ms - s * 1000;

	tcpa_text_say(t, " %llu.%u s", s, rest / 100);
}

/* How long the last of @depth waits that are accepted at @rate a second. */
static void say_wait(struct tcpa_text *t, __u64 depth, __u64 rate)
{
	say_seconds(t, tcpa_div(tcpa_mul(depth, 1000), rate));
}

static void say_refusals(struct tcpa_text *t, const struct tcpa_evidence *ev)
{
	tcpa_text_say(t, " %llu SYNs and %llu final ACKs refused in",
		      ev->sum.overflows_syn, ev->sum.overflows_ack);
	say_seconds(t, ev->busy_ms);
}

static void say_burst(struct tcpa_text *t, const struct tcpa_listener_sample *l)
{
	say_refusals(t, &l->ev);
	tcpa_text_say(t, ", up to %llu connections more at once than it holds;",
		      l->ev.burst);
	tcpa_text_say(t, " it drained in between");
}

/* "backlog 511 -> 2048", or that it stays. */
static void say_backlog(struct tcpa_text *t, const struct tcpa_listener_sample *l)
{
	if (l->backlog_recommended)
		tcpa_text_say(t, " backlog %u -> %u:", l->backlog,
			      l->backlog_recommended);
	else
		tcpa_text_say(t, " backlog %u is as large as is advised here:",
			      l->backlog);
}

static void say_ask_again(struct tcpa_text *t, const struct tcpa_sample *s,
			  const struct tcpa_listener_sample *l)
{
	if (!l->backlog_recommended)
		return;
	if (l->backlog_recommended <= s->somaxconn)
		tcpa_text_say(t, "; net.core.somaxconn is %u by now, so",
			      s->somaxconn);
	else
		tcpa_text_say(t, "; after raising net.core.somaxconn");
	tcpa_text_say(t, " the application has to call listen(2) again");
	if (l->requested >= 0 && l->requested < l->backlog_recommended)
		tcpa_text_say(t, ", and for %u", l->backlog_recommended);
}

static void say_capped(struct tcpa_text *t, const struct tcpa_sample *s,
		       const struct tcpa_finding *item)
{
	const struct tcpa_listener_sample *l = item->listener;

	say_backlog(t, l);
	if (l->requested >= 0)
		tcpa_text_say(t, " asked for %lld and was capped by net.core.somaxconn;",
			      l->requested);
	else
		tcpa_text_say(t, " equals net.core.somaxconn, which seems to cap it;");
	say_burst(t, l);
	say_ask_again(t, s, l);
}

/* Whose number the backlog is, as far as that is known. */
static void say_own_limit(struct tcpa_text *t, const struct tcpa_sample *s,
			  const struct tcpa_listener_sample *l)
{
	if (l->requested < 0)
		tcpa_text_say(t, " differs from net.core.somaxconn (%u), so probably the application's own listen(2) argument;",
			      s->somaxconn);
	else if (l->backlog == s->somaxconn)
		tcpa_text_say(t, " the application's own listen(2) argument, which is that of net.core.somaxconn;");
	else
		tcpa_text_say(t, " the application's own listen(2) argument, not net.core.somaxconn (%u);",
			      s->somaxconn);
}

static void say_small(struct tcpa_text *t, const struct tcpa_sample *s,
		      const struct tcpa_finding *item)
{
	const struct tcpa_listener_sample *l = item->listener;

	say_backlog(t, l);
	say_own_limit(t, s, l);
	say_burst(t, l);
}

static void say_slow(struct tcpa_text *t, const struct tcpa_sample *s,
		     const struct tcpa_finding *item)
{
	const struct tcpa_listener_sample *l = item->listener;
	__u64 rate = tcpa_verdict_accept_rate(l);

	tcpa_text_say(t, " accept(2) is slower than arrivals: the queue stayed above half for");
	say_seconds(t, l->ev.episode_ms);
	tcpa_text_say(t, " at %llu accepted/s;", rate);
	say_refusals(t, &l->ev);
	tcpa_text_say(t, "; a backlog twice as large would fill up too and add");
	say_wait(t, (__u64)l->backlog + 1, rate);
	tcpa_text_say(t, " of waiting; make the application accept faster");
}

static void say_stalled(struct tcpa_text *t, const struct tcpa_sample *s,
			const struct tcpa_finding *item)
{
	const struct tcpa_listener_sample *l = item->listener;

	if (l->backlog_recommended)
		say_backlog(t, l);
	tcpa_text_say(t, " the application stopped: connections waited and none was accepted for");
	say_seconds(t, l->ev.stall_ms);
	if (l->ev.stall_now_ms)
		tcpa_text_say(t, ", and still none is");
	tcpa_text_say(t, ";");
	say_refusals(t, &l->ev);
	if (l->backlog_recommended)
		tcpa_text_say(t, "; such a backlog would ride out as long a stall, the cause remains");
	else
		tcpa_text_say(t, "; a bigger backlog is not the cure");
}

static void say_flood(struct tcpa_text *t, const struct tcpa_sample *s,
		      const struct tcpa_finding *item)
{
	const struct tcpa_interval *sum = &item->listener->ev.sum;

	tcpa_text_say(t, " SYN flood: %llu of %llu SYNs were answered, %llu connections came of it;",
		      tcpa_add(sum->queued, sum->cookies_sent), sum->syns,
		      sum->completions);
	if (sum->cookies_sent)
		tcpa_text_say(t, " SYN cookies keep it open: %llu sent, %llu came back;",
			      sum->cookies_sent, sum->cookies_valid);
	if (sum->synq_drops)
		tcpa_text_say(t, " %llu dropped for want of SYN cookies;",
			      sum->synq_drops);
	tcpa_text_say(t, " a bigger backlog would only hold more of them");
}

static void say_rtt(struct tcpa_text *t, const struct tcpa_sample *s,
		    const struct tcpa_finding *item)
{
	const struct tcpa_listener_sample *l = item->listener;
	__u64 reserve = tcpa_verdict_reserve_drops(s, l);

	if (reserve && !l->ev.syn_need) {
		tcpa_text_say(t, " %llu SYNs dropped although handshakes complete: %u under way reach the last quarter of net.ipv4.tcp_max_syn_backlog (%u)",
			      reserve, l->ev.sum.syn_hi, s->max_syn_backlog);
		return;
	}
	say_backlog(t, l);
	tcpa_text_say(t, " the SYN queue was full of handshakes that do complete: %llu SYNs dropped,",
		      l->ev.sum.synq_drops);
	tcpa_text_say(t, " %llu answered by a cookie in its stead, in",
		      l->ev.sum.cookies_sent);
	say_seconds(t, l->ev.syn_busy_ms);
	tcpa_text_say(t, "; arrivals x round-trip time need %llu places",
		      l->ev.syn_need);
	if (l->backlog_recommended && tcpa_verdict_capped(s, l))
		say_ask_again(t, s, l);
}

static void say_skew(struct tcpa_text *t, const struct tcpa_sample *s,
		     const struct tcpa_finding *item)
{
	const struct tcpa_listener_sample *l = item->listener;

	tcpa_text_say(t, " this member of a SO_REUSEPORT group was full (%u) while others had room;",
		      l->backlog);
	say_refusals(t, &l->ev);
	if (l->ev.sum.accepts)
		tcpa_text_say(t, "; it accepts too slowly for its share");
	else
		tcpa_text_say(t, "; it accepts nothing: is its worker stuck?");
	tcpa_text_say(t, " (a bigger backlog would only keep more clients from the others)");
}

static void say_undecided(struct tcpa_text *t, const struct tcpa_sample *s,
			  const struct tcpa_finding *item)
{
	static const char *const missing[] = {
		[TCPA_MISSING_NOTHING] = "more evidence is needed",
		[TCPA_MISSING_REFUSALS] =
			"so few may be chance; more refusals are needed",
		[TCPA_MISSING_DRAIN] =
			"the first burst is still on; to be seen is whether the queue drains",
		[TCPA_MISSING_TIME] =
			"handshakes are still under way; to be seen is whether they complete",
		[TCPA_MISSING_CAUSE] =
			"many handshakes complete and many do not; to be seen is which prevail",
	};
	const struct tcpa_listener_sample *l = item->listener;

	tcpa_text_say(t, " not enough evidence yet: %llu refused;", item->weight);
	tcpa_text_say(t, " %s", missing[(unsigned int)l->missing < ARRAY_SIZE(missing) ?
				      l->missing : TCPA_MISSING_NOTHING]);
}

static const say_fn say_listener[TCPA_RULES] = {
	[TCPA_RULE_SOMAXCONN_CAPS] = say_capped,
	[TCPA_RULE_BACKLOG_SMALL] = say_small,
	[TCPA_RULE_APP_SLOW] = say_slow,
	[TCPA_RULE_APP_STALLED] = say_stalled,
	[TCPA_RULE_SYN_FLOOD] = say_flood,
	[TCPA_RULE_RTT_BOUND] = say_rtt,
	[TCPA_RULE_REUSEPORT_SKEW] = say_skew,
	[TCPA_RULE_UNDECIDED] = say_undecided,
};

void tcpa_reason_listener(struct tcpa_text *t, const struct tcpa_sample *s,
			  const struct tcpa_finding *item)
{
	const struct tcpa_listener_sample *l = item->listener;

	tcpa_text_start(t, "# listener %s (inode %llu):", l->name, l->inode);
	tcpa_text_say(t, " %s:", tcpa_verdict_name(l->verdict));
	if ((unsigned int)item->rule < TCPA_RULES && say_listener[item->rule])
		say_listener[item->rule](t, s, item);
	tcpa_text_end(t);
}

static void say_server_closes(struct tcpa_text *t, const struct tcpa_sample *s,
			      const struct tcpa_finding *item)
{
	tcpa_text_say(t, " %u of %u TIME_WAITs are on the server's side, which closes first: harmless, they hold no port that anybody needs, only %llu KiB;",
		      s->tw_server, s->tw_count,
		      tcpa_size_tw_memory(s->tw_server) / 1024);
	tcpa_text_say(t, " with keepalive, or clients that close first, there are fewer");
}

/*
 * Who binds a source address first, and what would help. Not whoever fails in
 * connect(2): a socket that is bound and has no port can only have the option.
 */
static void say_bound(struct tcpa_text *t, const struct tcpa_sample *s,
		      const struct tcpa_dest_sample *d)
{
	if (!s->ports.pinned)
		return;
	tcpa_text_say(t, "; %u ports are taken by bind(2) before connect(2) and so for all destinations:",
		      s->ports.pinned);
	tcpa_text_say(t, " whoever binds should set IP_BIND_ADDRESS_NO_PORT");
	if (d->bound && d->program[0])
		tcpa_text_say(t, " (%s, has)", d->program);
}

static void say_ports(struct tcpa_text *t, const struct tcpa_sample *s,
		      const struct tcpa_finding *item)
{
	const struct tcpa_dest_sample *d = item->dest;
	__u32 taken = tcpa_ports_taken(&s->ports, d);
	__u64 free = tcpa_sub(s->ports.usable, taken);

	tcpa_text_say(t, " %s -> %s uses %u of %u ports, %u of them in TIME_WAIT;",
		      d->source, d->peer, d->used, s->ports.usable, d->timewait);
	if (s->ports.failures && d->failures)
		tcpa_text_say(t, " %llu connect(2)s found none, the last of %s;",
			      d->failures, d->program);
	if (d->growth)
		tcpa_text_say(t, " %u/s more: none is left in %llu s",
			      d->growth, div64_u64(free, d->growth));
	else
		tcpa_text_say(t, " %llu are left", free);
	say_bound(t, s, d);
}

void tcpa_reason_namespace(struct tcpa_text *t, const struct tcpa_sample *s,
			   const struct tcpa_finding *item)
{
	if (item->rule == TCPA_RULE_PORTS && item->dest) {
		tcpa_text_start(t, "# ports: %s:",
				tcpa_verdict_name(s->ports_verdict));
		say_ports(t, s, item);
	} else {
		tcpa_text_start(t, "# timewait: %s:",
				tcpa_verdict_name(s->tw_verdict));
		say_server_closes(t, s, item);
	}
	tcpa_text_end(t);
}

/* In pieces, because a list may be longer than a call takes. */
static void say_portlist(struct tcpa_text *t, const struct tcpa_sample *s,
			 __u64 range)
{
	char piece[128];
	__u32 at = 0, n;

	do {
		n = tcpa_portlist_text(&s->ports, range, at, piece,
				       sizeof(piece));
		tcpa_text_start(t, "%s", piece);
		at += n;
	} while (n == sizeof(piece) - 1);
}

void tcpa_reason_value(struct tcpa_text *t, const struct tcpa_sample *s,
		       enum tcpa_key key, __u64 value)
{
	if (key == TCPA_KEY_PORT_RANGE)
		tcpa_text_start(t, "%u %u", TCPA_PORT_LOW(value),
				TCPA_PORT_HIGH(value));
	else if (key == TCPA_KEY_RESERVED_PORTS)
		say_portlist(t, s, value);
	else
		tcpa_text_start(t, "%llu", value);
}

static void key_port_range(struct tcpa_text *t, const struct tcpa_sample *s,
			   const struct tcpa_finding *item)
{
	tcpa_text_say(t, " room for as many connections to one address and port as were wanted;");
	tcpa_text_say(t, " a service that starts later inside the range may find its port taken: reserve it");
}

static void key_reserved_ports(struct tcpa_text *t, const struct tcpa_sample *s,
			       const struct tcpa_finding *item)
{
	tcpa_text_say(t, " listeners inside the wider range keep their ports when they restart");
}

static void key_tw_reuse(struct tcpa_text *t, const struct tcpa_sample *s,
			 const struct tcpa_finding *item)
{
	tcpa_text_say(t, " outgoing connections take over the port of a TIME_WAIT after a second; nothing changes for incoming ones");
}

static void key_timestamps(struct tcpa_text *t, const struct tcpa_sample *s,
			   const struct tcpa_finding *item)
{
	tcpa_text_say(t, " net.ipv4.tcp_tw_reuse needs them");
}

static void key_fin_timeout(struct tcpa_text *t, const struct tcpa_sample *s,
			    const struct tcpa_finding *item)
{
	tcpa_text_say(t, " %u of %u minisockets are orphans in FIN_WAIT_2, whose peers do not close;",
		      s->tw_finwait2, s->tw_count);
	tcpa_text_say(t, " this ends them sooner, and a peer that still sends is reset");
}

static void key_syncookies(struct tcpa_text *t, const struct tcpa_sample *s,
			   const struct tcpa_finding *item)
{
	tcpa_text_say(t, " %llu SYNs dropped with SYN cookies off; with 1 the kernel answers by cookie when a SYN queue is full",
		      item->weight);
}

static void key_max_syn_backlog(struct tcpa_text *t, const struct tcpa_sample *s,
				const struct tcpa_finding *item)
{
	tcpa_text_say(t, " %llu SYNs dropped: with SYN cookies off its last quarter is kept for known peers",
		      item->weight);
}

static void key_synack_retries(struct tcpa_text *t, const struct tcpa_sample *s,
			       const struct tcpa_finding *item)
{
	tcpa_text_say(t, " %llu handshakes never completed and each filled the SYN queue until its last SYN-ACK;",
		      item->weight);
	tcpa_text_say(t, " sooner given up, they fit; a slow or lossy client has less time");
}

static void key_abort(struct tcpa_text *t, const struct tcpa_sample *s,
		      const struct tcpa_finding *item)
{
	tcpa_text_say(t, " %llu final ACKs were answered by a reset in bursts that the queue survives; with 0 clients retry and get in",
		      item->weight);
}

static void key_tw_buckets(struct tcpa_text *t, const struct tcpa_sample *s,
			   const struct tcpa_finding *item)
{
	tcpa_text_say(t, " %llu TIME_WAITs cut short at the limit, %u alive, up to %llu/s asked for;",
		      item->weight, s->tw_count, s->tw_peak_rate);
	tcpa_text_say(t, " about 280 bytes each, at most a sixteenth of memory");
}

static const say_fn say_key[TCPA_KEYS] = {
	[TCPA_KEY_SYNCOOKIES] = key_syncookies,
	[TCPA_KEY_MAX_SYN_BACKLOG] = key_max_syn_backlog,
	[TCPA_KEY_SYNACK_RETRIES] = key_synack_retries,
	[TCPA_KEY_ABORT_ON_OVERFLOW] = key_abort,
	[TCPA_KEY_MAX_TW_BUCKETS] = key_tw_buckets,
	[TCPA_KEY_TW_REUSE] = key_tw_reuse,
	[TCPA_KEY_FIN_TIMEOUT] = key_fin_timeout,
	[TCPA_KEY_TIMESTAMPS] = key_timestamps,
	[TCPA_KEY_PORT_RANGE] = key_port_range,
	[TCPA_KEY_RESERVED_PORTS] = key_reserved_ports,
};

/* The listeners that want it, which follow each with its own comment. */
static void say_wanted_by(struct tcpa_text *t, const struct tcpa_findings *f,
			  enum tcpa_key key)
{
	__u64 weight = 0;
	__u32 i, n = 0;

	for (i = 0; i < f->nr; i++) {
		if (f->item[i].key != key || !f->item[i].listener)
			continue;
		n++;
		weight = tcpa_add(weight, f->item[i].weight);
	}
	if (n)
		tcpa_text_say(t, " %u listener%s that refused %llu need%s it",
			      n, n == 1 ? "" : "s", weight, n == 1 ? "s" : "");
}

void tcpa_reason_key(struct tcpa_text *t, const struct tcpa_sample *s,
		     const struct tcpa_findings *f,
		     const struct tcpa_finding *item)
{
	tcpa_text_start(t, "# %s ", tcpa_key_name(item->key));
	tcpa_reason_value(t, s, item->key, item->value);
	tcpa_text_start(t, " -> ");
	tcpa_reason_value(t, s, item->key, item->proposed);
	tcpa_text_start(t, ":");
	if (item->listener)
		say_wanted_by(t, f, item->key);
	else if ((unsigned int)item->key < TCPA_KEYS && say_key[item->key])
		say_key[item->key](t, s, item);
	tcpa_text_end(t);
}

static void not_max_syn_backlog(struct tcpa_text *t, const struct tcpa_sample *s,
				const struct tcpa_finding *item)
{
	if (s->syncookies)
		tcpa_text_say(t, " (syncookies=%u: it sizes nothing; the listen backlog bounds the SYN queue)",
			      s->syncookies);
	else
		tcpa_text_say(t, " (the listen backlog bounds the SYN queue; nothing was lost to its last quarter)");
}

static void not_somaxconn(struct tcpa_text *t, const struct tcpa_sample *s,
			  const struct tcpa_finding *item)
{
	tcpa_text_say(t, " (does not need to change: %u allows whatever is advised above)",
		      s->somaxconn);
}

static void not_tw_recycle(struct tcpa_text *t, const struct tcpa_sample *s,
			   const struct tcpa_finding *item)
{
	tcpa_text_say(t, " (broke clients behind NAT; removed from Linux in 4.12)");
}

static void not_syncookies_0(struct tcpa_text *t, const struct tcpa_sample *s,
			     const struct tcpa_finding *item)
{
	tcpa_text_say(t, " (0 would drop the SYNs that got a cookie)");
}

static void not_tw_buckets(struct tcpa_text *t, const struct tcpa_sample *s,
			   const struct tcpa_finding *item)
{
	tcpa_text_say(t, " (%llu TIME_WAITs cut short at %llu, but more would exceed a sixteenth of memory; never lower it)",
		      item->weight, item->value);
}

static void not_tw_reuse(struct tcpa_text *t, const struct tcpa_sample *s,
			 const struct tcpa_finding *item)
{
	tcpa_text_say(t, " (for outgoing connections only; these TIME_WAITs are on the server's side)");
}

static void not_fin_timeout(struct tcpa_text *t, const struct tcpa_sample *s,
			    const struct tcpa_finding *item)
{
	tcpa_text_say(t, " (ends orphans in FIN_WAIT_2, of which there are few; TIME_WAIT always takes 60 s)");
}

static void not_less_tw_buckets(struct tcpa_text *t, const struct tcpa_sample *s,
				const struct tcpa_finding *item)
{
	tcpa_text_say(t, " (lower, it would cut TIME_WAITs short, which lets old segments into new connections)");
}

static const say_fn say_not[TCPA_RULES] = {
	[TCPA_RULE_NOT_SOMAXCONN] = not_somaxconn,
	[TCPA_RULE_NOT_MAX_SYN_BACKLOG] = not_max_syn_backlog,
	[TCPA_RULE_NOT_TW_RECYCLE] = not_tw_recycle,
	[TCPA_RULE_NOT_SYNCOOKIES_0] = not_syncookies_0,
	[TCPA_RULE_NOT_TW_BUCKETS] = not_tw_buckets,
	[TCPA_RULE_NOT_TW_REUSE] = not_tw_reuse,
	[TCPA_RULE_NOT_FIN_TIMEOUT] = not_fin_timeout,
	[TCPA_RULE_NOT_LESS_TW_BUCKETS] = not_less_tw_buckets,
};

void tcpa_reason_negative(struct tcpa_text *t, const struct tcpa_sample *s,
			  const struct tcpa_finding *item)
{
	tcpa_text_start(t, "# not advised: %s", tcpa_key_name(item->key));
	if ((unsigned int)item->rule < TCPA_RULES && say_not[item->rule])
		say_not[item->rule](t, s, item);
	tcpa_text_end(t);
}
