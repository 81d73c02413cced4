#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A listener beyond what its namespace may have of max_listeners (a quarter) has no
# entry, but its counts are not lost: they are in untracked/, until there is room and
# it gets an entry.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

plan 10
module_load max_listeners=16 interval_ms=100
agents
mib_mark
family 4
listener "$any" 8081 1
first=$fd
get $sysfs/untracked/listeners
[ "$reply" = 0 ] || skip_all "needs a host with few listeners"
for port in 8082 8083 8084; do
	listener "$any" $port 1
done
sock socket 4
fd=$reply
sock bind "$fd" "$any" 8085
sock listen "$fd" 1
check "a fifth listener is left out, and counted" \
	await_value $sysfs/untracked/listeners 1
check "it has no entry" eval '! listener_dir 8085'
wire to "$server" 8085
handshakes 1000 2
wire send S "$peer" 2000 4
check_counts "what happens to it is untracked" $sysfs/untracked \
	syns=6 completions=2 accept_overflows_syn=4
check_exact "sums equal the kernel's counters"
wire to "$server" 8084
handshakes 1000 2
check_counts "a listener with an entry is not" "$dir" syns=2 completions=2
sock close "$first"
check "it has an entry once there is room" await listener_dir 8085
dir=$reply
check "and is not left out any more" await_value $sysfs/untracked/listeners 0
wire to "$server" 8085
wire send S "$peer" 3000 4
check_counts "what happens now is its own" "$dir" syns=4 accept_overflows_syn=4
check_exact "sums equal the kernel's counters with the entry"
# All of one place in the kernel's hash.
for _ in {1..150}; do
	sock socket 4
	fd=$reply
	sock set "$fd" reuseport 1
	sock bind "$fd" "$any" 8086
	sock listen "$fd" 1
done
sock close "$fd"
check "of a large group each that is left out is counted" \
	await_value $sysfs/untracked/listeners 149
finish
