# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The part of bench.sh that measures for how long the module holds a spinlock, with
# preemption off, and what its longest handlers take, which run so too.

# Each spinlock that text of the module takes and drops, which are calls where the
# kernel may be preempted.
locks_watch()
{
	local name function first size

	trace_begin 131072
	first=$(</sys/module/tcpadvisor/sections/.text)
	size=$(</sys/module/tcpadvisor/coresize)
	for name in take:_raw_spin_lock drop:_raw_spin_unlock \
		take_bh:_raw_spin_lock_bh drop_bh:_raw_spin_unlock_bh; do
		function=${name#*:}
		name=${name%:*}
		echo "p:tcpa_locks/$name $function caller=\$stack0:x64 lock=\$arg1:x64" \
			>>"$tracefs/kprobe_events" || bail_out "no probe of $function"
		printf 'caller >= 0x%x && caller < 0x%x\n' $((first)) $((first + size)) \
			>"$tracing/events/tcpa_locks/$name/filter" || bail_out "no filter"
	done
	# Whoever is interrupted does not hold it that long by himself.
	echo 1 >"$tracing/events/irq_vectors/local_timer_entry/enable"
	echo 1 >"$tracing/events/irq/irq_handler_entry/enable"
	echo 1 >"$tracing/events/tcpa_locks/enable"
}

locks_unwatch()
{
	echo 0 >"$tracing/events/enable"
	trace_lost
	cp "$tracing/trace" "$tmp/locks"
	trace_end
	echo >"$tracefs/kprobe_events"
}

# The longest time, in microseconds, that the lock at address $1, or any of the module's,
# was held, how often one was, and who held it, in $longest, $held and $holder.
locks_longest()
{
	read -r longest held holder < <(awk -v only="${1-}" '
		/irq_vectors|local_timer_entry|irq_handler_entry/ { split("", since) }
		!/ (take|drop)(_bh)?: / { next }
		{
			match($0, / [0-9]+\.[0-9]+: /)
			now = substr($0, RSTART + 1, RLENGTH - 3)
			match($0, /lock=0x[0-9a-f]+/)
			lock = substr($0, RSTART + 5, RLENGTH - 5)
			match($0, /caller=0x[0-9a-f]+/)
			caller = substr($0, RSTART + 7, RLENGTH - 7)
		}
		only != "" && lock != only { next }
		/ take(_bh)?: / { since[lock] = now; next }
		lock in since {
			took = (now - since[lock]) * 1000000
			delete since[lock]
			n++
			if (took >= most) {
				most = took
				who = caller
			}
		}
		END { printf "%d %d %s\n", most + 0.5, n, who }' "$tmp/locks")
}

# The function of the module that has the address $1
function_at()
{
	reply=$(awk -v address="$1" '
		BEGIN { address = substr(address, 3) }
		$4 == "[tcpadvisor]" && $2 ~ /[tT]/ && $1 <= address && $1 > best {
			best = $1
			name = $3
		}
		END { print name }' /proc/kallsyms)
}

# Much of all that there is, little of each.
bench_everything()
{
	"$here/listener_storm" here 3000 300 40 1 >/dev/null
	"$here/listener_storm" netns 60 20 10 1 >/dev/null
	hold_netns 200 lacking
	let_netns
	tell many open "$any" 20000 1000
	await all_shown 1000 || bail_out "not all listeners are shown"
	echo 1 >"$sysfs/listeners/$(first_entry)/histograms"
	tell many visit "$localhost" 20000 1000
	find -L "$sysfs" -maxdepth 3 -type f -exec cat {} + >/dev/null 2>&1
	flooded 4 0
	handshakes 5000 1
	wire flood "$peer" 1024 2000
	wire read
	sampler_tick
	sock close "$fd"
	tell many close
}

first_entry()
{
	find "$sysfs/listeners" -mindepth 1 -maxdepth 1 -printf '%f\n' | head -n 1
}

# What the agent's own CPU time is for, in nanoseconds: $listening and $closing are of
# one of many listeners.
listen_costs()
{
	local before opened closed many=2000

	tell many open "$any" 30000 100
	tell many close
	read -r before _ <"/proc/${agent_pid[many]}/schedstat"
	tell many open "$any" 30000 $many
	read -r opened _ <"/proc/${agent_pid[many]}/schedstat"
	tell many close
	read -r closed _ <"/proc/${agent_pid[many]}/schedstat"
	listening=$(((opened - before) / many))
	closing=$(((closed - opened) / many))
}

bench_locks()
{
	local namespaces longest held holder listening closing before

	module_unload || bail_out "cannot unload the module"
	listen_costs
	before=("$listening" "$closing")
	module_load window_s=5 max_listeners=65536
	listen_costs
	ktap_print_msg "socket, bind and listen take ${before[0]} ns without the module," \
		"$listening with it; close ${before[1]} and $closing"
	within "listen(2), what the module adds, in one go without preemption" \
		$(((listening - before[0]) / 10)) 10000 " us"
	within "close(2) of a listener, what the module adds, in one go without preemption" \
		$(((closing - before[1]) / 10)) 10000 " us"
	namespaces=0x$(awk '$3 == "namespaces_lock" && $4 == "[tcpadvisor]" { print $1 }' \
		/proc/kallsyms)
	locks_watch
	bench_everything
	locks_unwatch
	((lost == 0)) || bail_out "$lost events were lost"
	locks_longest
	function_at "$holder"
	ktap_print_msg "spinlocks were held $held times, for longest by $reply"
	((held > 1000)) || bail_out "spinlocks were held $held times only"
	within "the longest time that a spinlock of the module is held, without preemption" \
		$((longest * 100)) 10000 " us"
	locks_longest "$namespaces"
	ktap_print_msg "namespaces_lock was held $held times"
	((held > 100)) || bail_out "namespaces_lock was held $held times only"
	within "the longest time that a lock is held which making a namespace takes" \
		$((longest * 100)) 100000 " us"
}
