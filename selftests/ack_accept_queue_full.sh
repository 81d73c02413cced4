#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A final ACK that meets a full accept queue counts each time it comes, whether
# tcp_abort_on_overflow answers it with a reset or not.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# A new listener with a full accept queue (eleven) and five requests, from port
# 2000 on, in the SYN queue, which there are never more than ten in.
fill()
{
	family "$1"
	listener "$any" 8080 10
	wire to "$server" 8080
	wire send S "$peer" 1000 6
	wire send A "$peer" 1000 6
	wire send S "$peer" 1006 5
	wire send S "$peer" 2000 5
	wire send A "$peer" 1006 5
}

plan 14
module_load
agents
mib_mark
for version in 4 6; do
	fill $version
	knob ipv4/tcp_abort_on_overflow 0
	wire send A "$peer" 2000 5
	check_eq "IPv$version: no answer" "$reply" \
		"synack=0 ack=0 rst=0 fin=0 none=5"
	wire send A "$peer" 2000 2
	check_counts "IPv$version: refused, two of them again" "$dir" \
		syns=16 completions=11 accept_overflows_ack=7
	check_exact "IPv$version: sums equal the kernel's counters"
	knob ipv4/tcp_abort_on_overflow 1
	wire send A "$peer" 2000 3
	check_eq "IPv$version: abort_on_overflow: resets" "$reply" \
		"synack=0 ack=0 rst=3 fin=0 none=0"
	sock drain "$fd" 1
	wire send A "$peer" 2003 2
	check_eq "IPv$version: there is room for one" "$reply" \
		"synack=0 ack=0 rst=1 fin=0 none=1"
	check_counts "IPv$version: the reset ones were counted" "$dir" \
		syns=16 completions=12 accept_overflows_ack=11
	check_exact "IPv$version: sums equal the kernel's counters to the end"
	sock close "$fd"
done
finish
