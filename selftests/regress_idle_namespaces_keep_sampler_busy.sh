#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: network namespaces in which connect(2) had once found no port, or that
# held the few ports there were, and nothing happened any more, had the sampler judge
# their ports at each tick: with 500 of them two seconds, so that a user took a CPU.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

namespaces=500
interval_ms=100

# $1 namespaces of kind $2
hold()
{
	rm -f "$tmp/made"
	"$here/idle_netns" "$1" "$2" >"$tmp/made" &
	holder=$!
	patience=300 await grep -qs made "$tmp/made"
}

let_go()
{
	kill "$holder"
	wait "$holder" 2>/dev/null
}

# A tick, if nothing prolongs it, takes at most $1 times as long as before, beside what is
# for counting and for judging ports: a hundredth of the time each (ports_queue.h).
quick()
{
	sampler_tick
	[ "$least" -le $((before * $1 + 2 * interval_ms * 1000 / 100)) ]
}

# In the end: what is new in them is looked at first.
settled()
{
	patience=20 await quick "$1"
}

ulimit -n 8192 || skip_all "needs 8192 descriptors"
plan 7
module_load interval_ms=$interval_ms
sampler_tick
sampler_tick
before=$least
check "$namespaces namespaces lack ports once" hold $namespaces lacking
# Some of them are looked at in each tick; all of them would take 500 times as long.
check "a tick takes hardly longer than without, in the end" settled 30
ktap_print_msg "$before us without, $least us with them"
check "they are held all the while" kill -0 "$holder"
let_go

# In each tick the ports of some are counted, and judged, of which there are few.
check "two namespaces hold all ports they have" hold 2 holding
sampler_tick
sampler_tick
before=$least
let_go
check "$namespaces do" hold $namespaces holding
check "a tick takes hardly longer than with two" settled 5
ktap_print_msg "$before us with two, $least us with $namespaces"
check "they are held all the while" kill -0 "$holder"
let_go
finish
