// SPDX-License-Identifier: GPL-2.0
/*
 * advice_fuzz.c - libFuzzer's way into the pure part.
 *
 * The input is a host, then listeners; of each, intervals that are added up as
 * the sampler does, or evidence as raw bytes. Whatever it is: no crash, no
 * overflow, a text that keeps to the grammar, and no advice that must never be.
 */
#include <stdlib.h>
#include <string.h>

#include "../../module/judge/advice.h"
#include "../../module/judge/recommend.h"
#include "grammar.h"

#define LISTENERS_MAX	40

struct input {
	const __u8 *data;
	size_t size;
};

static bool take(struct input *in, void *to, size_t n)
{
	if (in->size < n)
		return false;
	memcpy(to, in->data, n);
	in->data += n;
	in->size -= n;
	return true;
}

static void take_intervals(struct input *in, struct tcpa_listener_sample *l,
			   __u8 n)
{
	struct tcpa_evidence cur;
	struct tcpa_interval iv;

	tcpa_evidence_reset(&cur);
	tcpa_evidence_reset(&l->ev);
	for (; n && take(in, &iv, sizeof(iv)); n--) {
		tcpa_interval_active(&iv);
		tcpa_evidence_add(&cur, &iv);
		tcpa_evidence_keep(&l->ev, &cur);
		if (n % 7 == 0)
			tcpa_evidence_roll(&cur);
	}
}

#define DESTS_MAX	8

struct ports_input {
	unsigned long listening[65536 / 8 / sizeof(long)];
	unsigned long listened[65536 / 8 / sizeof(long)];
	struct tcpa_dest_sample dests[DESTS_MAX];
};

/* A text of any length that fits, of any printable characters. */
static void make_text(char *text, size_t size)
{
	size_t i;

	text[size - 1] = '\0';
	for (i = 0; text[i]; i++)
		if (text[i] < '!' || text[i] > '~')
			text[i] = '?';
}

/* What pointers point to comes from the input, too. */
static void take_ports(struct input *in, struct tcpa_ports_sample *p,
		       struct ports_input *to)
{
	__u16 port;
	__u8 n;

	p->nr_dests = 0;
	p->reserved = NULL;
	p->listening = to->listening;
	p->listened = to->listened;
	p->dests = to->dests;
	for (take(in, &n, sizeof(n)); n && take(in, &port, sizeof(port)); n--)
		(n % 2 ? to->listening : to->listened)[port / (8 * sizeof(long))] |=
			1UL << port % (8 * sizeof(long));
	for (; p->nr_dests < DESTS_MAX; p->nr_dests++) {
		struct tcpa_dest_sample *d = &to->dests[p->nr_dests];
		__u8 flags;

		if (!take(in, d, offsetof(struct tcpa_dest_sample, bound)) ||
		    !take(in, &flags, sizeof(flags)))
			break;
		d->bound = flags & 1;
		d->loopback = flags & 2;
		make_text(d->source, sizeof(d->source));
		make_text(d->peer, sizeof(d->peer));
		if (flags & 4)
			return;
	}
}

static bool take_listener(struct input *in, struct tcpa_listener_sample *l,
			  unsigned int i)
{
	__u8 how[2];

	if (!take(in, how, sizeof(how)) ||
	    !take(in, &l->backlog, sizeof(l->backlog)) ||
	    !take(in, &l->requested, sizeof(l->requested)))
		return false;
	snprintf(l->name, sizeof(l->name), "0.0.0.0:%u@%x", i, i);
	l->inode = i;
	l->group = how[0] & 3;
	l->defers = how[0] & 8;
	l->previous = (how[0] >> 4) % TCPA_VERDICTS;
	l->previous_recommended = l->requested;
	if (how[0] & 4)
		return take(in, &l->ev, sizeof(l->ev));
	take_intervals(in, l, how[1]);
	return true;
}

static void require_true(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "not so: %s\n", what);
	abort();
}

#define require(ok)	require_true(ok, #ok)

static void check_finding(const struct tcpa_finding *item)
{
	if (tcpa_rule_negative(item->rule) || item->key == TCPA_KEY_NONE)
		return;
	require(item->proposed >= tcpa_key_min(item->key));
	require(item->proposed <= tcpa_key_max(item->key));
	require(item->key != TCPA_KEY_SYNCOOKIES || item->proposed == 1);
	require(item->key != TCPA_KEY_TW_RECYCLE);
}

static void check_listener(const struct tcpa_listener_sample *l)
{
	require(l->verdict < TCPA_VERDICTS);
	require(!l->backlog_recommended ||
		(l->backlog_recommended > l->backlog &&
		 l->backlog_recommended <= 65535));
	require(!l->backlog_recommended || (l->verdict != TCPA_SYN_FLOOD &&
					    l->verdict != TCPA_DEFER_ACCEPT));
}

static void check(struct tcpa_sample *s, size_t size)
{
	struct tcpa_findings f;
	char *text = malloc(size);
	const char *err;
	unsigned int i;
	int len;

	tcpa_advise(s, &f);
	tcpa_findings_digest(&f);
	for (i = 0; i < s->nr_listeners; i++)
		check_listener(&s->listeners[i]);
	for (i = 0; i < f.nr; i++)
		check_finding(&f.item[i]);
	len = tcpa_recommend_text(text, size, 1, 2, s, &f);
	require(len < (int)size);
	err = grammar_error(text, len);
	if (err) {
		fprintf(stderr, "%s\n%s", err, text);
		abort();
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	struct input in = { data, size };
	struct ports_input *ports;
	struct tcpa_sample s = {};
	__u16 room;

	if (!take(&in, &room, sizeof(room)) ||
	    !take(&in, &s, offsetof(struct tcpa_sample, nr_listeners)))
		return 0;
	make_text(s.fastopen.name, sizeof(s.fastopen.name));
	s.syncookies %= 3;
	s.tw_verdict = s.tw_count % TCPA_VERDICTS;
	s.ports_verdict = s.tw_count / 16 % TCPA_VERDICTS;
	ports = calloc(1, sizeof(*ports));
	take_ports(&in, &s.ports, ports);
	s.listeners = calloc(LISTENERS_MAX, sizeof(*s.listeners));
	while (s.nr_listeners < LISTENERS_MAX &&
	       take_listener(&in, &s.listeners[s.nr_listeners], s.nr_listeners))
		s.nr_listeners++;
	check(&s, 512 + room % 3585);
	free(s.listeners);
	free(ports);
	return 0;
}
