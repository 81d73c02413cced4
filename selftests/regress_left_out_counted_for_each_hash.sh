#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: with network namespaces that have a hash of connections of their own
# (net.ipv4.tcp_child_ehash_entries), listeners without an entry were counted once
# more for each: eight in untracked/listeners for two.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

shown()
{
	local dirs=("$sysfs"/listeners/*/)

	[ ${#dirs[@]} = "$1" ]
}

plan 3
[ -e /proc/sys/net/ipv4/tcp_child_ehash_entries ] || skip_all "needs Linux 6.1"
module_load max_listeners=16 interval_ms=100
agent many many_agent
family 4
knob ipv4/tcp_child_ehash_entries 1024
for place in 1 2 3; do
	ip netns add own$place || bail_out "cannot make a namespace"
done
tell many open "$any" 8000 6
check "four have an entry" await shown 4
check "the two others are left out" await_value $sysfs/untracked/listeners 2
module_load max_listeners=16 interval_ms=100
check "and so when they were there before the load" \
	await_value $sysfs/untracked/listeners 2
for place in 1 2 3; do
	ip netns del own$place
done
finish
