/* SPDX-License-Identifier: GPL-2.0 */
/*
 * schedule.h - a load that can be repeated exactly: who comes when, who is
 * accepted when, and the settings under which that happens.
 *
 * Job: read a schedule from words KEY=VALUE. Times are in ms since the start,
 * but for the gaps between clients and between accept(2)s, in us:
 *   clients=AT:COUNT:GAP	COUNT clients from AT on, GAP apart; up to four times
 *   accept=AT:GAP	from AT on one accept(2) each GAP; up to four times, each
 *			ends the one before; GAP 0 ends accept(2) altogether
 *   until=MS		the end; who was not accepted by then never was
 *   backlog= syncookies= max_syn_backlog= abort= defer=	of the listener's host,
 *			defer in s
 *   rtt=MS		round trip
 *   impatient=MS:NR	each client whose number NR divides gives up if it is not
 *			connected MS after it came; for replay.c only
 *   speak=1		clients send as soon as they are connected
 *   dual=1		the listener is one of IPv6, for both families
 * Context: user space, for replay.c and whoever else has a schedule. A header
 * with its code, because kselftest's lib.mk builds a program from one file.
 * Does not: run it (replay.c) or predict its outcome (model_tcp.h).
 */
#ifndef _TCPA_SCHEDULE_H
#define _TCPA_SCHEDULE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define SCHEDULE_PARTS		4
#define SCHEDULE_CLIENTS_MAX	20000

struct schedule_part {
	__u32 at_ms;
	__u32 count;		/* of clients only */
	__u32 gap_us;
};

struct schedule {
	struct schedule_part clients[SCHEDULE_PARTS];
	struct schedule_part accepts[SCHEDULE_PARTS];
	__u32 nr_clients;	/* parts */
	__u32 nr_accepts;
	__u32 until_ms;
	__u32 backlog;
	__u32 syncookies;
	__u32 max_syn_backlog;
	__u32 abort;
	__u32 defer_s;
	__u32 rtt_ms;
	__u32 patience_ms;
	__u32 impatient;	/* one in so many; 0: nobody */
	__u32 speak;
	__u32 dual;
};

static inline bool schedule_part(struct schedule *s, const char *word)
{
	struct schedule_part *p;

	if (s->nr_clients < SCHEDULE_PARTS) {
		p = &s->clients[s->nr_clients];
		if (sscanf(word, "clients=%u:%u:%u", &p->at_ms, &p->count,
			   &p->gap_us) == 3) {
			s->nr_clients++;
			return true;
		}
	}
	if (s->nr_accepts < SCHEDULE_PARTS) {
		p = &s->accepts[s->nr_accepts];
		if (sscanf(word, "accept=%u:%u", &p->at_ms, &p->gap_us) == 2) {
			s->nr_accepts++;
			return true;
		}
	}
	return false;
}

static inline bool schedule_word(struct schedule *s, const char *word)
{
	return sscanf(word, "until=%u", &s->until_ms) == 1 ||
	       sscanf(word, "backlog=%u", &s->backlog) == 1 ||
	       sscanf(word, "syncookies=%u", &s->syncookies) == 1 ||
	       sscanf(word, "max_syn_backlog=%u", &s->max_syn_backlog) == 1 ||
	       sscanf(word, "abort=%u", &s->abort) == 1 ||
	       sscanf(word, "defer=%u", &s->defer_s) == 1 ||
	       sscanf(word, "rtt=%u", &s->rtt_ms) == 1 ||
	       sscanf(word, "impatient=%u:%u", &s->patience_ms, &s->impatient) == 2 ||
	       sscanf(word, "speak=%u", &s->speak) == 1 ||
	       sscanf(word, "dual=%u", &s->dual) == 1 ||
	       schedule_part(s, word);
}

static inline __u32 schedule_size(const struct schedule *s)
{
	__u32 i, n = 0;

	for (i = 0; i < s->nr_clients; i++)
		n += s->clients[i].count;
	return n;
}

/* What is not named is as on an ordinary host. False: it says what is wrong. */
static inline bool schedule_read(struct schedule *s, char **words)
{
	memset(s, 0, sizeof(*s));
	s->until_ms = 20000;
	s->backlog = 64;
	s->syncookies = 1;
	s->max_syn_backlog = 1024;
	for (; *words; words++) {
		if (!schedule_word(s, *words)) {
			fprintf(stderr, "schedule: '%s'\n", *words);
			return false;
		}
	}
	if (schedule_size(s) <= SCHEDULE_CLIENTS_MAX)
		return true;
	fprintf(stderr, "schedule: too many clients\n");
	return false;
}

/* Which accept(2)s are due at @ms: the last part that has begun, or NULL. */
static inline const struct schedule_part *
schedule_accepts(const struct schedule *s, __u32 ms)
{
	const struct schedule_part *now = NULL;
	__u32 i;

	for (i = 0; i < s->nr_accepts; i++)
		if (s->accepts[i].at_ms <= ms)
			now = &s->accepts[i];
	return now && now->gap_us ? now : NULL;
}

/* The first time after @after, in us, at which accept(2) is due; -1: none. */
static inline long long schedule_next_accept(const struct schedule *s,
					     long long after)
{
	const struct schedule_part *p = schedule_accepts(s, (after + 1) / 1000);
	long long at, next = -1;
	__u32 i;

	if (p && after >= p->at_ms * 1000LL)
		next = after + p->gap_us;
	/* A part that begins meanwhile ends the one before. */
	for (i = 0; i < s->nr_accepts; i++) {
		at = s->accepts[i].at_ms * 1000LL;
		if (at <= after || (next >= 0 && at > next))
			continue;
		next = s->accepts[i].gap_us ? at : -1;
	}
	return next;
}

#endif /* _TCPA_SCHEDULE_H */
