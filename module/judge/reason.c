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

/* listen(2) takes an int; what is negative asks for as much as there is. */
#define LISTEN_MAX	0x7fffffffLL

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

/* What was refused in the worst window, and when, if it is not of late. */
static void say_refusals(struct tcpa_text *t, const struct tcpa_sample *s,
			 const struct tcpa_evidence *ev)
{
	if (!ev->sum.overflows_syn && !ev->sum.overflows_ack) {
		tcpa_text_say(t, " nobody was refused");
		return;
	}
	tcpa_text_say(t, " %llu SYNs and %llu final ACKs refused in",
		      ev->sum.overflows_syn, ev->sum.overflows_ack);
	say_seconds(t, ev->busy_ms);
	if (ev->age > 1)
		tcpa_text_say(t, " (%llu min ago)",
			      div64_u64(tcpa_mul(ev->age, s->window_s), 60));
}

static void say_burst(struct tcpa_text *t, const struct tcpa_sample *s,
		      const struct tcpa_listener_sample *l)
{
	say_refusals(t, s, &l->ev);
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
	if (l->requested == l->backlog) {
		tcpa_text_say(t, " restart the application; if it asks for %lld again, that is its own number: set it to %u",
			      l->requested, l->backlog_recommended);
		return;
	}
	tcpa_text_say(t, " the application has to call listen(2) again");
	if (l->requested >= 0 && l->requested < l->backlog_recommended)
		tcpa_text_say(t, ", and for %u", l->backlog_recommended);
}

static void say_capped(struct tcpa_text *t, const struct tcpa_sample *s,
		       const struct tcpa_finding *item)
{
	const struct tcpa_listener_sample *l = item->listener;

	say_backlog(t, l);
	if (l->requested > LISTEN_MAX)
		tcpa_text_say(t, " asked for as much as there is (%d) and was capped by net.core.somaxconn;",
			      (int)(__u32)l->requested);
	else if (l->requested == l->backlog)
		tcpa_text_say(t, " asked for %lld, as much as net.core.somaxconn allowed, as programs do that read it (Go);",
			      l->requested);
	else if (l->requested >= 0)
		tcpa_text_say(t, " asked for %lld and was capped by net.core.somaxconn;",
			      l->requested);
	else
		tcpa_text_say(t, " equals net.core.somaxconn, which seems to cap it;");
	say_burst(t, s, l);
	say_ask_again(t, s, l);
}

/* Whose number the backlog is, as far as that is known. */
static void say_own_limit(struct tcpa_text *t, const struct tcpa_sample *s,
			  const struct tcpa_listener_sample *l)
{
	if (l->requested < 0)
		tcpa_text_say(t, " differs from net.core.somaxconn (%u), so probably the application's own listen(2) argument;",
			      s->somaxconn);
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
	say_burst(t, s, l);
}

/* The kernel does not know whose listener it is; the tool does. */
static void say_look(struct tcpa_text *t)
{
	tcpa_text_say(t, " (\"tcpadvisor explain\" says if it is short of CPU, by a limit or not, or of descriptors)");
}

/* A queue may serve the dead, and refuse nobody. */
static void say_late(struct tcpa_text *t, const struct tcpa_sample *s,
		     const struct tcpa_listener_sample *l)
{
	tcpa_text_say(t, " accept(2) is slower than arrivals: connections waited for it for up to");
	say_seconds(t, l->ev.wait_ms);
	tcpa_text_say(t, ", behind %u others or more;", l->ev.wait_depth);
	say_refusals(t, s, &l->ev);
	if (l->ev.gone)
		tcpa_text_say(t, "; of %u that were next to be accepted %u had been closed by their clients, who are served for nothing",
			      l->ev.gone_of, l->ev.gone);
	else
		tcpa_text_say(t, "; a client that gives up keeps its place, and is accepted for nothing");
	tcpa_text_say(t, "; a shorter backlog has clients wait less, and refuses more: make the application accept faster");
	say_look(t);
}

