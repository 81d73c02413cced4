#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: network namespaces in which connect(2) had once found no port, and
# nothing happened any more, had the sampler judge their ports at each tick: with
# 500 of them two seconds, so that a user took a CPU.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

few=50
many=500
holders=()

# $1 namespaces more that lack ports once
hold()
{
	"$here/idle_netns" "$1" lacking >"$tmp/made$1" &
	holders+=($!)
	patience=300 await grep -qs made "$tmp/made$1"
}

# A tick takes at most $1 microseconds, in the end.
quick()
{
	sampler_tick
	[ "$reply" -le "$1" ]
}

held()
{
	kill -0 "${holders[@]}"
}

plan 4
module_load interval_ms=100
check "$few namespaces lack ports once" hold $few
sampler_tick
sampler_tick
with_few=$reply
check "and $many do" hold $((many - few))
check "a tick takes at most thrice as long then, in the end" \
	await quick $((with_few * 3))
ktap_print_msg "$with_few us with $few, $reply us with $many"
check "they are held all the while" held
kill "${holders[@]}"
wait "${holders[@]}" 2>/dev/null
finish
