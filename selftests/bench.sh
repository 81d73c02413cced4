#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What tcpadvisor costs, each against its budget, which is a result of its own.
#
# usage: bench.sh time | memory
#
# `time` wants `vm run --icount`, where a nanosecond of the guest is one
# instruction; that does not see cache misses. What is compared runs in one
# guest, in network namespaces that have never been used, the kernel alone
# before and after; of several runs the shortest counts, and of what is repeated
# within a run the median, which no timer and no turn of the sampler moves.
# `memory` wants two CPUs. Not run by default; `make bench` does.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

runs=5
many=10000
tracing=$tmp/tracing

# A new namespace: its name is in $place.
place_nr=0
place_new()
{
	place=bench$((++place_nr))
	if ! ip netns add $place || ! ip -n $place link set lo up; then
		bail_out "cannot make a namespace"
	fi
}

# shortest COUNT [OPTION]...: of churn; nanoseconds for one of COUNT in a batch in
# $reply
shortest()
{
	local count=$1 best='' run line

	shift
	for ((run = 0; run < runs; run++)); do
		place_new
		line=$(ip netns exec $place "$here/churn" -n 100 "$localhost" 8080 &&
			ip netns exec $place "$here/churn" "$@" "$localhost" 8080) ||
			bail_out "churn: $line"
		line=${line##*median=}
		[ -n "$best" ] && [ "$best" -le "$line" ] || best=$line
	done
	reply=$((best / count))
}

# compare COMMAND...: its $reply without the module, with it and without again:
# the mean of the first and the last into $base, the other into $with.
compare()
{
	local before

	module_unload || bail_out "cannot unload the module"
	"$@"
	before=$reply
	module_load
	"$@"
	with=$reply
	module_unload || bail_out "cannot unload the module"
	"$@"
	base=$(((before + reply) / 2))
	ktap_print_msg "without $before and $reply, with $with instructions"
}

# within WHAT MEASURED BUDGET UNIT: both in hundredths of UNIT
within()
{
	local told

	told=$(awk -v m="$2" -v b="$3" -v u="$4" \
		'BEGIN { printf "%.2f%s, budget %.2f%s", m / 100, u, b / 100, u }')
	if [ "$2" -le "$3" ]; then
		result pass "$1: $told: within"
	else
		result fail "$1: $told: over"
	fi
}

# What $with is above $base, in hundredths of a percent.
above()
{
	reply=$(((with - base) * 10000 / base))
}

bench_connection()
{
	compare shortest 1 -n 1000
	above
	within "a connection, from connect to both closes" $reply 100 %
	added=$((with - base))
}

bench_data()
{
	compare shortest 10000 -n 1 -p 10000
	above
	within "a byte there and back" $reply 10 %
}

# The flood's SYNs come by the wire, to a queue that is full and stays so.
syns()
{
	local begin best='' run

	for ((run = 0; run < runs; run++)); do
		begin=${EPOCHREALTIME/./}
		wire flood "$peer" 1024 2000
		reply=$((${EPOCHREALTIME/./} - begin))
		[ -n "$best" ] && [ "$best" -le "$reply" ] || best=$reply
	done
	reply=$((best * 1000 / 2000))
}

bench_flood()
{
	agents
	family 4
	sock socket 4
	fd=$reply
	sock bind "$fd" "$any" 80
	sock listen "$fd" 0
	wire to "$server" 80
	handshakes 1000 1
	syns
	compare syns
	above
	within "a SYN refused in a flood" $reply 500 %
}

# Mean µs of the sampler's turns in the trace, which there are some of.
turns()
{
	reply=$(awk '/workqueue_execute_(start|end): .*tick_work/ {
			match($0, / [0-9]+\.[0-9]+:/)
			time = substr($0, RSTART, RLENGTH) + 0
			if (/_start: /) {
				began = time
			} else if (began) {
				sum += time - began
				n++
				began = 0
			}
		}
		END { if (n > 4) printf "%d", sum * 1e6 / n }' "$tracing/trace")
	[ -n "$reply" ]
}

bench_sampler()
{
	local end

	mkdir -p "$tracing"
	mount -t tracefs tracefs "$tracing" || bail_out "no tracefs"
	for end in start end; do
		echo 1 >"$tracing/events/workqueue/workqueue_execute_$end/enable"
	done
	await turns || bail_out "the sampler does not turn"
	for end in start end; do
		echo 0 >"$tracing/events/workqueue/workqueue_execute_$end/enable"
	done
	within "the sampler at $many listeners and 10^9 instructions a second" \
		$((reply / 100)) 100 %
}

all_shown()
{
	local dirs=("$sysfs"/listeners/*/)

	[ ${#dirs[@]} -ge "$1" ]
}

# Nanoseconds for a look at recommend.
read_recommend()
{
	local begin best='' run

	for ((run = 0; run < 10; run++)); do
		begin=${EPOCHREALTIME/./}
		mapfile -t lines <$sysfs/recommend
		reply=$((${EPOCHREALTIME/./} - begin))
		[ -n "$best" ] && [ "$best" -le "$reply" ] || best=$reply
	done
	reply=$((best * 1000))
}

# What depends on how many listeners there are; $added is known.
bench_many()
{
	local one

	module_load
	read_recommend
	one=$reply
	module_unload || bail_out "cannot unload the module"
	sock crowd "$any" 20000 $many
	shortest 1 -n 1000
	base=$reply
	module_load
	await all_shown $many || bail_out "not all listeners are shown"
	bench_sampler
	read_recommend
	within "reading recommend at $many listeners, to one" \
		$((reply * 100 / one)) 200 ""
	shortest 1 -n 1000
	ktap_print_msg "without $base, with $reply instructions"
	within "its part of a connection at $many listeners, to one" \
		$(((reply - base) * 100 / added)) 105 ""
}

# Bytes of slab and per-CPU memory in use.
memory()
{
	echo 3 >/proc/sys/vm/drop_caches
	slabs_shrink
	slab=$(awk '/^Slab:/ { print $2 * 1024 }' /proc/meminfo)
	percpu=$(awk '/^Percpu:/ { print $2 * 1024 }' /proc/meminfo)
}

bench_memory()
{
	local slab_base percpu_base

	family 4
	agent sock sock_agent
	sock crowd "$any" 20000 $many
	module_unload
	memory
	slab_base=$slab percpu_base=$percpu
	module_load
	await all_shown $many || bail_out "not all listeners are shown"
	memory
	slab=$(((slab - slab_base) / many))
	percpu=$(((percpu - percpu_base) / many))
	ktap_print_msg "$slab bytes of slab, $percpu per-CPU on $(nproc) CPUs"
	within "bytes for a listener" $(((slab + percpu) * 100)) 409600 ""
}

family 4
case ${1-} in
time)
	plan 6
	bench_connection
	bench_data
	bench_flood
	bench_many
	;;
memory)
	plan 1
	bench_memory
	;;
*)
	bail_out "usage: bench.sh time | memory"
	;;
esac
finish
