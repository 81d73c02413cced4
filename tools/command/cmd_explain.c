// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_explain.c - the command `explain`: one sysctl or other knob, one
 * listener, or all listeners of a process; the evidence, the arithmetic, and
 * what would not help.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "words/complain.h"
#include "words/guess.h"
#include "words/knob.h"
#include "words/number.h"
#include "words/output.h"
#include "words/symptom.h"
#include "change/persist.h"
#include "host/published_recorded.h"
#include "next.h"
#include "show.h"
#include "host/process.h"
#include "host/select.h"
#include "host/shortage.h"
#include "host/snapshot.h"
#include "host/sysctl.h"
#include "util.h"

static const char usage[] =
	"Usage: tcpadvisor explain [OPTION]... [WHAT]\n"
	"Explain one thing: what was seen, what follows, what would not help.\n"
	"\n"
	"  KEY          a sysctl (net.core.somaxconn, or just somaxconn), or another\n"
	"               knob\n"
	"  VERDICT      what it means, and what helps; without WHAT both are listed\n"
	"  ADDR:PORT    a listener, as \"tcpadvisor listeners\" shows it; :PORT for any\n"
	"  PID          all listeners that this process has open\n"
	"  PROGRAM      its listeners; those of a systemd unit, container or pod too\n"
	"  SYMPTOM      what logs say, such as \"possible SYN flooding\"\n";

static int take_none(int c, const char *arg)
{
	(void)c;
	(void)arg;
	return -EINVAL;
}

static void paragraph(const char *key, const char *label, const char *text)
{
	out_text("  %s:\n", label);
	out_paragraph(key, 6, text);
}

/* Listing them needs neither the module nor a namespace. */
static int list_names(void)
{
	const struct tcpa_verdict_prose *v;
	const struct tcpa_knob_prose *k;
	unsigned int i;

	out_begin("explain");
	out_array("knobs");
	for (i = 0; (k = tcpa_knob_prose(i)); i++) {
		out_object(NULL);
		out_str("name", "", k->name, "\n");
		out_object_end();
	}
	out_array_end();
	out_array("verdicts");
	for (i = 0; (v = tcpa_verdict_prose(i)); i++) {
		out_object(NULL);
		out_str("name", "", v->name, "\n");
		out_object_end();
	}
	out_array_end();
	return out_end() ? EXIT_FAILED : EXIT_DONE;
}

static void show_meaning(const struct tcpa_verdict_prose *v)
{
	paragraph("meaning", "this means", v->meaning);
	paragraph("cure", "what helps", v->cure);
	paragraph("not_cures", "what does not", v->no_cure);
}

/* What it says of any host: no need of the module either. */
static int explain_verdict(const struct tcpa_verdict_prose *v)
{
	out_begin("explain");
	out_object("verdict");
	out_color(COLOR_BOLD);
	out_str("name", "", v->name, "\n");
	out_color(COLOR_NONE);
	show_meaning(v);
	out_object_end();
	return out_end() ? EXIT_FAILED : EXIT_DONE;
}

/* All verdicts that what a log says may be of. */
static int explain_symptom(const char *words)
{
	const char *verdict;
	unsigned int i;

	out_begin("explain");
	out_array("verdicts");
	for (i = 0; (verdict = symptom_verdict(words, i)); i++) {
		out_object(NULL);
		out_color(COLOR_BOLD);
		out_str("name", "", verdict, "\n");
		out_color(COLOR_NONE);
		show_meaning(verdict_find(verdict));
		out_object_end();
	}
	out_array_end();
	return out_end() ? EXIT_FAILED : EXIT_DONE;
}

