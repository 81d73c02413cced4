#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# TCP Fast Open: a child made at the SYN is a completion; a full Fast Open queue
# refuses nobody, a full accept queue does.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

plan 11
module_load
agents
mib_mark
# For servers, of any client, without a cookie.
knob ipv4/tcp_fastopen $((0x2 | 0x200))
for version in 4 6; do
	family $version
	listener "$any" 8080 3 fastopen=2
	wire to "$server" 8080
	wire send S "$peer" 1000 2 5
	check_counts "IPv$version: children at the SYN" "$dir" syns=2 completions=2
	wire send S "$peer" 2000 1 5
	check_counts "IPv$version: Fast Open queue full, an ordinary handshake" \
		"$dir" syns=3 completions=2
	handshakes 3000 2
	wire send S "$peer" 4000 3 5
	check_eq "IPv$version: accept queue full, no answer" "$reply" \
		"synack=0 ack=0 rst=0 fin=0 none=3"
	check_counts "IPv$version: refused once each" "$dir" \
		syns=8 completions=4 accept_overflows_syn=3
	check_exact "IPv$version: sums equal the kernel's counters"
	sock close "$fd"
done
mib_read
mib_delta TCPFastOpenListenOverflow
check_eq "the kernel's Fast Open queue was full" "$reply" 2
finish
