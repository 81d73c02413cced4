#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A client that no route leads back to is refused, at its SYN or, if the route
# goes meanwhile, at its final ACK: an other drop.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# Three handshakes from port 1000 on whose ACK was refused once, and now there is
# room. Their requests outlive a SYN-ACK that cannot be sent again.
refused_once()
{
	wire send S "$peer" 1000 3
	handshakes 2000 5
	wire send A "$peer" 1000 3
	sock drain "$fd" 5
	check_counts "IPv$1: three ACKs were refused" "$dir" \
		syns=8 completions=5 accept_overflows_ack=3
}

plan 12
module_load
agents
mib_mark
knob ipv4/conf/all/rp_filter 0
knob ipv4/conf/wire0/rp_filter 0
for version in 4 6; do
	family $version
	listener "$any" 8080 4
	wire to "$server" 8080
	refused_once $version
	ip route add unreachable "$peer"
	wire send S "$peer" 3000 4
	check_eq "IPv$version: SYNs get no answer without a route" "$reply" \
		"synack=0 ack=0 rst=0 fin=0 none=4"
	check_counts "IPv$version: and are other drops" "$dir" \
		syns=12 completions=5 accept_overflows_ack=3 other_drops=4
	wire send A "$peer" 1000 2
	check_counts "IPv$version: so are final ACKs" "$dir" \
		syns=12 completions=5 accept_overflows_ack=3 other_drops=6
	ip route del unreachable "$peer"
	wire send A "$peer" 1000 3
	check_counts "IPv$version: with the route again they are let in" "$dir" \
		syns=12 completions=8 accept_overflows_ack=3 other_drops=6
	check_exact "IPv$version: sums equal the kernel's counters"
	sock close "$fd"
done
finish