/* What the advice says of this knob, whose negative answers drop the prefix. */
static void show_knob_advice(const struct recommend *r, const struct tcpa_knob_prose *k)
{
	const char *last = strrchr(k->name, '.');
	const struct remark *m = recommend_remark(r, REMARK_KEY, k->name);

	out_object("advice");
	if (m) {
		field_bool("advised", true);
		out_value("current", "  advised now: ", &m->current, "");
		out_value("proposed", " -> ", &m->proposed, "\n");
		out_paragraph("why", 6, m->text);
	} else {
		field_bool("advised", false);
		out_text("  not advised now\n");
		m = recommend_remark(r, REMARK_NOT, k->name);
		if (!m && last)
			m = recommend_remark(r, REMARK_NOT, last + 1);
		if (m)
			out_paragraph("why", 6, m->text);
	}
	out_object_end();
}

/* Some sysctls are the host's, and are not shown in other namespaces. */
static const char *not_here(void)
{
	return netns_is_initial() > 0 ? "not on this kernel" :
	       "not in this network namespace: set on the host, if its kernel has it";
}

static void show_current(const struct tcpa_knob_prose *k)
{
	struct setter setter;
	struct value v;
	int err;

	if (strncmp(k->name, "net.", 4) && strncmp(k->name, "fs.", 3))
		return;
	err = sysctl_read(k->name, &v);
	if (err) {
		field_null("current");
		out_text("  %s\n", err == -ENOENT ? not_here() :
			 err == -EFBIG || err == -ERANGE ? "in force now: more than can be shown" :
			 "cannot be read");
		return;
	}
	out_value("current", "  in force now: ", &v, "\n");
	if (!persist_read(k->name, &v) && v.nr)
		out_value("persisted", "  in " PERSIST_FILE ": ", &v, "\n");
	if (persist_setter(k->name, false, &setter)) {
		out_object("set_by");
		out_str("file", "  set at boot by ", setter.path.s, "");
		out_value("value", " to ", &setter.value, "\n");
		out_object_end();
	}
}

static int explain_knob(const struct netns *ns, const struct tcpa_knob_prose *k)
{
	struct snapshot snap;

	out_object("knob");
	out_color(COLOR_BOLD);
	out_str("name", "", k->name, "\n");
	out_color(COLOR_NONE);
	show_current(k);
	if (!sysfs_check() && !snapshot_read(&snap, ns)) {
		show_knob_advice(&snap.recommend, k);
		snapshot_free(&snap);
	}
	paragraph("guides", "guides say", k->guides);
	paragraph("truth", "the kernel", k->truth);
	paragraph("signal", "it matters here if", k->matters);
	paragraph("answer", "tcpadvisor", k->answer);
	out_object_end();
	return EXIT_DONE;
}

/*
 * Which of the three numbers binds, as far as it can be told. Two that are equal
 * may be so because the program reads net.core.somaxconn, or by chance.
 */
static const char *cap_words(const struct listener *l, const struct value *cap)
{
	__u64 now = cap->v[0];

	if (!cap->nr)
		return "";
	if (!l->requested_known)
		return l->backlog < now ? ": probably the application's own number binds" :
		       l->backlog == now ? ", which may cap it" : "";
	if (l->requested < 0 || (__u64)l->requested > l->backlog)
		return l->backlog < now ? " by now, but capped it when it called listen(2)" :
					  ", which caps it";
	if (l->backlog < now)
		return ": the application's own number binds";
	return l->backlog == now ? ": it asked for exactly that, as programs do that read it (Go)" :
				   "";
}

static void show_cap(const struct listener *l)
{
	struct value cap = { 0 };

	out_uint("backlog", "  limit        ", l->backlog, "");
	out_text(" (and one more may wait): ");
	if (l->requested_known)
		field_int("backlog_requested", l->requested);
	if (!l->requested_known)
		out_text("what was asked for is not known");
	else if (l->requested < 0)
		out_text("as much as there is (%lld) asked for", l->requested);
	else
		out_text("%lld asked for", l->requested);
	if (!sysctl_read("net.core.somaxconn", &cap))
		out_value("somaxconn", ", somaxconn is ", &cap, "");
	out_text("%s\n", cap_words(l, &cap));
}

