// SPDX-License-Identifier: GPL-2.0
/*
 * findings.c - the list of findings as it is built, and its digest.
 *
 * Context: any; pure.
 * Does not: decide what is found.
 */
#include "findings.h"

#define FNV_OFFSET	0xcbf29ce484222325ULL
#define FNV_PRIME	0x100000001b3ULL

/* Sorts @a before @b. */
static bool before(const struct tcpa_finding *a, const struct tcpa_finding *b)
{
	bool na = tcpa_rule_negative(a->rule), nb = tcpa_rule_negative(b->rule);

	return na != nb ? nb : a->weight > b->weight;
}

static void insert(struct tcpa_findings *f, const struct tcpa_finding *item)
{
	__u32 i = f->nr;

	for (; i > 0 && before(item, &f->item[i - 1]); i--)
		f->item[i] = f->item[i - 1];
	f->item[i] = *item;
	f->nr++;
}

static void delete(struct tcpa_findings *f, __u32 i)
{
	for (f->nr--; i < f->nr; i++)
		f->item[i] = f->item[i + 1];
}

static __u32 count_listeners(const struct tcpa_findings *f)
{
	__u32 i, n = 0;

	for (i = 0; i < f->nr; i++)
		n += !!f->item[i].listener;
	return n;
}

/*
 * Where the least finding on a listener is that @item may displace, or f->nr.
 * One that names a sysctl goes only for another such one, so that the sysctl
 * itself is not lost.
 */
static __u32 least(const struct tcpa_findings *f, const struct tcpa_finding *item)
{
	__u32 i;

	for (i = f->nr; i-- > 0;)
		if (f->item[i].listener && !f->item[i].key &&
		    (item->key || before(item, &f->item[i])))
			return i;
	for (i = f->nr; i-- > 0;)
		if (f->item[i].listener && item->key && before(item, &f->item[i]))
			return i;
	return f->nr;
}

void tcpa_findings_add(struct tcpa_findings *f, const struct tcpa_finding *item)
{
	__u32 i;

	if (f->nr == TCPA_FINDINGS_MAX ||
	    (item->listener && count_listeners(f) == TCPA_FINDINGS_LISTENERS)) {
		f->omitted++;
		i = item->listener ? least(f, item) : f->nr;
		if (i == f->nr)
			return;
		delete(f, i);
	}
	insert(f, item);
}

void tcpa_findings_say(struct tcpa_findings *f, enum tcpa_rule rule,
		       __u64 value, __u64 proposed, __u64 weight)
{
	struct tcpa_finding item = {
		.rule = rule,
		.key = tcpa_rule_key(rule),
		.value = value,
		.proposed = proposed,
		.weight = weight,
	};

	tcpa_findings_add(f, &item);
}

void tcpa_findings_drop(struct tcpa_findings *f, enum tcpa_rule rule)
{
	__u32 i = 0;

	while (i < f->nr)
		if (f->item[i].rule == rule)
			delete(f, i);
		else
			i++;
}

static __u64 mix(__u64 hash, __u64 v)
{
	int i;

	for (i = 0; i < 8; i++, v >>= 8)
		hash = (hash ^ (v & 0xff)) * FNV_PRIME;
	return hash;
}

static __u64 digest_one(const struct tcpa_finding *item)
{
	__u64 hash = mix(FNV_OFFSET, item->rule);
	const char *c;

	hash = mix(hash, item->key);
	hash = mix(hash, item->value);
	hash = mix(hash, item->proposed);
	if (item->listener)
		for (c = item->listener->name; *c; c++)
			hash = mix(hash, *c);
	if (item->dest)
		for (c = item->dest->peer; *c; c++)
			hash = mix(hash, *c);
	return mix(hash, 0);
}

__u64 tcpa_findings_digest(const struct tcpa_findings *f)
{
	__u64 sum = f->nr;
	__u32 i;

	for (i = 0; i < f->nr; i++)
		sum += digest_one(&f->item[i]);
	return sum;
}
