# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The part of bench.sh that weighs what a listener and a namespace take.

# Bytes of slab and per-CPU memory in use.
memory()
{
	echo 3 >/proc/sys/vm/drop_caches
	slabs_shrink
	slab=$(awk '/^Slab:/ { print $2 * 1024 }' /proc/meminfo)
	percpu=$(awk '/^Percpu:/ { print $2 * 1024 }' /proc/meminfo)
}

# What there is more of than in $slab_base and $percpu_base, divided by $1.
memory_each()
{
	memory
	slab=$(((slab - slab_base) / $1))
	percpu=$(((percpu - percpu_base) / $1))
	((slab > 0)) || slab=0
	((percpu > 0)) || percpu=0
}

memory_base()
{
	memory
	slab_base=$slab percpu_base=$percpu
}

# What the module takes with nothing to look at, loaded with these parameters ($@).
memory_fixed()
{
	module_unload
	memory_base
	module_load "$@"
	memory_each 1
	slab_fixed=$slab percpu_fixed=$percpu
	module_unload
}

# All that is there now, and the module with nothing to look at.
memory_base_fixed()
{
	memory_base
	slab_base=$((slab_base + slab_fixed)) percpu_base=$((percpu_base + percpu_fixed))
}

# against WHAT FEW MANY: so many bytes at two possible CPUs, so many at 256
against()
{
	local budget=$2

	((possible <= 2)) || budget=$3
	ktap_print_msg "$1: $slab bytes of slab, $percpu per-CPU of $possible possible CPUs," \
		"with 512 it would be $((slab + percpu * 512 / possible))"
	within "$1, $possible possible CPUs" \
		$(((slab + percpu) * 100)) $((budget * 100)) " bytes"
	[ "$possible" -ne 256 ] || return 0
	within "$1, computed for 256 possible CPUs" \
		$(((slab + percpu * 256 / possible) * 100)) $(($3 * 100)) " bytes"
}

bench_memory()
{
	local possible nets=500

	possible=$(</sys/devices/system/cpu/possible)
	possible=$((${possible#*-} + 1))
	family 4
	agent sock sock_agent
	memory_fixed max_listeners=65536
	ktap_print_msg "the module takes $slab bytes of slab, $percpu per-CPU"
	sock crowd "$any" 20000 "$many"
	memory_base_fixed
	module_load max_listeners=65536
	await all_shown "$many" || bail_out "not all listeners are shown"
	memory_each "$many"
	against "an idle listener, sysfs included" 4096 6144
	module_unload
	dismiss sock
	[ $possible -le 2 ] || return 0
	memory_fixed
	"$here/idle_netns" $nets clean >"$tmp/netns" &
	holder=$!
	patience=1200 await grep -qs made "$tmp/netns" || bail_out "no namespaces"
	memory_base_fixed
	module_load
	# All have been looked at.
	sampler_tick
	memory_each $nets
	against "a network namespace with nothing in it" 8192 16384
	let_netns
}
