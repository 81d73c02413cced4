#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Network namespaces come and go with listeners inside while others come and go
# in this one and refuse connections: nothing is lost here, and the module can
# be unloaded in the middle of it. NAMESPACES sets how many.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

namespaces=${NAMESPACES:-30}

# $1 namespaces and as many listeners here, at the same time.
churn()
{
	local pids=() pid

	nice "$here/syn_load" "$localhost" 20000 0 1200 0 >/dev/null &
	flood=$!
	unshare --net "$here/listener_storm" netns "$1" 6 4 1 >"$tmp/netns" &
	pids+=($!)
	"$here/listener_storm" here $(($1 * 4)) 20 3 2 >"$tmp/here" &
	pids+=($!)
	for pid in "${pids[@]}"; do
		wait "$pid" || return
	done
	ktap_print_msg "$(cat "$tmp/netns" "$tmp/here")"
}

# The storm is in a namespace of its own making.
away()
{
	[ ! "/proc/$storm/ns/net" -ef /proc/self/ns/net ]
}

flood_end()
{
	kill "$flood"
	wait "$flood" 2>/dev/null
}

plan 5
family 4
module_load interval_ms=100
mib_mark
check "$namespaces namespaces and $((namespaces * 4)) listeners here" churn "$namespaces"
flood_end
check "the listeners here are all in closed/" \
	await_value $sysfs/closed/listeners $((namespaces * 4))
check_exact "sums equal the kernel's counters"
unshare --net "$here/listener_storm" netns 1000000 6 4 3 >/dev/null &
storm=$!
await away
check "the module unloads while namespaces come and go" module_unload
check "and loads again" modprobe tcpadvisor
kill "$storm"
wait "$storm" 2>/dev/null
finish
