# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The part of bench.sh that measures the sampler's ticks, and what a namespace takes to
# make.

# What a namespace takes to make, the middle of many, in microseconds.
netns_cost()
{
	reply=$("$here/idle_netns" 41 passing) || bail_out "no namespaces"
	reply=${reply#median=}
}

# Namespaces, $1 of them, of kind $2, held
hold_netns()
{
	"$here/idle_netns" "$1" "$2" >"$tmp/netns" &
	holder=$!
	patience=1200 await grep -qs made "$tmp/netns" || bail_out "no namespaces"
	# What was new in them has been looked at.
	sampler_tick
}

let_netns()
{
	kill "$holder"
	wait "$holder" 2>/dev/null
}

# A tick of the sampler while there are $1, against $2 hundredths of a millisecond,
# which are as many instructions times 10000.
bench_tick()
{
	sampler_tick
	within "a tick of the sampler, $1" $((reply / 10)) "$2" " ms"
}

# A tick takes so many microseconds at most.
tick_within()
{
	sampler_tick
	[ "$reply" -le "$1" ]
}

# The last tick was one of $1 microseconds at most.
quiet()
{
	sampler_ticks && [ "$latest" -le "$1" ]
}

# What all ticks take, above as many idle ones of $idle, that see to one connection of
# each of the $2 listeners from port $1 on.
bench_visited()
{
	sampler_watch
	tell many visit "$localhost" "$1" "$2"
	patience=120 await quiet $((idle * 110 / 100)) || bail_out "the sampler is not idle again"
	sampler_unwatch
	within "all ticks of the sampler that see to a connection of each of $2 listeners" \
		$(((reply - idle) * ticks / 10)) 20000 " ms"
}

# A tick while each of the first $many listeners from port $1 on has a connection in
# every second, from its begin to its end: what it gives way to is in there.
bench_in_use()
{
	local i

	renice -n 19 -p "${agent_pid[many]}" >/dev/null
	for i in {1..7}; do
		echo "visit $localhost $1 $many" >&"${agent_in[many]}"
	done
	sampler_tick
	say "a tick of the sampler, $many listeners in use all the while" $((reply / 10)) " ms"
	for i in {1..7}; do
		read -r reply <&"${agent_out[many]}" || reply="many is gone"
		[ "$reply" = ok ] || bail_out "visit: $reply"
	done
}

# The sampler's ticks when nothing happens, in namespaces and in listeners, and when
# something does in all.
bench_sampler()
{
	local idle without crowd=16384 port=20000

	netns_cost
	without=$reply
	# A quarter of these is for one namespace.
	module_load window_s=5 max_listeners=65536
	sampler_tick
	idle=$reply
	bench_tick "a namespace, nothing in it" 10
	hold_netns 500 lacking
	say "a tick of the sampler, 500 namespaces that lack ports, which it counts" \
		$((reply / 10)) " ms"
	sampler_watch
	patience=120 await quiet $((idle + 1000)) || bail_out "the sampler is not idle again"
	sampler_tick
	within "a tick of the sampler, 500 namespaces that lacked ports, above none" \
		$(((reply - idle) / 10)) 100 " ms"
	netns_cost
	ktap_print_msg "a namespace takes $without us without the module, $reply with it"
	within "making a namespace beside 500 that lacked ports, compared with no module" \
		$((reply * 100 / without)) 200 " times"
	let_netns
	hold_netns 1000 clean
	bench_tick "1000 namespaces, nothing in them" 20
	let_netns
	hold_netns 2000 clean
	bench_tick "2000 namespaces, nothing in them" 40
	let_netns
	hold_netns 5000 clean
	bench_tick "5000 namespaces, nothing in them" 100
	let_netns
	tell many open "$any" $port $crowd
	await all_shown $crowd || bail_out "not all listeners are shown"
	sampler_tick
	bench_tick "$crowd listeners idle" 160
	idle=$reply
	tell many visit "$localhost" $port 100
	sampler_tick
	say "a tick of the sampler, $crowd listeners, 100 with a connection just now" \
		$((reply / 10)) " ms"
	bench_visited $port $crowd
	patience=120 await tick_within $((idle * 110 / 100))
	within "a tick of the sampler, $crowd listeners that had a connection, compared with idle ones" \
		$((reply * 100 / idle)) 110 " times"
	bench_in_use $port
}

# The sampler with many TIME_WAITs, which it counts in a small part of its time: in one
# tick, and then for some ticks not.
bench_timewaits()
{
	local wanted=100000 host

	knob ipv4/tcp_max_tw_buckets 200000
	knob ipv4/tcp_tw_reuse 0
	knob ipv4/ip_local_port_range "1024 65000"
	module_load
	# Towards each so few that free ports are found at once.
	for host in 127.0.0.{1..12}; do
		"$here/churn" -n 10000 "$host" 8080 >"$tmp/churned" ||
			bail_out "churn: $(<"$tmp/churned")"
	done
	get "$sysfs/timewait/count"
	ktap_print_msg "$reply TIME_WAITs"
	((reply >= wanted)) || bail_out "too few TIME_WAITs: $reply"
	patience=120 sampler_tick 15
	say "a tick of the sampler, more than $wanted TIME_WAITs" $((reply / 10)) " ms"
	# Now it counts them as often as it may.
	knob ipv4/tcp_max_tw_buckets $wanted
	"$here/churn" -n 1000 127.0.0.13 8080 >"$tmp/churned" ||
		bail_out "churn: $(<"$tmp/churned")"
	patience=120 sampler_tick 15
	say "a tick of the sampler, more than $wanted TIME_WAITs, which it counts, as some are refused" \
		$((reply / 10)) " ms"
}
