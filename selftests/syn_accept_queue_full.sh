#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A SYN that meets a full accept queue counts there and nowhere else.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

plan 6
module_load
agents
mib_mark
for version in 4 6; do
	family $version
	listener "$any" 8080 2
	wire to "$server" 8080
	handshakes 1000 3
	wire send S "$peer" 2000 10
	check_eq "IPv$version: ten SYNs get no answer" "$reply" \
		"synack=0 ack=0 rst=0 fin=0 none=10"
	check_counts "IPv$version: each is counted once" "$dir" \
		syns=13 completions=3 accept_overflows_syn=10
	check_exact "IPv$version: sums equal the kernel's counters"
	sock close "$fd"
done
finish
