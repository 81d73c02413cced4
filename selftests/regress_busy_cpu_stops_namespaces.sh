#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: when a listener was closed while a real-time task kept some CPU to
# itself, no network namespace could be made or end, and no listener was shown or
# removed, until that task ended. (On isolated CPUs that may be never.)

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# The CPU is the task's alone: no share is kept for others.
own_cpu()
{
	throttling=$(sysctl -n kernel.sched_rt_runtime_us)
	sysctl -q -w kernel.sched_rt_runtime_us=-1 || return
	[ ! -e "$share" ] || { get "$share" && shared=$reply && echo 0 >"$share"; }
}

# A kernel may refuse to throttle again; it is not for the test to insist.
give_back()
{
	[ ! -e "$share" ] || echo "$shared" >"$share"
	sysctl -q -w kernel.sched_rt_runtime_us="$throttling" 2>/dev/null || true
}

hog_begin()
{
	rm -f "$tmp/hogging"
	taskset -c "$cpu" chrt -f 50 sh -c "touch $tmp/hogging; while :; do :; done" &
	hog=$!
	await [ -e "$tmp/hogging" ]
}

hogging()
{
	local state

	read -r _ _ state _ <"/proc/$hog/stat" && [ "$state" = R ]
}

hog_end()
{
	kill "$hog"
	wait "$hog" 2>/dev/null
}

# in_the_end COMMAND...: it is done before the hog ends, however it may hang.
in_the_end()
{
	rm -f "$tmp/done"
	{ "$@" && touch "$tmp/done"; } &
	late+=($!)
	await [ -e "$tmp/done" ]
}

namespace_begins()
{
	unshare --net true
}

# The peer of its device is gone when a namespace's end is over.
namespace_ends()
{
	ip netns add place && ip link add near type veth peer name far netns place &&
		ip netns del place && await gone /sys/class/net/near
}

# Whether the kernel itself ends a namespace beside such a task; 6.1 on arm64 does not.
kernel_can()
{
	local rc=0

	hog_begin
	patience=20 in_the_end namespace_ends || rc=1
	hog_end
	wait "${late[@]}"
	late=()
	return $rc
}

plan 6
late=()
cpu=$(($(nproc) - 1))
[ "$cpu" -gt 0 ] || skip_all "needs 2 CPUs"
[ -d "$tmp/debug/sched" ] || skip_all "needs debugfs"
modprobe -n -q dummy || skip_all "needs the module dummy"
modprobe dummy
share=$tmp/debug/sched/fair_server/cpu$cpu/runtime
family 4
taskset -p -c 0 $$ >/dev/null
module_unload
own_cpu || skip_all "real-time tasks are throttled"
kernel_can || cannot=y
give_back
[ -z "${cannot-}" ] || skip_all "this kernel ends no namespace beside a real-time task"
module_load interval_ms=100
agents
# On every CPU the last call was one that refused for this listener.
listener "$any" 8080 0
refusing=$fd
for ((c = 0; c <= cpu; c++)); do
	taskset -p -c "$c" "${agent_pid[wire]}" >/dev/null
	wire to "$server" 8080
	handshakes $((1000 + 100 * c)) 1
	wire send S "$peer" $((2000 + 100 * c)) 2
done
taskset -p -c 0 "${agent_pid[wire]}" >/dev/null
counts "$dir"
told=$reply
own_cpu
hog_begin
sock close "$refusing"
check "a listener that closes is removed" await gone "$dir"
check_counts "what it counted is in closed/" $sysfs/closed "$told"
check "a namespace is made" in_the_end namespace_begins
check "another ends" in_the_end namespace_ends
check "another module can be unloaded" in_the_end rmmod dummy
check "all that on a CPU beside one that does nothing else" hogging
hog_end
give_back
wait "${late[@]}"
finish
