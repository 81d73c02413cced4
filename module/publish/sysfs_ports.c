// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs_ports.c - /sys/kernel/tcpadvisor/ports/, of the reader's namespace.
 *
 * Context: process.
 * Does not: count or judge.
 */
#include "sysfs.h"

#include <linux/slab.h>

#include "observe/state.h"
#include "observe/ports.h"
#include "reader.h"

static s64 get_failures(const struct tcpa_net *tn, int arg)
{
	return READ_ONCE(tn->ports.failures);
}

static s64 get_failures_own_range(const struct tcpa_net *tn, int arg)
{
	return READ_ONCE(tn->ports.failures_own_range);
}

static s64 get_failures_own_port(const struct tcpa_net *tn, int arg)
{
	return READ_ONCE(tn->ports.failures_own_port);
}

static s64 get_evicted(const struct tcpa_net *tn, int arg)
{
	return READ_ONCE(tn->ports.evicted);
}

static s64 get_usable(const struct tcpa_net *tn, int arg)
{
	return tcpa_ports_usable(tn);
}

static s64 get_pinned(const struct tcpa_net *tn, int arg)
{
	return READ_ONCE(tn->ports.now.pinned);
}

TCPA_NET_ATTR(ports, failures, get_failures, 0);
TCPA_NET_ATTR(ports, failures_own_range, get_failures_own_range, 0);
TCPA_NET_ATTR(ports, failures_own_port, get_failures_own_port, 0);
TCPA_NET_ATTR(ports, evicted, get_evicted, 0);
TCPA_NET_ATTR(ports, usable, get_usable, 0);
TCPA_NET_ATTR(ports, pinned, get_pinned, 0);

/* Seconds until the free ports are gone, "-" if they do not get fewer. */
static int put_forecast(char *buf, int at, const struct tcpa_dest *d, u32 free)
{
	if (!d->growth)
		return sysfs_emit_at(buf, at, " -");
	return sysfs_emit_at(buf, at, " %u", free / d->growth);
}

/*
 * Whose was the last failure. A process that is gone has no ID, and whether a PID
 * namespace would have had it nobody knows, but of the initial one.
 */
static int put_program(char *buf, int at, const struct tcpa_dest *d,
		       const struct tcpa_net *tn)
{
	pid_t pid = 0;
	bool named = d->pid && tcpa_reader_may_name(tn->net);

	if (named)
		pid = tcpa_reader_pid(d->pid, d->started);
	named = named && (pid || tcpa_reader_has_all_pids());
	return sysfs_emit_at(buf, at, " %d %.*s\n", pid, (int)sizeof(d->comm),
			     named ? d->comm : "-");
}

static int put_dest(char *buf, int at, const struct tcpa_dest *d,
		    const struct tcpa_net *tn, u32 usable)
{
	u32 free = usable > d->used ? usable - d->used : 0;
	char source[TCPA_ADDRESS_MAX], peer[TCPA_PEER_MAX];
	int start = at;

	tcpa_dest_source(&d->key, source);
	tcpa_dest_peer(&d->key, peer);
	at += sysfs_emit_at(buf, at, "%s %s %u %u %u", source, peer, d->used,
			    d->timewait, free);
	at += put_forecast(buf, at, d, free);
	at += sysfs_emit_at(buf, at, " %llu %s", d->failures,
			    d->bound ? "bound" : "-");
	at += put_program(buf, at, d, tn);
	return at - start;
}

static ssize_t destinations_show(struct kobject *kobj,
				 struct kobj_attribute *ka, char *buf)
{
	struct tcpa_net *tn = tcpa_net_current();
	struct tcpa_dest *dest;
	u32 usable, n, i;
	int len = 0;

	if (!tn)
		return -ENXIO;
	dest = kcalloc(TCPA_DESTS, sizeof(*dest), GFP_KERNEL);
	if (!dest)
		return -ENOMEM;
	n = tcpa_ports_copy(tn, dest);
	usable = tcpa_ports_usable(tn);
	/* A line is 150 bytes at most: 46 + 48 + 6 numbers + a name. */
	for (i = 0; i < n && len < PAGE_SIZE - 192; i++)
		len += put_dest(buf, len, &dest[i], tn, usable);
	kfree(dest);
	return len;
}

static ssize_t verdict_show(struct kobject *kobj, struct kobj_attribute *ka,
			    char *buf)
{
	const struct tcpa_net *tn = tcpa_net_current();

	return tn ? sysfs_emit(buf, "%s\n",
			       tcpa_verdict_name(READ_ONCE(tn->ports.verdict))) :
		    -ENXIO;
}

static struct kobj_attribute ports_verdict = __ATTR_RO(verdict);
static struct kobj_attribute ports_destinations = __ATTR_RO(destinations);

static struct attribute *ports_attrs[] = {
	&ports_failures.ka.attr,
	&ports_failures_own_range.ka.attr,
	&ports_failures_own_port.ka.attr,
	&ports_evicted.ka.attr,
	&ports_usable.ka.attr,
	&ports_pinned.ka.attr,
	&ports_verdict.attr,
	&ports_destinations.attr,
	NULL
};

const struct attribute_group tcpa_sysfs_ports = {
	.name = "ports",
	.attrs = ports_attrs,
};
