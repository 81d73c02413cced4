#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two listeners, one with a full SYN queue and one with a full accept queue. The
# first one's client is interrupted all the time, on its own CPU, by that of the
# second, which has a realtime priority. On PREEMPT_RT this stops the kernel in
# the middle of a SYN. None of the refusals of one is taken for the other's, as
# `exact` promises.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

rounds=${ROUNDS:-4}

# The first listener's SYN queue, with requests that nobody finishes, is full
# enough most of the time.
occupy()
{
	family "$1"
	listener "$any" 8080 16
	busy=$fd busy_dir=$dir
	wire to "$server" 8080
	wire send S "$peer" 1000 17
	listener "$any" 8081 2
	full=$fd full_dir=$dir
	wire to "$server" 8081
	handshakes 2000 3
	counts "$full_dir"
	check_eq "IPv$1: an accept queue is full" "$reply" "syns=3 completions=3"
	sock serve "$busy"
}

# Four clients, a slow and an urgent one on each CPU.
storm()
{
	local round slow

	for ((round = 0; round < rounds; round++)); do
		"$here/syn_load" "$localhost" 8080 1500 60 0 1 >"$tmp/slow" &
		slow=$!
		chrt -f 10 "$here/syn_load" -p 300 "$localhost" 8081 1000 60 0 1 \
			>"$tmp/urgent"
		wait $slow
	done
}

# The full listener has refused each SYN, as it had to, and nothing else.
check_apart()
{
	local syns overflows

	counts "$busy_dir"
	ktap_print_msg "IPv$1, SYN queue full: $reply"
	counts "$full_dir"
	ktap_print_msg "IPv$1, accept queue full: $reply"
	get "$full_dir/syns"
	syns=$reply
	get "$full_dir/accept_overflows_syn"
	overflows=$reply
	check "IPv$1: there was something to mistake" [ "$syns" -gt 100 ]
	check_eq "IPv$1: the one refused each SYN for its accept queue" \
		"$((overflows + 3))" "$syns"
	counts "$full_dir"
	check_eq "IPv$1: and none for anything else" "$reply" \
		"syns=$syns completions=3 accept_overflows_syn=$overflows"
}

# Only on PREEMPT_RT may the module say that it is not exact.
promised()
{
	get $sysfs/hooks
	[ "$reply" = ftrace ] || skip_all "needs hooks by ftrace: kprobes leave out calls"
	get $sysfs/exact
	[ "$reply" = 1 ] || [[ $(uname -v) == *PREEMPT_RT* ]] ||
		bail_out "exact is $reply on a kernel without PREEMPT_RT"
	[ "$reply" = 1 ] || skip_all "needs CONFIG_PREEMPT_RT_NEEDS_BH_LOCK"
}

plan 10
[ "$(nproc)" -ge 2 ] || skip_all "needs 2 CPUs"
chrt -f 10 true 2>/dev/null || skip_all "needs chrt and realtime priorities"
module_load
promised
agents
mib_mark
knob ipv4/tcp_syncookies 0
for version in 4 6; do
	occupy $version
	storm
	sock rest
	check_exact "IPv$version: sums equal the kernel's counters"
	check_apart $version
	sock close "$busy"
	sock close "$full"
done
finish
