// SPDX-License-Identifier: GPL-2.0
/*
 * Job: add up what each listener refuses, by cause, from tcpadvisor:listen_refused.
 * Context: the event's, in softirq or a timer, on every CPU.
 * Not here: the file `format` and what is shown, which are the reader's (refusals.c).
 *
 * The sums lose nothing however fast events come: there is no buffer between. A
 * listener for which the table has no room is counted in `unlisted`.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include "refusals.h"

/* The reader sets it before this is loaded: it is read only from then on. */
const volatile struct refusal_fields field = {};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, struct refusal_key);
	__type(value, __u64);
} refusals SEC(".maps");

__u64 unlisted;

SEC("tracepoint/tcpadvisor/listen_refused")
int on_listen_refused(void *event)
{
	struct refusal_key key = {};
	__u64 none = 0, *sum;
	__u32 count = 0;
	__u16 port = 0;

	bpf_probe_read_kernel(&key.cookie, sizeof(key.cookie), event + field.cookie);
	bpf_probe_read_kernel(&port, sizeof(port), event + field.port);
	bpf_probe_read_kernel(&key.cause, sizeof(key.cause), event + field.cause);
	bpf_probe_read_kernel(&count, sizeof(count), event + field.count);
	key.port = port;

	bpf_map_update_elem(&refusals, &key, &none, BPF_NOEXIST);
	sum = bpf_map_lookup_elem(&refusals, &key);
	__sync_fetch_and_add(sum ? sum : &unlisted, count);
	return 0;
}

char _license[] SEC("license") = "GPL";
