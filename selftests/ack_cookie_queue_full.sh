#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The ACK of a valid SYN cookie that meets a full accept queue is refused there;
# an invalid one is nobody's refusal.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

plan 8
module_load
agents
mib_mark
knob ipv4/tcp_syncookies 2
for version in 4 6; do
	family $version
	listener "$any" 8080 4
	wire to "$server" 8080
	wire send S "$peer" 1000 12
	wire send A "$peer" 1000 8
	check_counts "IPv$version: five are valid, three refused" "$dir" \
		syns=12 completions=5 accept_overflows_ack=3 \
		syncookies_wanted=12 syncookies_sent=12 syncookies_valid=5
	check_exact "IPv$version: sums equal the kernel's counters"
	# Nothing was ever sent to these ports: what they acknowledge is 0.
	wire send A "$peer" 2000 3
	check_eq "IPv$version: a reset for a cookie that is none" "$reply" \
		"synack=0 ack=0 rst=3 fin=0 none=0"
	check_counts "IPv$version: which counts nowhere" "$dir" \
		syns=12 completions=5 accept_overflows_ack=3 \
		syncookies_wanted=12 syncookies_sent=12 syncookies_valid=5
	sock close "$fd"
done
finish
