#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Hours in small: connections and refusals at full speed and listeners that come
# and go, for SOAK_MINUTES. In the end every refusal is attributed, memory is
# where it was after the first tenth, and a turn of the sampler takes no longer.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

minutes=${SOAK_MINUTES:-20}
tracing=$tmp/tracing

# served PORT BACKLOG: a long one is accepted from.
served()
{
	listener "$any" "$1" "$2"
	[ "$2" -lt 100 ] || sock serve "$fd"
}

# Everything at once, for $1 seconds.
load()
{
	local pids=() pid

	"$here/syn_load" "$localhost" 8080 0 "$1" 0 >>"$tmp/attempts" &
	pids+=($!)
	"$here/syn_load" "$localhost" 8081 0 "$1" 1 >>"$tmp/attempts" &
	pids+=($!)
	"$here/listener_storm" here 100000000 50 10 1 >>"$tmp/churned" &
	pid=$!
	wait "${pids[@]}"
	kill $pid
	wait $pid
	await only_served
}

only_served()
{
	local dirs=("$sysfs"/listeners/*/)

	[ ${#dirs[@]} = 2 ]
}

# Duration in µs of the sampler's shortest turn in the trace: in a longer one it
# was interrupted, maybe the whole machine.
turns()
{
	reply=$(awk '/workqueue_execute_(start|end): .*turn_work/ {
			match($0, / [0-9]+\.[0-9]+:/)
			time = substr($0, RSTART, RLENGTH) + 0
			match($0, /-[0-9]+ /)
			who = substr($0, RSTART, RLENGTH)
			if (/_start: /) {
				began[who] = time
			} else if (who in began) {
				took = (time - began[who]) * 1e6
				if (!n++ || took < least)
					least = took
				delete began[who]
			}
		}
		END { printf "%d", least }' "$tracing/trace")
}

# From now on the trace has the turns of works, the sampler's among them.
trace()
{
	echo "$1" >"$tracing/events/workqueue/workqueue_execute_start/enable"
	echo "$1" >"$tracing/events/workqueue/workqueue_execute_end/enable"
}

in_use()
{
	slab_objects
	awk '/^(Percpu|VmallocUsed|KernelStack):/ { print $1, $2 }' /proc/meminfo
}

# Memory in use, into file $1, but what is only cached.
memory()
{
	echo 3 >/proc/sys/vm/drop_caches
	least in_use >"$1"
}

# By a tenth and more than 300: a leak of one in a connection, a listener or a
# turn of the sampler is that.
growth()
{
	join "$tmp/before" "$tmp/after" |
		awk '$3 > $2 * 1.1 && $3 > $2 + 300 { print $1 ": " $2 " -> " $3 }'
}

# How many connections there were so far.
attempts()
{
	reply=$(awk -F= '{ sum += $2 } END { print sum + 0 }' "$tmp/attempts")
}

plan 6
mkdir "$tracing"
mount -t tracefs tracefs "$tracing" || skip_all "needs tracefs"
[ -d "$tracing/events/workqueue" ] || skip_all "needs the events of workqueues"
trap 'trace 0; module_restore' EXIT
family 4
module_load
agent sock sock_agent
served 8080 128
served 8081 4
mib_mark
trace 1
load $((minutes * 6))
turns
first=$reply
memory "$tmp/before"
attempts
early=$reply
for ((i = 0; i < minutes; i++)); do
	echo >"$tracing/trace"
	load 54
done
turns
last=$reply
trace 0
attempts
ktap_print_msg "iterations=$reply connections asked for, $early of them in the first tenth"
ktap_print_msg "the sampler's shortest turn took $first µs at first, $last at last"
check "there were connections all the time" [ "$reply" -gt $((early * 3)) ]
check_exact "sums equal the kernel's counters"
check "a turn of the sampler takes no longer" [ "$last" -le $((first * 2 + 1000)) ]
memory "$tmp/after"
ktap_print_msg "$(growth)"
check_eq "no memory grew" "$(growth)" ""
get $sysfs/closed/listeners
ktap_print_msg "$reply listeners came and went"
check "listeners came and went" [ "$reply" -gt $((minutes * 60)) ]
check "turns of the sampler were seen" [ "$first" -gt 0 -a "$last" -gt 0 ]
finish
