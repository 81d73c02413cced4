#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two CPUs, packets steered from each to the other, four clients at full speed:
# of more than 50000 refused SYNs, IPv4 and IPv6, with SYN cookies and without,
# every one is attributed. REFUSALS sets another number for each of the four.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

refusals=${REFUSALS:-13000}

# SYNs refused so far, by the kernel's counters.
refused()
{
	local overflows drops

	mib_read
	mib_delta ListenOverflows
	overflows=$reply
	mib_delta TCPReqQFullDrop
	drops=$reply
	sum accept_overflows_ack
	reply=$((overflows + drops - reply))
}

# $1 family, $2 tcp_syncookies
storm()
{
	local what="IPv$1, syncookies $2" goal round

	family "$1"
	knob ipv4/tcp_syncookies "$2"
	listener "$any" 8080 4
	sock serve "$fd" late
	refused
	goal=$((reply + refusals))
	for round in {1..40}; do
		nice -n -10 "$here/syn_load" "$localhost" 8080 $((refusals / 5)) 120 0 0 1 1 \
			>/dev/null
		refused
		[ "$reply" -lt "$goal" ] || break
	done
	check "$what: $refusals SYNs refused" [ "$reply" -ge "$goal" ]
	ktap_print_msg "iterations=$((reply - goal + refusals))"
	counts "$dir"
	ktap_print_msg "$what, $round rounds: $reply"
	check_exact "$what: sums equal the kernel's counters"
	sock rest
	sock close "$fd"
	await_value $sysfs/closed/listeners $((++closed))
	check_exact "$what: and when the listener is closed"
}

closed=0
plan 13
[ "$(nproc)" -ge 2 ] || skip_all "needs 2 CPUs"
module_load
echo 3 >/sys/class/net/lo/queues/rx-0/rps_cpus || skip_all "needs CONFIG_RPS"
agent sock sock_agent
mib_mark
for version in 4 6; do
	for cookies in 1 0; do
		storm $version $cookies
	done
done
missed=0
for probe in "$sysfs"/probes/*; do
	get "$probe/missed"
	missed=$((missed + reply))
done
get $sysfs/hooks
if [ "$reply" = ftrace ]; then
	check_eq "no probe missed a call" $missed 0
else
	skip "no probe missed a call" "a kprobe is skipped while another runs"
fi
finish
