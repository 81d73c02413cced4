#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A SYN that meets both queues full: with SYN cookies it is to have one, and is
# refused for the accept queue all the same; without, it is the SYN queue's.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# Fill both queues of a new listener, the accept queue with three connections by
# cookies, which pass by the SYN queue.
fill()
{
	family "$1"
	knob ipv4/tcp_syncookies 1
	listener "$any" 8080 2
	wire to "$server" 8080
	wire send S "$peer" 1000 $room
	handshakes 2000 3
	check_counts "IPv$1: three have come by cookie" "$dir" \
		syns=$((room + 3)) completions=3 \
		syncookies_wanted=3 syncookies_sent=3 syncookies_valid=3
}

plan 12
agents
syn_queue_extra
room=$((2 + extra))
module_load
mib_mark
for version in 4 6; do
	fill $version
	wire send S "$peer" 3000 5
	check_eq "IPv$version, syncookies 1: no answer" "$reply" \
		"synack=0 ack=0 rst=0 fin=0 none=5"
	check_counts "IPv$version, syncookies 1: wanted, not sent, refused" "$dir" \
		syns=$((room + 8)) completions=3 accept_overflows_syn=5 \
		syncookies_wanted=8 syncookies_sent=3 syncookies_valid=3
	knob ipv4/tcp_syncookies 0
	wire send S "$peer" 4000 5
	check_eq "IPv$version, syncookies 0: no answer" "$reply" \
		"synack=0 ack=0 rst=0 fin=0 none=5"
	check_counts "IPv$version, syncookies 0: dropped" "$dir" \
		syns=$((room + 13)) completions=3 accept_overflows_syn=5 syn_queue_drops=5 \
		syncookies_wanted=8 syncookies_sent=3 syncookies_valid=3
	check_exact "IPv$version: sums equal the kernel's counters"
	sock close "$fd"
done
finish
