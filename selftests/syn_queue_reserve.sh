#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# With SYN cookies off, the last quarter of tcp_max_syn_backlog is kept for
# peers known to be there: who is refused for that alone is an other drop.

. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$here/tables.sh"

plan 8
module_load
agents
mib_mark
knob ipv4/tcp_syncookies 0
knob ipv4/tcp_max_syn_backlog 16
for version in 4 6; do
	family $version
	listener "$any" 8080 128
	wire to "$server" 8080
	# The queue is asked before it takes one: it takes the 13th, not the 14th.
	wire send S "$peer" 1000 20
	check_eq "IPv$version: thirteen SYNs are answered" "$reply" \
		"synack=13 ack=0 rst=0 fin=0 none=7"
	check_counts "IPv$version: the others are other drops" "$dir" \
		syns=20 other_drops=7
	check "IPv$version: of SYNs" \
		columns_are other_drops=7 other_drops_child=0 other_drops_icmp=0
	check_exact "IPv$version: sums equal the kernel's counters"
	sock close "$fd"
done
finish
