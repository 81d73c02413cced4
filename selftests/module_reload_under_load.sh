#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two hundred loads and unloads on one CPU while connections storm in on the
# other: the log stays clean and no slab cache and no vmalloc area grows with the
# number of loads. RELOADS sets another number.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

reloads=${RELOADS:-200}
warm=$((reloads / 10))

# A storm on the listener until storm_end, of what time the loads leave.
storm_begin()
{
	nice "$here/syn_load" "$localhost" 8080 0 1200 1 >/dev/null &
	storm=$!
}

storm_end()
{
	kill "$storm"
	wait "$storm" 2>/dev/null
}

reload()
{
	"$here/reload" "$module" "$1" >"$tmp/reload" || return
	ktap_print_msg "$(cat "$tmp/reload")"
}

# Of vmap areas and of debug objects the kernel keeps a pool.
in_use()
{
	slab_objects | grep -v -E '^(vmap_area|debug_objects_cache) '
	echo "vmalloc $(wc -l </proc/vmallocinfo)"
}

# Memory in use, into file $1, but what is only cached.
memory()
{
	echo 3 >/proc/sys/vm/drop_caches
	modprobe tcpadvisor && rmmod tcpadvisor
	least in_use >"$1"
}

# What grew by an object per load or more between the two.
growth()
{
	join "$tmp/before" "$tmp/after" | awk -v n=$((reloads - warm)) \
		'$3 - $2 >= n { print $1 ": " $2 " -> " $3 }'
}

no_growth()
{
	local grown

	grown=$(growth)
	[ -z "$grown" ] || ktap_print_msg "$grown"
	[ -z "$grown" ]
}

# What was logged but the notices of taint, of how functions are hooked, and the
# kernel's own of the flood.
remarks()
{
	log | grep -v -e 'tcpadvisor: loading out-of-tree module taints kernel' \
		-e 'tcpadvisor: module verification failed' \
		-e 'tcpadvisor: functions are hooked by' \
		-e 'Possible SYN flooding on port' -e 'drop_caches: 3'
}

plan 4
module=$(modinfo -n tcpadvisor)
module_unload || bail_out "cannot unload the module"
family 4
agent sock sock_agent
sock socket 4
fd=$reply
sock bind "$fd" "$any" 8080
sock listen "$fd" 4
sock serve "$fd" late
# The storm chooses its CPU itself.
taskset -cp 0 $$ >/dev/null

storm_begin
check "$warm loads under load" reload "$warm"
storm_end
memory "$tmp/before"
storm_begin
check "$((reloads - warm)) more" reload $((reloads - warm))
storm_end
memory "$tmp/after"
check "no slab cache and no vmalloc area grew with them" no_growth
check_eq "nothing else was logged" "$(remarks)" ""
finish