static void show_sums(const struct listener *l)
{
	const __u64 *v = l->counters.v;
	__u64 refused = counters_refused(&l->counters);

	out_text("  refused      %llu = %llu at the SYN + %llu at the final ACK (accept queue full) + %llu (SYN queue full)\n"
		 "  dropped      %llu for other causes",
		 refused, v[COUNT_OVERFLOWS_SYN], v[COUNT_OVERFLOWS_ACK], v[COUNT_SYNQ_DROPS],
		 v[COUNT_OTHER_DROPS]);
	if (l->causes_known && v[COUNT_OTHER_DROPS])
		out_text(" = %llu SYNs + %llu without a socket for the connection + %llu by an ICMP error",
			 v[COUNT_OTHER_DROPS] - l->other_child - l->other_icmp, l->other_child,
			 l->other_icmp);
	out_text("\n");
	field_uint("refused", refused);
	out_text("  handshakes   %llu SYNs, %llu completed", v[COUNT_SYNS], v[COUNT_COMPLETIONS]);
	if (v[COUNT_SYNS])
		out_text(" (%llu%%)", v[COUNT_COMPLETIONS] * 100 / v[COUNT_SYNS]);
	out_text("\n  SYN cookies  %llu wanted, %llu sent, %llu came back valid\n",
		 v[COUNT_COOKIES_WANTED], v[COUNT_COOKIES_SENT], v[COUNT_COOKIES_VALID]);
	show_counters(&l->counters);
	show_causes(l);
}

static void show_wait(const struct listener *l)
{
	if (!l->wait_known) {
		field_null("accept_wait_ms");
		field_null("accept_wait_peak_ms");
		return;
	}
	out_uint("accept_wait_ms", "  accept wait  ", l->accept_wait_ms, " ms now, ");
	out_uint("accept_wait_peak_ms", "", l->accept_wait_peak_ms, " ms at most\n");
}

static void show_queues(const struct listener *l)
{
	out_uint("accept_queue", "  accept queue ", l->accept_queue, " waiting now, ");
	out_uint("accept_queue_peak", "", l->accept_queue_peak, " at most\n");
	show_wait(l);
	out_uint("syn_queue", "  SYN queue    ", l->syn_queue, " under way now, ");
	out_uint("syn_queue_peak", "", l->syn_queue_peak, " at most\n");
}

static void add_shortage(pid_t pid, void *arg)
{
	shortage_add(arg, pid);
}

/* What its processes are short of, where a queue is said to be. */
static void show_shortage(const struct listener *l)
{
	struct shortage s = { 0 };
	char text[SHORTAGE_TEXT];
	unsigned int i;

	if (strcmp(l->verdict, "ok") && l->inode)
		owners_each(l->inode, add_shortage, &s);
	out_array("causes");
	for (i = 0; shortage_words(&s, i, text); i++) {
		out_object(NULL);
		paragraph("text", "cause", text);
		out_object_end();
	}
	out_array_end();
}

static void show_listener_verdict(const struct listener *l, const struct recommend *r)
{
	const struct tcpa_verdict_prose *v = verdict_find(l->verdict);
	const struct remark *m = recommend_remark(r, REMARK_LISTENER, l->name);

	out_text("  verdict      ");
	out_color(verdict_color(l->verdict));
	out_str("verdict", "", l->verdict, "\n");
	field_rule(l->verdict);
	out_color(COLOR_NONE);
	if (l->recommended)
		out_text("  advised      backlog %llu\n", l->recommended);
	field_uint("backlog_recommended", l->recommended);
	if (m)
		paragraph("evidence", "evidence", m->text);
	show_shortage(l);
	if (v)
		show_meaning(v);
}

/* One backlog of the curve. */
static void show_point(const struct curve *c, unsigned int i)
{
	out_object(NULL);
	out_uint("backlog", i ? "               " : "  loss curve   ", c->point[i].backlog, ": ");
	out_uint("refused", "", c->point[i].refused, " refused");
	out_uint("wait_ms", ", longest wait ", c->point[i].wait_ms, " ms\n");
	out_object_end();
}

