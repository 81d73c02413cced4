#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Kprobes of somebody else, on functions of ours and on accept(2) while packets
# are handled on the same CPU, make us miss nothing as long as we use none.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

tracing=/sys/kernel/tracing
events="p:tcpa_selftest/accept inet_csk_accept
p:tcpa_selftest/request tcp_conn_request
r:tcpa_selftest/child tcp_v4_syn_recv_sock"

# They are the host's, so they have to go whatever happens.
kprobes_end()
{
	local event

	for event in accept request child; do
		{ echo 0 >"$tracing/events/tcpa_selftest/$event/enable" &&
			echo "-:tcpa_selftest/$event" >>"$tracing/kprobe_events"
		} 2>/dev/null
	done
}

kprobes_begin()
{
	local event

	trap 'kprobes_end; module_restore' EXIT
	while read -r event; do
		echo "$event" >>"$tracing/kprobe_events" || return
	done <<<"$events"
	echo 1 >"$tracing/events/tcpa_selftest/enable"
}

# How often event $1 was hit.
hits()
{
	awk -v name="$1" '$1 == name { print $2 }' "$tracing/kprobe_profile"
}

plan 6
mount -t tracefs tracefs $tracing 2>/dev/null
[ -e $tracing/kprobe_events ] || skip_all "needs CONFIG_KPROBE_EVENTS"
module_load
get $sysfs/hooks
[ "$reply" = ftrace ] || skip_all "needs hooks by ftrace"
agent sock sock_agent
echo 3 >/sys/class/net/lo/queues/rx-0/rps_cpus
family 4
listener "$any" 8080 4
mib_mark
kprobes_begin 2>/dev/null || skip_all "needs kprobe events, locked down here?"
sock serve "$fd"
"$here/syn_load" "$localhost" 8080 2500 60 0 1 >/dev/null
sock rest
for event in accept request child; do
	check "their kprobe was hit: $event" [ "$(hits $event)" -gt 0 ]
done
check_exact "sums equal the kernel's counters"
kprobes_end
missed=0
for probe in "$sysfs"/probes/*; do
	get "$probe/missed"
	missed=$((missed + reply))
done
check_eq "none of ours was missed" $missed 0
get "$dir/syns"
check "and there was something to miss" [ "$reply" -ge 1000 ]
finish