static void say_slow(struct tcpa_text *t, const struct tcpa_sample *s,
		     const struct tcpa_finding *item)
{
	const struct tcpa_listener_sample *l = item->listener;
	__u64 rate = tcpa_verdict_accept_rate(l);

	if (tcpa_verdict_late(l)) {
		say_late(t, s, l);
		return;
	}
	tcpa_text_say(t, " accept(2) is slower than arrivals:");
	if (tcpa_verdict_starved(l)) {
		tcpa_text_say(t, " somebody was refused in");
		say_seconds(t, l->ev.spell_refusing_ms);
		tcpa_text_say(t, " of");
		say_seconds(t, l->ev.spell_ms);
		tcpa_text_say(t, " at %llu accepted/s, although the queue was low now and then, as where the application gets too little CPU (cpu.max, what else runs there);",
			      rate);
	} else {
		tcpa_text_say(t, " the queue stayed above half for");
		say_seconds(t, l->ev.episode_ms);
		tcpa_text_say(t, " at %llu accepted/s;", rate);
	}
	say_refusals(t, s, &l->ev);
	tcpa_text_say(t, "; if new clients keep coming, a backlog twice as large would fill up too and add");
	say_wait(t, (__u64)l->backlog + 1, rate);
	tcpa_text_say(t, " of waiting; if the same clients come again when they were served (a pool), a backlog of as many would end the refusals;");
	tcpa_text_say(t, " either way make the application accept faster");
	say_look(t);
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
	say_refusals(t, s, &l->ev);
	if (l->backlog_recommended)
		tcpa_text_say(t, "; such a backlog would ride out as long a stall, the cause remains");
	else
		tcpa_text_say(t, "; a bigger backlog is not the cure");
	say_look(t);
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

static void say_deferred(struct tcpa_text *t, const struct tcpa_sample *s,
			 const struct tcpa_finding *item)
{
	const struct tcpa_interval *sum = &item->listener->ev.sum;

	tcpa_text_say(t, " the SYN queue (%u) was full of clients that have connected and say nothing: TCP_DEFER_ACCEPT keeps them there until they do, or its seconds are over;",
		      item->listener->backlog);
	tcpa_text_say(t, " %llu SYNs dropped, %llu answered by a cookie in its stead;",
		      sum->synq_drops, sum->cookies_sent);
	tcpa_text_say(t, " that is no round trip, so a bigger backlog would hold more of them; turn the option off (nginx \"deferred\", Apache \"AcceptFilter\"), or set it to fewer seconds");
}

static void say_skew(struct tcpa_text *t, const struct tcpa_sample *s,
		     const struct tcpa_finding *item)
{
	const struct tcpa_listener_sample *l = item->listener;

	tcpa_text_say(t, " this member of a SO_REUSEPORT group was full (%u) while others had room;",
		      l->backlog);
	say_refusals(t, s, &l->ev);
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

	tcpa_text_say(t, " not enough evidence yet: %llu refused",
		      tcpa_interval_refusals(&l->ev.sum));
	if (s->syncookies != 2 && l->ev.sum.cookies_sent)
		tcpa_text_say(t, ", %llu answered by a SYN cookie",
			      l->ev.sum.cookies_sent);
	if (tcpa_verdict_reserve_drops(s, l))
		tcpa_text_say(t, ", %llu dropped for the last quarter of net.ipv4.tcp_max_syn_backlog",
			      tcpa_verdict_reserve_drops(s, l));
	tcpa_text_say(t, ";");
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
	[TCPA_RULE_DEFER_ACCEPT] = say_deferred,
	[TCPA_RULE_REUSEPORT_SKEW] = say_skew,
	[TCPA_RULE_UNDECIDED] = say_undecided,
};

/* What a longer queue may cost, where that is known. */
static void say_memory(struct tcpa_text *t, const struct tcpa_sample *s,
		       const struct tcpa_listener_sample *l)
{
	__u64 bytes = tcpa_size_waiting(s, l->backlog_recommended);

	if (l->backlog_recommended && s->rmem_default)
		tcpa_text_say(t, "; a full queue whose clients have all sent takes up to %llu MiB, which no cgroup is charged before accept(2)",
			      div64_u64(bytes, 1 << 20));
}

void tcpa_reason_listener(struct tcpa_text *t, const struct tcpa_sample *s,
			  const struct tcpa_finding *item)
{
	const struct tcpa_listener_sample *l = item->listener;

	tcpa_text_start(t, "# listener %s (inode %llu):", l->name, l->inode);
	tcpa_text_say(t, " %s:", tcpa_verdict_name(l->verdict));
	if ((unsigned int)item->rule < TCPA_RULES && say_listener[item->rule])
		say_listener[item->rule](t, s, item);
	say_memory(t, s, l);
	tcpa_text_end(t);
}

/* A number that a sentence of the catalogue may name, in braces. */
static bool number(const char *name, size_t len, const struct tcpa_sample *s,
		   const struct tcpa_finding *item, __u64 *n)
{
	const struct {
		const char *name;
		__u64 n;
	} numbers[] = {
		{ "n", item->weight },		/* how often it happened */
		{ "pinned", s->ports.pinned },
		{ "own_port", s->ports.own_port },
		{ "usable", s->ports.usable },
		{ "gone", item->key == TCPA_KEY_RESERVED_PORTS ?
			  tcpa_portlist_gone(&s->ports, item->proposed) : 0 },
		{ "value", item->value },	/* of the key, now */
		{ "syncookies", s->syncookies },
		{ "timewaits", s->tw_count },
		{ "timewait_rate", s->tw_peak_rate },
		{ "finwait2", s->tw_finwait2 },
		{ "old", s->tw_old },
		{ "server_side", s->tw_server },
		{ "server_kib", tcpa_size_tw_memory(s->tw_server) / 1024 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (strlen(numbers[i].name) != len ||
		    strncmp(numbers[i].name, name, len))
			continue;
		*n = numbers[i].n;
		return true;
	}
	return false;
}

/* Say a word of @len characters that may have one number in braces. */
static void say_word(struct tcpa_text *t, const struct tcpa_sample *s,
		     const struct tcpa_finding *item, const char *word,
		     size_t len)
{
	const char *open = memchr(word, '{', len);
	const char *close = open ? memchr(open, '}', word + len - open) : NULL;
	__u64 n;

	if (close && number(open + 1, close - open - 1, s, item, &n))
		tcpa_text_say(t, " %.*s%llu%.*s", (int)(open - word), word, n,
			      (int)(word + len - close - 1), close + 1);
	else
		tcpa_text_say(t, " %.*s", (int)len, word);
}

/* The sentence of @item's rule in the catalogue, with its numbers. */
static void say_sentence(struct tcpa_text *t, const struct tcpa_sample *s,
			 const struct tcpa_finding *item)
{
	const char *word = tcpa_rule_says(item->rule);
	size_t len;

	for (; word && *word; word += len + !!word[len]) {
		len = strcspn(word, " ");
		say_word(t, s, item, word, len);
	}
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
	if (d->bound)
		tcpa_text_say(t, " (the last to fail has)");
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
		tcpa_text_say(t, " %llu connect(2)s found none (ports/destinations tells root whose was the last);",
			      d->failures);
	if (d->growth)
		tcpa_text_say(t, " %u/s more: none is left in %llu s",
			      d->growth, div64_u64(free, d->growth));
	else
		tcpa_text_say(t, " %llu are left", free);
	if (2 * (__u64)taken >= s->ports.usable)
		tcpa_text_say(t, "; from half of them on connect(2) is slow: it first tries every second port, all of which are taken");
	say_bound(t, s, d);
}

static void say_fastopen(struct tcpa_text *t, const struct tcpa_sample *s,
			 const struct tcpa_finding *item)
{
	const struct tcpa_fastopen_sample *q = &s->fastopen;

	tcpa_text_say(t, " the queue of TCP Fast Open of %s", q->name);
	if (q->listeners > 1)
		tcpa_text_say(t, " (the shortest of %u)", q->listeners);
	if (item->proposed)
		tcpa_text_say(t, ", %u -> %llu:", q->length, item->proposed);
	else
		tcpa_text_say(t, " is as long as is advised here (%u):", q->length);
	tcpa_text_say(t, " %llu requests that came with a SYN found it full, and had to wait for a handshake;",
		      q->overflows);
	tcpa_text_say(t, " it is the value of the option TCP_FASTOPEN (nginx \"fastopen=\")");
	if (item->proposed > s->somaxconn)
		tcpa_text_say(t, ", and net.core.somaxconn (%u) caps it: raise that first",
			      s->somaxconn);
}

void tcpa_reason_namespace(struct tcpa_text *t, const struct tcpa_sample *s,
			   const struct tcpa_finding *item)
{
	if (item->rule == TCPA_RULE_PORTS && item->dest) {
		tcpa_text_start(t, "# ports: %s:",
				tcpa_verdict_name(s->ports_verdict));
		say_ports(t, s, item);
	} else if (item->rule == TCPA_RULE_PINNED_PORTS) {
		tcpa_text_start(t, "# ports: %s:",
				tcpa_verdict_name(s->ports_verdict));
		say_sentence(t, s, item);
	} else if (item->rule == TCPA_RULE_FASTOPEN_QUEUE) {
		tcpa_text_start(t, "# fastopen:");
		say_fastopen(t, s, item);
	} else {
		tcpa_text_start(t, "# timewait: %s:",
				tcpa_verdict_name(s->tw_verdict));
		say_sentence(t, s, item);
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

/* The listeners that want it, which follow each with its own comment. */
static void say_wanted_by(struct tcpa_text *t, const struct tcpa_sample *s,
			  const struct tcpa_findings *f, enum tcpa_key key)
{
	__u64 refused = 0, cookies = 0;
	__u32 i, n = 0;

	for (i = 0; i < f->nr; i++) {
		if (f->item[i].key != key || !f->item[i].listener)
			continue;
		n++;
		refused = tcpa_add(refused,
				   tcpa_interval_refusals(&f->item[i].listener->ev.sum));
		cookies = tcpa_add(cookies,
				   f->item[i].listener->ev.sum.cookies_sent);
	}
	if (!n)
		return;
	tcpa_text_say(t, " %u listener%s that refused %llu", n, n == 1 ? "" : "s",
		      refused);
	if (s->syncookies != 2 && cookies)
		tcpa_text_say(t, " and answered %llu by a SYN cookie", cookies);
	tcpa_text_say(t, " need%s it", n == 1 ? "s" : "");
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
		say_wanted_by(t, s, f, item->key);
	else
		say_sentence(t, s, item);
	tcpa_text_end(t);
}

void tcpa_reason_negative(struct tcpa_text *t, const struct tcpa_sample *s,
			  const struct tcpa_finding *item)
{
	tcpa_text_start(t, "# not advised: %s", tcpa_key_name(item->key));
	say_sentence(t, s, item);
	tcpa_text_end(t);
}