/* In text up to the first one that is enough for all. */
static void show_curve(const char *name)
{
	struct curve c;
	unsigned int i;

	if (curve_read(name, &c) || !c.nr) {
		field_null("loss_curve");
		return;
	}
	out_object("loss_curve");
	field_bool("complete", c.complete);
	out_array("points");
	for (i = 0; i < c.nr; i++) {
		show_point(&c, i);
		if (!out_json() && !c.point[i].refused)
			break;
	}
	out_array_end();
	out_uint("need", "               ", c.need, " is the least that refuses nobody\n");
	if (!c.complete)
		out_text("               (not everybody was recorded)\n");
	out_object_end();
}

/* A number of clients, of whom the module may have followed only some. */
static void show_clients(const struct refused *r, const char *key, const char *before,
			 __u64 v, const char *after)
{
	out_text("%s%s", before, r->one_in > 1 ? "about " : "");
	out_uint(key, "", v, after);
}

static void show_prefixes(const char *name)
{
	struct refused_prefixes p;
	unsigned int i;

	if (refused_prefixes_read(name, &p) || !p.known) {
		field_null("prefixes");
		return;
	}
	out_array("prefixes");
	for (i = 0; i < p.nr; i++) {
		out_object(NULL);
		out_str("prefix", "               from ", p.item[i].text, ": ");
		out_uint("refusals", "", p.item[i].refusals, " refusals");
		if (p.item[i].error)
			out_uint("error", ", or up to ", p.item[i].error, " fewer");
		else
			field_uint("error", 0);
		out_text("\n");
		out_object_end();
	}
	out_array_end();
}

/* Refusals are packets; whose these were, and what became of them. */
static void show_refused(const char *name)
{
	struct refused r;

	if (refused_read(name, &r) || !r.refusals) {
		field_null("refused_clients");
		return;
	}
	out_object("refused_clients");
	field_bool("complete", r.complete);
	out_uint("refusals", "  who it was   ", r.refusals, " refusals were ");
	show_clients(&r, "clients", "", r.clients, " clients: ");
	show_clients(&r, "admitted", "", r.admitted, " got in");
	if (r.to_ms)
		out_text(" after %llu.%03llu to %llu.%03llu s", r.from_ms / 1000, r.from_ms % 1000,
			 r.to_ms / 1000, r.to_ms % 1000);
	field_uint("from_ms", r.from_ms);
	field_uint("to_ms", r.to_ms);
	show_clients(&r, "gave_up", ", ", r.gave_up, " never");
	if (r.pending)
		show_clients(&r, "pending", ", ", r.pending, " not yet");
	else
		field_uint("pending", 0);
	out_text("\n");
	field_uint("one_in", r.one_in);
	field_uint("error", r.error);
	if (r.one_in > 1)
		out_text("               (one client in %llu was followed: each of these is within %llu)\n",
			 r.one_in, r.error);
	if (!r.complete)
		out_text("               (not everybody was recorded, nor followed to the end)\n");
	show_prefixes(name);
	out_object_end();
}

static void explain_listener(const struct listener *l, const struct shown *s)
{
	out_object(NULL);
	out_color(COLOR_BOLD);
	out_str("name", "listener ", l->name, "\n");
	out_color(COLOR_NONE);
	field_str("address", l->address);
	field_uint("inode", l->inode);
	out_wrap(15);
	if (l->owner.pid) {
		out_str("program", "  program      ", l->owner.program, "");
		out_uint("pid", " (pid ", (unsigned int)l->owner.pid, "");
		if (l->owner.others)
			out_text(" and %u more", l->owner.others);
		out_text(")\n");
	}
	out_str("cgroup", "  cgroup       ", l->cgroup, "\n");
	if (l->unread) {
		out_str("unreadable", "  its file ", l->unread, " cannot be read\n");
		out_wrap_end();
		out_object_end();
		return;
	}
	show_cap(l);
	show_queues(l);
	show_sums(l);
	show_curve(l->name);
	show_refused(l->name);
	out_wrap_end();
	show_listener_verdict(l, s->recommend);
	next_listener(l, s);
	out_object_end();
}

static bool is_owned(const struct listener *l, const void *arg)
{
	(void)arg;
	return l->owner.pid;
}

