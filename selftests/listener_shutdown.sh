#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# shutdown(2) ends a listener as close(2) does; if the socket listens again, at
# once even, it has an entry again, of the same name, that starts from 0.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# Shown afresh, not still: what it counts is 0.
is_new()
{
	value_is "$dir/backlog" "$1" && value_is "$dir/syns" 0
}

plan 9
module_load
agents
mib_mark
family 4
listener "$any" 8080 4
wire to "$server" 8080
handshakes 1000 2
sock shutdown "$fd"
check "shutdown(2) ends the entry" await gone "$dir"
check_counts "and its counts are among the closed" $sysfs/closed \
	syns=2 completions=2
get $sysfs/closed/aborted
check_eq "with those who were not accepted" "$reply" 2
sock listen "$fd" 6
check "listen(2) makes a new one" await is_new 6
handshakes 2000 3
sock shutdown "$fd"
sock listen "$fd" 8
check "so it does right after shutdown(2)" await is_new 8
value_is "$dir/backlog_requested" 8
check_eq "and says what was asked for" "$reply" 8
wire send S "$peer" 3000 1
check_counts "and counts" "$dir" syns=1
get $sysfs/closed/listeners
check_eq "two are closed" "$reply" 2
check_exact "sums equal the kernel's counters"
finish
