#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: while listeners were opened and closed all the time, making a network
# namespace took nine times as long as without the module: it waited for two RCU
# grace periods, for a work on each CPU and for directories to go. ROUNDS sets how
# often a namespace is made.
#
# There is a pause after each listener, so that a CPU is free: what is seen is who
# waits, not who works.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

rounds=${ROUNDS:-41}

storm_begin()
{
	"$here/listener_storm" here 100000000 20 4 1 2000 >/dev/null &
	storm=$!
}

storm_end()
{
	kill "$storm"
	wait "$storm" 2>/dev/null
}

# Microseconds that a namespace takes, in the middle of $rounds; in $reply
median()
{
	local i begin

	for ((i = 0; i < rounds; i++)); do
		begin=${EPOCHREALTIME/./}
		unshare --net true || bail_out "cannot make a namespace"
		echo $((${EPOCHREALTIME/./} - begin))
	done >"$tmp/times"
	reply=$(sort -n "$tmp/times" | sed -n "$(((rounds + 1) / 2))p")
}

plan 1
family 4
module_unload || bail_out "cannot unload the module"
storm_begin
median
median
without=$reply
module_load
median
with=$reply
module_unload || bail_out "cannot unload the module"
median
storm_end
[ "$reply" -lt "$without" ] || without=$reply
ktap_print_msg "iterations=$rounds without $without us, with $with us"
check "making a namespace takes as long as without, by half of that more at most" \
	[ $((with * 2)) -le $((without * 3)) ]
finish