/* Forget all listeners that process @pid does not have open. */
static void keep_process(struct listeners *ls, pid_t pid)
{
	struct owner **own = calloc(ls->nr + 1, sizeof(*own));
	size_t i, nr = 0;

	for (i = 0; own && i < ls->nr; i++) {
		ls->item[i].owner.inode = ls->item[i].inode;
		if (ls->item[i].inode)
			own[nr++] = &ls->item[i].owner;
	}
	if (nr)
		owners_find_in(pid, own, nr);
	free(own);
	listeners_keep(ls, is_owned, NULL);
}

/* Who owns them need not be known to choose by address. */
static void keep_named(struct listeners *ls, const char *what)
{
	if (!select_is_address(what))
		listeners_own(ls);
	listeners_select(ls, what);
	if (select_is_address(what))
		listeners_own(ls);
}

/* What is asked for, and what was found of it over all namespaces. */
struct search {
	const char *what;
	size_t found;		/* listeners */
};

static bool is_pid(const char *what)
{
	__u64 pid;

	return !number_in(what, 1, INT32_MAX, &pid);
}

static int explain_listeners(const struct netns *ns, struct search *s)
{
	struct snapshot snap;
	const struct shown shown = { .ns = ns, .recommend = &snap.recommend };
	int status;
	__u64 pid;
	size_t i;

	if (snapshot_read(&snap, ns))
		return EXIT_FAILED;
	if (!number_in(s->what, 1, INT32_MAX, &pid))
		keep_process(&snap.listeners, (pid_t)pid);
	else
		keep_named(&snap.listeners, s->what);
	out_array("listeners");
	for (i = 0; i < snap.listeners.nr; i++)
		explain_listener(&snap.listeners.item[i], &shown);
	out_array_end();
	s->found += snap.listeners.nr;
	status = snap.listeners.unread ? EXIT_PARTLY : EXIT_DONE;
	snapshot_free(&snap);
	return status;
}

static int in_namespace(const struct netns *ns, void *arg)
{
	struct search *s = arg;
	const struct tcpa_knob_prose *k = knob_find(s->what);

	return k ? explain_knob(ns, k) : explain_listeners(ns, s);
}

/* A knob or a verdict that may be meant by @word. */
static void guess_name(struct guess *g, const char *word)
{
	const struct tcpa_verdict_prose *v;
	const struct tcpa_knob_prose *k;
	unsigned int i;

	for (i = 0; (k = tcpa_knob_prose(i)); i++)
		guess_try(g, word, k->name);
	for (i = 0; (v = tcpa_verdict_prose(i)); i++)
		guess_try(g, word, v->name);
}

/* A knob is found whatever the namespaces hold. */
static int found_nothing(int status, void *arg)
{
	struct guess guess = { .name = NULL };
	const struct search *s = arg;
	char text[GUESS_TEXT];

	if (status || s->found || knob_find(s->what))
		return status;
	if (select_is_address(s->what)) {
		complain("found \"%s\": no listener %s; see \"tcpadvisor listeners\"", s->what,
			 is_pid(s->what) ? "belongs to that process" : "is called that");
		return EXIT_FAILED;
	}
	guess_name(&guess, s->what);
	complain("found \"%s\": neither a knob or verdict (\"tcpadvisor explain\" lists them), nor an address, PID, program, unit or container of a listener%s",
		 s->what, guess_words(&guess, text));
	return EXIT_USAGE;
}

int cmd_explain(int argc, char **argv)
{
	const struct command_options co = { .usage = usage, .take = take_none, .max_args = 1 };
	int status, first = options_parse(argc, argv, &co, &status);
	struct search s = { 0 };

	if (first < 0)
		return status;
	if (first == argc)
		return list_names();
	if (verdict_find(argv[first]))
		return explain_verdict(verdict_find(argv[first]));
	if (symptom_verdict(argv[first], 0))
		return explain_symptom(argv[first]);
	s.what = argv[first];
	return run_in_namespaces("explain", in_namespace, found_nothing, &s);
}
