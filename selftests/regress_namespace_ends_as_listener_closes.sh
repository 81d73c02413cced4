#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Network namespaces end while listeners close in another one: either has every
# CPU settle what it holds open, and did so through the same work items, which
# one of them initialized while the other's were queued. ROUNDS sets how many
# namespaces; a kernel with DEBUG_OBJECTS_WORK tells at the first.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

rounds=${ROUNDS:-60}

both()
{
	local pids=() pid seed

	for seed in 1 2; do
		unshare --net "$here/listener_storm" netns "$rounds" 2 1 $seed &
		pids+=($!)
	done >"$tmp/storm"
	"$here/listener_storm" here $((rounds * 8)) 2 1 3 >>"$tmp/storm" &
	pids+=($!)
	for pid in "${pids[@]}"; do
		wait "$pid" || return
	done
	ktap_print_msg "$(paste -sd' ' "$tmp/storm")"
}

plan 2
module_load interval_ms=100
check "$((2 * rounds)) namespaces end while listeners close" both
check "the listeners are all in closed/" \
	await_value $sysfs/closed/listeners $((rounds * 8))
finish
