// SPDX-License-Identifier: GPL-2.0
/*
 * rest.c - listeners that are not recorded for a while, after a long time of trouble.
 *
 * A place for each hash of 256 has whose listener rests, and until when: a user's, or
 * one of a namespace of root's. So nobody has another's listener rest, as far as users are
 * told apart: by a hash, too (quota.c), as namespaces are here. But who comes
 * later to the same place ends the rest of who was there, which costs a recording that
 * begins early, as any other one is bounded (record.c).
 * The two words of a place are read and written one by one: whoever finds one that is
 * old and one that is new has a listener rest, or not, that would have been the other
 * way round a moment before.
 * Context: see rest.h.
 * Does not: record.
 */
#include "rest.h"

#include <linux/hash.h>
#include <linux/ktime.h>
#include <linux/log2.h>

#include "state.h"

static struct {
	u32 until;	/* seconds, by a clock that does not wrap while the machine is up */
	u32 whose;
} rests[256];

static unsigned int place_of(const struct tcpa_listener *l)
{
	return hash_ptr(l, ilog2(ARRAY_SIZE(rests)));
}

static u32 whose(const struct tcpa_listener *l)
{
	return l->owner.root ? hash_ptr(l->tn, 32) : l->owner.uid;
}

static u32 now_seconds(void)
{
	return ktime_get_seconds();
}

void tcpa_rest(const struct tcpa_listener *l, u32 seconds)
{
	unsigned int i = place_of(l);

	WRITE_ONCE(rests[i].whose, whose(l));
	WRITE_ONCE(rests[i].until, now_seconds() + seconds);
}

bool tcpa_rests(const struct tcpa_listener *l)
{
	unsigned int i = place_of(l);

	return READ_ONCE(rests[i].whose) == whose(l) &&
	       now_seconds() < READ_ONCE(rests[i].until);
}
