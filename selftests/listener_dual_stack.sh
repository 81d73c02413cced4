#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# IPv4 clients of a dual-stack listener pass the IPv6 functions and then the
# IPv4 ones: they are counted once, beside the IPv6 clients.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

plan 6
module_load
agents
mib_mark
listener :: 8080 5 v6only=0
for version in 6 4; do
	family $version
	wire to "$server" 8080
	handshakes ${version}000 2
	wire send S "$peer" ${version}100 1
done
check_counts "both come to the same listener" "$dir" syns=6 completions=4
family 4
handshakes 4200 2
wire send S "$peer" 4300 3
check_counts "IPv4 SYNs refused are counted once" "$dir" \
	syns=11 completions=6 accept_overflows_syn=3
wire send A "$peer" 4100 1
check_counts "an IPv4 ACK refused is counted once" "$dir" \
	syns=11 completions=6 accept_overflows_syn=3 accept_overflows_ack=1
check_exact "sums equal the kernel's counters"
family 6
wire to "$server" 8080
wire send A "$peer" 6100 1
wire send S "$peer" 6300 2
check_counts "so are those of IPv6" "$dir" \
	syns=13 completions=6 accept_overflows_syn=5 accept_overflows_ack=2
check_exact "sums equal the kernel's counters to the end"
finish
