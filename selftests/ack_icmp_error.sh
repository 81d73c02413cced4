#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An ICMP error that ends a handshake is the listener's: an other drop.

. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$here/tables.sh"

plan 8
module_load
agents
mib_mark
for version in 4 6; do
	family $version
	listener "$any" 8080 8
	wire to "$server" 8080
	wire send S "$peer" 1000 3
	wire icmp "$peer" 1000 2
	check_counts "IPv$version: two are other drops" "$dir" syns=3 other_drops=2
	check "IPv$version: by an ICMP error" \
		columns_are other_drops=2 other_drops_icmp=2 other_drops_child=0
	get "$dir/syn_queue"
	check_eq "IPv$version: the third handshake goes on" "$reply" 1
	check_exact "IPv$version: sums equal the kernel's counters"
	sock close "$fd"
done
finish
