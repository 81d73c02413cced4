#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# SYNs that meet a full SYN queue: dropped with SYN cookies off, answered by a
# cookie with 1, as every SYN is with 2.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# $1 family, $2 tcp_syncookies, $3 SYNs to the queue of backlog 4: $4 are answered,
# $5 are not; the rest is counted.
queue_full()
{
	local what="IPv$1, syncookies $2"

	family "$1"
	knob ipv4/tcp_syncookies "$2"
	listener "$any" 8080 4
	wire to "$server" 8080
	wire send S "$peer" 1000 "$3"
	check_eq "$what: answers" "$reply" "synack=$4 ack=0 rst=0 fin=0 none=$5"
	check_counts "$what: counts" "$dir" "syns=$3" "${@:6}"
	check_exact "$what: sums equal the kernel's counters"
	sock close "$fd"
}

plan 18
agents
syn_queue_extra
room=$((4 + extra))
over=$((20 - room))
module_load
mib_mark
for version in 4 6; do
	queue_full $version 0 20 $room $over syn_queue_drops=$over
	queue_full $version 1 20 20 0 syncookies_wanted=$over syncookies_sent=$over
	queue_full $version 2 20 20 0 syncookies_wanted=20 syncookies_sent=20
done
finish
