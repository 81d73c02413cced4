#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What tcpadvisor costs, each against its budget, which is a result of its own.
#
# usage: bench.sh time [connection | histograms | data | flood | recorded | trace | cookies | many
#                 | kprobes]...
#                 | sampler | timewaits | locks | memory | crowd | tool | throughput | peers
#
# All but `memory` and `crowd` want `vm run --icount`, where a nanosecond of the guest is one
# instruction; that does not see cache misses. What is compared runs in one
# guest, in network namespaces that have never been used, the kernel alone
# before and after; of several runs the shortest counts, and of what is repeated
# within a run the median, which no timer and no turn of the sampler moves.
# `memory` and `crowd` want two CPUs; `memory` takes any number of possible ones
# (`vm run --append possible_cpus=256`, before 6.9) and says what it would be with 256
# and 512.
# Not run by default; `make bench` does.

# The initial namespace, before lib.sh leaves it.
[ -n "${TCPADVISOR_TEST_PLACE-}" ] || exec 9</proc/self/ns/net

. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$here/ticks.sh"
. "$here/memory.sh"
. "$here/peers.sh"
. "$here/crowd.sh"
. "$here/tracefs.sh"
. "$here/locks.sh"

runs=5
many=10000

# A new namespace: its name is in $place.
place_nr=0
place_new()
{
	place=bench$((++place_nr))
	if ! ip netns add $place || ! ip -n $place link set lo up; then
		bail_out "cannot make a namespace"
	fi
}

# They end, and with them their TIME_WAITs, which would make the kernel's chains longer
# for what is measured next, and are counted by the sampler.
places_end()
{
	while ((place_nr > 0)); do
		ip netns del bench$((place_nr--))
	done
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
	places_end
}

# What the module is loaded with while something is measured.
load_with=()

# compare COMMAND...: its $reply without the module into $base, with it into $with. What
# it is without drifts by some tens, so the mean of those before and after is compared;
# three times, of which the least difference counts, for what disturbs only adds. Into $old
# that with the module of another revision, the file $TCPADVISOR_AGAINST, if there is one.
compare()
{
	local before loaded after round

	base=0
	with=0
	module_unload || bail_out "cannot unload the module"
	"$@"
	for round in 1 2 3; do
		before=$reply
		module_load "${load_with[@]}"
		"$@"
		loaded=$reply
		module_unload || bail_out "cannot unload the module"
		"$@"
		after=$reply
		ktap_print_msg "without $before and $after, with $loaded instructions"
		if [ $round = 1 ] || ((loaded - (before + after) / 2 < with - base)); then
			base=$(((before + after) / 2))
			with=$loaded
		fi
	done
	if [ -n "${TCPADVISOR_AGAINST-}" ]; then
		insmod "$TCPADVISOR_AGAINST" "${load_with[@]}" || bail_out "cannot load it"
		"$@"
		old=$reply
		module_unload || bail_out "cannot unload the module"
	fi
}

# amount HUNDREDTHS UNIT: as it is printed
amount()
{
	awk -v h="$1" -v u="$2" 'BEGIN {
		h = sprintf("%.2f", h / 100)
		sub(/\.00$/, "", h)
		print h u
	}'
}

# within WHAT MEASURED BUDGET UNIT [OF]: both in hundredths of UNIT; scripts/performance
# makes a row of it, so that WHAT has to say all
within()
{
	local told

	told="$(amount "$2" "$4")${5-}, budget $(amount "$3" "$4")"
	if [ "$2" -le "$3" ]; then
		result pass "$1: $told: within"
	else
		result fail "$1: $told: over"
	fi
}

# say WHAT MEASURED UNIT [OF]: has no budget; in hundredths of UNIT
say()
{
	result pass "$1: $(amount "$2" "$3")${4-}, no budget"
}

