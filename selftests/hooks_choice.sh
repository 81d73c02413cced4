#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The parameter hooks: by which method the kernel's functions are hooked, that each
# counts alike, and what happens where one cannot be had.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

enabled=/proc/sys/kernel/ftrace_enabled
port=1000

# Load with hooks=$1; the method that came of it is in $reply, "none" if the module
# has refused.
load()
{
	module_unload
	if modprobe tcpadvisor hooks="$1" 2>/dev/null; then
		get $sysfs/hooks
	else
		reply=none
	fi
}

# Of a full listener three SYNs are refused, and counted. $1 says when.
check_counting()
{
	listener "$any" 8080 2
	mib_mark
	wire to "$server" 8080
	handshakes $((port += 1000)) 3
	wire send S "$peer" $((port + 500)) 3
	check_counts "$1: counts" "$dir" \
		syns=6 completions=3 accept_overflows_syn=3
	check_exact "$1: sums equal the kernel's counters"
	sock close "$fd"
}

# That kprobes leave out calls is said. Where bottom halves do not take turns nothing
# is exact.
check_complete()
{
	local exact=1

	[ "$reply" = ftrace ] || exact=0
	! log | grep -q 'bottom halves of one CPU interleave' || exact=0
	get $sysfs/exact
	check_eq "$1: exact" "$reply" $exact
}

# check_method DESCRIPTION METHOD...: one of these it is, and it counts; or none.
check_method()
{
	local what=$1
	shift

	if [ "$reply" = none ]; then
		skip "$what: the method" "this kernel has it not"
		skip "$what: exact" "this kernel has it not"
		skip "$what: counts" "this kernel has it not"
		skip "$what: sums equal the kernel's counters" "this kernel has it not"
		return
	fi
	check "$what: the method is $reply" eval "[[ ' $* ' == *' $reply '* ]]"
	check_complete "$what"
	check_counting "$what"
}

plan 19
agents
family 4
load nonsense
check_eq "hooks=nonsense is refused" "$reply" none
check "and the log says what it wants" \
	eval "log | grep -q 'hooks: want auto, ftrace or kprobes'"
load ftrace
check_method "hooks=ftrace" ftrace
load kprobes
check_method "hooks=kprobes" kprobes
load auto
[ "$reply" != none ] || bail_out "the module does not load"
check_method "hooks=auto" ftrace kprobes

# It is the host's.
trap 'echo 1 >$enabled; module_restore' EXIT
module_unload
if ! { echo 0 >$enabled; } 2>/dev/null; then
	reply=none
	check_method "without ftrace"
	skip "and hooks=ftrace is refused" "ftrace cannot be switched off"
else
	load auto
	check_method "without ftrace" kprobes
	load ftrace
	check_eq "and hooks=ftrace is refused" "$reply" none
	echo 1 >$enabled
fi
finish
