#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the kernel refuses where no probe is (a SYN to a broadcast address) is no
# listener's: it shows in residual/ and nowhere else.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

plan 5
module_load
agents
mib_mark
family 4
listener "$any" 8080 8
wire to 192.0.2.255 8080
wire send S "$peer" 1000 3
mib_read
mib_delta ListenDrops
check_eq "the kernel dropped three SYNs to a broadcast address" "$reply" 3
check_counts "the listener has none of them" "$dir"
get $sysfs/residual/ListenDrops
check_eq "residual/ListenDrops has them" "$reply" 3
get $sysfs/residual/ListenOverflows
check_eq "residual/ListenOverflows has not" "$reply" 0
wire to "$server" 8080
handshakes 1000 2
check_counts "the listener goes on counting" "$dir" syns=2 completions=2
finish
