#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every file is read, polled and written in ways nobody means, under load and
# while the module comes and goes: nothing but parameters can be changed, and
# these stay in their range. STORM_SECONDS and RELOADS set how long and often,
# PAUSE the microseconds that each of them rests between two acts: loads wait a
# lot, and on a slow machine all they wait for would be the storm.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

seconds=${STORM_SECONDS:-4}
reloads=${RELOADS:-4}
export PAUSE=${PAUSE:-0}
parameters=/sys/module/tcpadvisor/parameters
# Where other files than ours could be written, nothing is.
trees=("$sysfs" "$parameters")

# storm SECONDS KIND...: all at once, until storm_end or SECONDS are over
storm()
{
	local kind seconds=$1
	shift

	storms=()
	for kind; do
		nice "$here/file_storm" "$kind" "$seconds" ${#storms[@]} \
			"${trees[@]}" >"$tmp/$kind" &
		storms+=($!)
	done
}

storm_end()
{
	wait "${storms[@]}" && ktap_print_msg "$(grep -H . "$tmp"/{read,poll,write})"
}

# As it was written to: $1 is the parameter, from $2 to $3.
in_range()
{
	get $parameters/"$1"
	check "$1 is in its range" [ "$reply" -ge "$2" -a "$reply" -le "$3" ]
}

reload()
{
	"$here/reload" "$(modinfo -n tcpadvisor)" "$reloads" interval_ms=100 \
		>"$tmp/reload" && ktap_print_msg "$(cat "$tmp/reload")"
}

# Refusals on the listener until load_end.
load_begin()
{
	nice "$here/syn_load" -p "$PAUSE" "$localhost" 8080 0 3000 1 >/dev/null &
	load=$!
}

load_end()
{
	kill $load
	wait $load 2>/dev/null
}

plan 6
family 4
module_load interval_ms=100
agent sock sock_agent
listener "$any" 8080 4
sock serve "$fd" late
mib_mark
load_begin
storm "$seconds" read poll write
check "$seconds seconds of reads, polls and writes" storm_end
load_end
in_range interval_ms 100 1000
in_range window_s 5 3600
check_exact "sums equal the kernel's counters"
module_unload
load_begin
storm 3000 read poll write
check "$reloads loads and unloads among them" reload
kill "${storms[@]}"
check "they go on to the end" storm_end
load_end
finish
