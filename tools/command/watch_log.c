// SPDX-License-Identifier: GPL-2.0
/*
 * watch_log.c - `watch --log`: one entry of the journal for each change that is
 * advised, or one that there is none. MESSAGE is for people; what programs look for
 * has fields of its own, TCPADVISOR_*. Once the first has been written the service
 * manager is told that the service is ready, and how much is advised each time.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "host/systemd.h"
#include "watch_log.h"
#include "words/complain.h"
#include "words/rule.h"
#include "words/value.h"

#define VERDICT_MAX	32	/* the longest verdict, and more */

static int journal = -1;

int watch_log_open(void)
{
	journal = systemd_journal();
	if (journal >= 0)
		return 0;
	complain("--log: no journal at " JOURNAL_SOCKET ": %s", strerror(-journal));
	return journal;
}

/* The verdict that a listener's text begins with. */
static const char *rule_of_listener(const struct remark *m)
{
	char verdict[VERDICT_MAX];
	size_t len = strcspn(m->text, ":");

	if (len >= sizeof(verdict))
		return "unknown";
	memcpy(verdict, m->text, len);
	verdict[len] = '\0';
	return rule_of_verdict(verdict);
}

static void say_key(FILE *f, const struct remark *m)
{
	char from[VALUE_TEXT], to[VALUE_TEXT];

	value_shown(&m->current, from);
	value_shown(&m->proposed, to);
	fprintf(f, "MESSAGE=%s %s -> %s: %s\nTCPADVISOR_KIND=sysctl\n", m->subject, from, to,
		m->text);
	fprintf(f, "TCPADVISOR_CURRENT=%s\nTCPADVISOR_PROPOSED=%s\nTCPADVISOR_RULE=%s\n", from,
		to, rule_of_key(m->subject, false, m->text));
}

static void say_listener(FILE *f, const struct remark *m)
{
	fprintf(f, "MESSAGE=listener %s: %s\nTCPADVISOR_KIND=listener\n", m->subject, m->text);
	fprintf(f, "TCPADVISOR_INODE=%llu\nTCPADVISOR_RULE=%s\n", m->inode, rule_of_listener(m));
}

/* Write the entry on @m, or if that is NULL, that nothing is advised. */
static int entry(const struct recommend *r, const struct remark *m)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int err;

	if (!f)
		return -ENOMEM;
	if (!m)
		fputs("MESSAGE=no change is advised\nTCPADVISOR_KIND=none\n", f);
	else if (m->kind == REMARK_KEY)
		say_key(f, m);
	else
		say_listener(f, m);
	if (m)
		fprintf(f, "TCPADVISOR_NAME=%s\n", m->subject);
	fprintf(f, "PRIORITY=%d\nSYSLOG_IDENTIFIER=tcpadvisor\n", m ? LOG_NOTICE : LOG_INFO);
	fprintf(f, "TCPADVISOR_NETNS=%llu\nTCPADVISOR_GENERATION=%llu\n", r->netns,
		r->generation);
	err = fclose(f) ? -ENOMEM : systemd_journal_send(journal, text, len);
	free(text);
	return err;
}

static void notify(unsigned int advised)
{
	char state[64];

	snprintf(state, sizeof(state), "READY=1\nSTATUS=%u advised\n", advised);
	systemd_notify(state);
}

int watch_log(const struct recommend *r)
{
	unsigned int advised = 0;
	int err = 0;
	size_t i;

	for (i = 0; i < r->nr_remarks && !err; i++) {
		const struct remark *m = &r->remark[i];

		if (m->kind != REMARK_KEY && m->kind != REMARK_LISTENER)
			continue;
		err = entry(r, m);
		advised++;
	}
	if (!advised)
		err = entry(r, NULL);
	if (err)
		complain("--log: " JOURNAL_SOCKET ": %s", strerror(-err));
	else
		notify(advised);
	return err;
}