# added WHAT [BUDGET]: what $with is above $base, in hundredths of a percent
added()
{
	local more=$(((with - base) * 10000 / base)) of=" of $base instructions"

	if [ -n "${old-}" ]; then
		of=" (before: $(amount $(((old - base) * 10000 / base)) " %"))$of"
		old=
	fi
	if [ $# -gt 1 ]; then
		within "$1" $more "$2" " %" "$of"
	else
		say "$1" $more " %" "$of"
	fi
}

bench_connection()
{
	local version

	for version in 6 4; do
		family $version
		compare shortest 1 -n 1000
		added "a connection over IPv$version, from connect to both closes" 55
	done
	part_of_one=$((with - base))
}

# What histograms add to that, opted in for every listener.
bench_histograms()
{
	module_load
	shortest 1 -n 1000
	base=$reply
	module_load histograms=64
	shortest 1 -n 1000
	with=$reply
	module_unload || bail_out "cannot unload the module"
	ktap_print_msg "with the module $base, with histograms $with instructions"
	added "histograms, on top of the module, a connection over IPv4" 50
}

bench_data()
{
	compare shortest 10000 -n 1 -p 10000
	added "a byte there and back on an open connection" 10
}

# The flood's SYNs come by the wire, and what they are answered goes there.
syns()
{
	local begin took best='' run

	for ((run = 0; run < runs; run++)); do
		begin=${EPOCHREALTIME/./}
		wire flood "$peer" 1024 2000
		took=$((${EPOCHREALTIME/./} - begin))
		wire read
		[ -n "$best" ] && [ "$best" -le "$took" ] || best=$took
	done
	reply=$((best * 1000 / 2000))
}

# flooded VERSION BACKLOG: a listener that the wire sends to
flooded()
{
	[ -n "${agent_pid[wire]-}" ] || agents
	ip link set wire0 txqueuelen 4000
	family "$1"
	sock socket "$1"
	fd=$reply
	sock set "$fd" reuseaddr 1
	sock bind "$fd" "$any" 80
	sock listen "$fd" "$2"
	wire to "$server" 80
}

# To a queue that is full and stays so.
bench_flood()
{
	local version

	for version in 4 6; do
		flooded $version 0
		handshakes 1000 1
		syns
		compare syns
		added "a SYN over IPv$version refused in a flood" 180
		sock close "$fd"
	done
}

# The same on the average, over so many that what goes on for a moment does not matter.
many_syns()
{
	local begin=${EPOCHREALTIME/./} i

	for ((i = 0; i < 75; i++)); do
		wire flood "$peer" 1024 2000
		wire read
	done
	reply=$(((${EPOCHREALTIME/./} - begin) * 1000 / 75 / 2000))
}

something_recorded()
{
	sed '1,2d; s/ *$//' "$sysfs/tables/loss_curves" | grep -q .
}

# A queue that fills up under the eyes of the module, which records who comes, until it
# sees that this is a flood.
bench_recorded()
{
	flooded 4 0
	handshakes 3000 1
	many_syns
	base=$reply
	sock close "$fd"
	module_load
	flooded 4 0
	# Whom nobody can see yet is not recorded.
	await all_shown 1 || bail_out "the listener is not shown"
	handshakes 4000 1
	# A few, and a look at these: of what comes faster than it is looked at nothing is kept.
	wire flood "$peer" 1024 100
	wire read
	await something_recorded || bail_out "nothing is recorded"
	many_syns
	with=$reply
	sock close "$fd"
	module_unload || bail_out "cannot unload the module"
	ktap_print_msg "without $base, with $with instructions on the average"
	added "a SYN over IPv4 refused in a flood, the mean from its beginning on" 180
}

# The same while the event listen_refused is off, on with nobody who reads, and on
# with perf. What it costs then has no budget in the design: these are a bound.
bench_trace()
{
	local version=4 pid

	flooded $version 0
	handshakes 1000 1
	syns
	compare syns
	added "a SYN refused in a flood, event listen_refused off" 180
	module_load
	trace_begin 4096
	trace listen_refused 1
	syns
	with=$reply
	added "a SYN refused in a flood, event listen_refused on, nobody reads" 5000
	trace listen_refused 0
	trace_end
	if perf --version >/dev/null 2>&1; then
		mount --move "$tracefs" /sys/kernel/tracing
		perf record -q -a -e tcpadvisor:listen_refused -o "$tmp/perf.data" \
			-- sh -c ": >$tmp/begun; exec sleep 6000" >"$tmp/perf.log" 2>&1 &
		pid=$!
		# A clock of instructions runs on while programs are read.
		patience=1200 await perf_reads || bail_out "perf does not read: $(<"$tmp/perf.log")"
		syns
		with=$reply
		added "a SYN refused in a flood, event listen_refused on, perf reads" 10000
		kill -INT $pid
		wait $pid
		rm "$tmp/perf.data"
		umount /sys/kernel/tracing
	else
		skip "a SYN refused in a flood, event listen_refused on, perf reads" "no perf"
	fi
	sock close "$fd"
}

# It runs its command when it has begun.
perf_reads()
{
	[ -e "$tmp/begun" ]
}

bench_cookies()
{
	knob ipv4/tcp_syncookies 2
	flooded 4 100
	syns
	compare syns
	added "a SYN answered by a cookie in a flood" 100
	sock close "$fd"
	knob ipv4/tcp_syncookies 1
}

# What connections and refused SYNs cost where ftrace cannot be had.
bench_kprobes()
{
	load_with=(hooks=kprobes)
	compare shortest 1 -n 1000
	added "a connection over IPv4, from connect to both closes, hooks=kprobes"
	flooded 4 0
	handshakes 1000 1
	syns
	compare syns
	added "a SYN over IPv4 refused in a flood, hooks=kprobes"
	sock close "$fd"
	load_with=()
}

all_shown()
{
	local dirs=("$sysfs"/listeners/*)

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

# A connection, where the module, if it is loaded, has all listeners.
shortest_of_many()
{
	[ ! -e "$sysfs" ] || await all_shown $many || bail_out "not all listeners are shown"
	shortest 1 -n 1000
}

# What depends on how many listeners there are.
bench_many()
{
	local one

	[ -n "${part_of_one-}" ] || bail_out "needs what a connection costs: time connection many"
	[ -n "${agent_pid[sock]-}" ] || agents
	module_load
	read_recommend
	one=$reply
	module_unload || bail_out "cannot unload the module"
	sock crowd "$any" 20000 $many
	load_with=(max_listeners=65536)
	module_load "${load_with[@]}"
	await all_shown $many || bail_out "not all listeners are shown"
	patience=120 await tick_within 1000
	bench_tick "$many listeners idle" 100
	read_recommend
	within "reading recommend at $many listeners, compared with one" \
		$((reply * 100 / one)) 200 " times"
	compare shortest_of_many
	within "the module's part of a connection at $many listeners, compared with one" \
		$(((with - base) * 100 / part_of_one)) 105 " times"
	load_with=()
}

# What the command takes, itself and the kernel for it: with icount the time is that of
# instructions. In 10^9 of them, against $2 hundredths.
bench_command()
{
	local budget=$1 user system

	shift
	{ time "$@" >"$tmp/out" 2>&1; } 2>"$tmp/time" || bail_out "$*: $(head -n 3 "$tmp/out")"
	read -r user system <"$tmp/time"
	ktap_print_msg "$* printed $(wc -l <"$tmp/out") lines"
	within "$*, at $many listeners" \
		"$(awk -v u="$user" -v s="$system" 'BEGIN { print int((u + s) * 100) }')" \
		"$budget" " billion instructions"
}

# The reports that whoever has many listeners looks at.
bench_tool()
{
	TIMEFORMAT="%3U %3S"
	tell many open "$any" 20000 $many
	module_load max_listeners=65536
	await all_shown $many || bail_out "not all listeners are shown"
	patience=120 await tick_within 1000
	bench_command 10 cat "$sysfs/tables/listeners"
	bench_command 30 tcpadvisor
	bench_command 50 tcpadvisor listeners
	bench_command 50 tcpadvisor metrics
}

# How many results a row has.
declare -A rows=([connection]=2 [histograms]=1 [data]=1 [flood]=2 [recorded]=1 [trace]=3 [cookies]=1 [many]=3 [kprobes]=2)

family 4
ktap_print_msg "bench $*: Linux $(uname -r), CPUs: $(nproc), $(date -I)"
case ${1-} in
time)
	shift
	[ $# -gt 0 ] || set -- connection histograms data flood recorded trace cookies kprobes many
	results=0
	for row; do
		results=$((results + ${rows[$row]:-0}))
	done
	plan $results
	for row; do
		[ -n "${rows[$row]-}" ] || bail_out "no row $row"
		family 4
		"bench_$row"
	done
	;;
sampler)
	plan 12
	agent many many_agent
	bench_sampler
	;;
timewaits)
	plan 2
	bench_timewaits
	;;
locks)
	plan 4
	agent many many_agent
	agents
	bench_locks
	;;
memory)
	case $(</sys/devices/system/cpu/possible) in
	0 | 0-1) plan 4 ;;
	0-255) plan 1 ;;
	*) plan 2 ;;
	esac
	bench_memory
	;;
crowd)
	plan 2
	bench_crowd
	bench_storm
	;;
tool)
	plan 4
	agent many many_agent
	bench_tool
	;;
throughput)
	plan 1
	bench_throughput
	;;
peers)
	plan 14
	bench_peers
	;;
*)
	bail_out "usage: see $0"
	;;
esac
finish
