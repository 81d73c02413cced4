#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each member of an SO_REUSEPORT group counts what came to it.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

round=0
plan 8
module_load
agents
mib_mark
for version in 4 6; do
	family $version
	dirs=() fds=()
	for member in 1 2 3; do
		listener "$any" 8080 3 reuseport=1
		dirs+=("$dir")
		fds+=("$fd")
	done
	wire to "$server" 8080
	handshakes 1000 60
	syns=0 whole=0
	for dir in "${dirs[@]}"; do
		get "$dir/syns"
		syns=$((syns + reply))
		get "$dir/completions"
		[ "$reply" != 4 ] || whole=$((whole + 1))
	done
	check_eq "IPv$version: sixty SYNs came to three members" $syns 60
	check_eq "IPv$version: each member filled its own queue" $whole 3
	sum accept_overflows_syn accept_overflows_ack
	check_eq "IPv$version: the others were refused" "$reply" $((48 * ++round))
	check_exact "IPv$version: sums equal the kernel's counters"
	for fd in "${fds[@]}"; do
		sock close "$fd"
	done
	await_value $sysfs/closed/listeners $((3 * round))
done
finish
