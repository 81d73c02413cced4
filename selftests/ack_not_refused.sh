#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What looks like a refusal and is none counts nowhere: a SYN sent again, a bare
# ACK put off by TCP_DEFER_ACCEPT, a reset in place of the ACK.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

plan 12
module_load
agents
mib_mark
for version in 4 6; do
	family $version
	listener "$any" 8080 8 defer=10
	wire to "$server" 8080
	wire send S "$peer" 1000 4
	wire send S "$peer" 1000 4
	check_eq "IPv$version: SYNs sent again are answered again" "$reply" \
		"synack=4 ack=0 rst=0 fin=0 none=0"
	check_counts "IPv$version: and counted once" "$dir" syns=4
	wire send A "$peer" 1000 3
	check_counts "IPv$version: bare ACKs are put off" "$dir" syns=4
	wire send R "$peer" 1003 1
	check_counts "IPv$version: a reset ends the handshake" "$dir" syns=4
	wire send A "$peer" 1000 3 1
	check_counts "IPv$version: data completes the others" "$dir" \
		syns=4 completions=3
	check_exact "IPv$version: sums equal the kernel's counters"
	sock close "$fd"
done
finish
