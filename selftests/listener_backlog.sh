#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# listen(2) called again with another backlog: what is refused is so by the limit
# of the moment, a lower one than is waiting included, and the counts go on.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

plan 10
module_load
agents
mib_mark
for version in 4 6; do
	family $version
	listener "$any" 8080 2
	was=$dir
	wire to "$server" 8080
	handshakes 1000 3
	wire send S "$peer" 2000 4
	check_counts "IPv$version: backlog 2" "$dir" \
		syns=7 completions=3 accept_overflows_syn=4
	sock listen "$fd" 5
	handshakes 3000 3
	wire send S "$peer" 4000 4
	check_counts "IPv$version: backlog 5 has room for three more" "$dir" \
		syns=14 completions=6 accept_overflows_syn=8
	sock drain "$fd" 2
	wire send S "$peer" 5000 1
	sock listen "$fd" 2
	wire send A "$peer" 5000 1
	wire send S "$peer" 6000 4
	check_counts "IPv$version: backlog 2 again has not for those that wait" "$dir" \
		syns=19 completions=6 accept_overflows_syn=12 \
		accept_overflows_ack=1
	listener_dir 8080
	check_eq "IPv$version: it has been the same entry" "$reply" "$was"
	check_exact "IPv$version: sums equal the kernel's counters"
	sock close "$fd"
	await gone "$dir"
done
finish
