#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Listeners come and go, SO_REUSEPORT groups grow and shrink, all in a flood:
# each ends up in closed/, each refusal is attributed, also when the table was
# full for a while. LISTENERS sets how many are opened; a fifth of them again
# where the table is too small.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

listeners=${LISTENERS:-500}
# Where the hook may not allocate, a burst may find no more spare entries than these
# (entry.c), and whoever is gone before the next scan never has one.
fewest=$listeners
[ ! -e /sys/kernel/realtime ] || fewest=128

flood_begin()
{
	local port

	flood=()
	for port in 20000 20001; do
		nice "$here/syn_load" "$localhost" $port 0 1200 1 >/dev/null &
		flood+=($!)
	done
}

flood_end()
{
	kill "${flood[@]}"
	wait "${flood[@]}" 2>/dev/null
}

# Two that open $1 listeners each, at most 300 at a time on 40 ports.
churn()
{
	local pids=() pid seed

	for seed in 1 2; do
		"$here/listener_storm" here "$1" 300 40 $seed >"$tmp/churn$seed" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || return
	done
	ktap_print_msg "$(cat "$tmp"/churn*)"
}

closed_enough()
{
	local n

	n=$(<$sysfs/closed/listeners)
	[ "$n" -ge "$fewest" ] && [ "$n" -le "$listeners" ]
}

none_left()
{
	[ -z "$(ls $sysfs/listeners)" ]
}

# As after $1 listeners in a table that holds $2
check_churn()
{
	mib_mark
	flood_begin
	check "$1 listeners come and go, $2 fit" churn $(($1 / 2))
	flood_end
	check "none is left" await none_left
}

plan 12
ulimit -n 4096
family 4
module_load interval_ms=100
# No more than there are spare entries.
check_churn 100 16384
check "all of them are in closed/" await_value $sysfs/closed/listeners 100
check_exact "sums equal the kernel's counters"
module_load interval_ms=100
check_churn "$listeners" 16384
check "all of them that had an entry, $fewest at least, are in closed/" await closed_enough
check_exact "sums equal the kernel's counters"
module_load interval_ms=100 max_listeners=200
check_churn $((listeners / 5)) 50
check_exact "sums equal the kernel's counters, with and without an entry"
check "none counts as left out any more" await_value $sysfs/untracked/listeners 0
finish
