#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Let each allocation that the module makes fail once: a load says so or works,
# a listener without memory for an entry is counted as one without, a namespace
# is made or is not, and once there is memory again everything is there.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

listeners=${LISTENERS:-100}
debug=$tmp/debug
parameters=/sys/module/tcpadvisor/parameters

# set_fault FILE VALUE, for slabs and pages
set_fault()
{
	local fault

	for fault in failslab fail_page_alloc; do
		[ ! -e "$debug/$fault/$1" ] || echo "$2" >"$debug/$fault/$1"
	done
}

# Only what is called by the module, in GFP_KERNEL too; modules are all loaded
# within so many bytes of each other.
faults_of_module()
{
	local near=$((16 << 20))

	get /sys/module/tcpadvisor/sections/.text
	set_fault ignore-gfp-wait N
	set_fault ignore-gfp-highmem N
	set_fault min-order 0
	set_fault verbose 0
	set_fault stacktrace-depth 32
	set_fault require-start "$(printf %#x $((reply - near)))"
	set_fault require-end "$(printf %#x $((reply + near)))"
}

# But for where SLUB makes a cache's directory in sysfs: sysfs_slab_add() of Linux
# 6.12 does not put its kobject if it fails, so that the name of the cache leaks, with
# any module. The load fails at other allocations for the same cache.
faults_of_slub()
{
	local range

	range=$(awk '$3 == "sysfs_slab_add" { start = $1; next }
		start && $1 != start { print "0x" start, "0x" $1; exit }' \
		/proc/kallsyms)
	[ -n "$range" ] || return
	set_fault reject-start "${range% *}"
	set_fault reject-end "${range#* }"
}

# sweep DESCRIPTION COMMAND...
sweep()
{
	local what=$1 rc=0
	shift

	"$here/fault_agent" "$@" >"$tmp/sweep" || rc=1
	ktap_print_msg "$1: $(cat "$tmp/sweep")"
	check "$what" [ $rc = 0 ]
}

# What works in other processes fails at random.
random_faults()
{
	set_fault probability "$1"
	set_fault times -1
}

# A listener whose entry and directory, which is made in a work, lack memory
# once: for what takes the byte $1 of all they take. What is left to fail is in
# $left.
lacking_once()
{
	local slab=$debug/failslab

	echo 1 >"$slab/times"
	echo "$1" >"$slab/space"
	echo 100 >"$slab/probability"
	open_listeners 1
	await entries 1 || return
	echo 0 >"$slab/probability"
	get "$slab/times"
	left=$reply
	close_listeners
	await entries 0
}

# From the first byte on until nothing failed. By what most of it exceeds, as the
# sampler's turns, a second apart, take some as well.
sweep_directory()
{
	local byte=0 left=0 rc=0

	echo 1000 >$parameters/interval_ms
	while [ $left = 0 ] && [ $rc = 0 ]; do
		lacking_once $((byte += 64)) || rc=1
	done
	echo 100 >$parameters/interval_ms
	random_faults 0
	ktap_print_msg "directory: faults=$((byte / 64 - 1))"
	[ $rc = 0 ] && [ $byte -gt 2000 ]
}

open_listeners()
{
	local i

	fds=()
	for ((i = 0; i < $1; i++)); do
		sock socket 4
		fds+=("$reply")
		sock listen "$reply" 5
	done
}

close_listeners()
{
	local fd

	for fd in "${fds[@]}"; do
		sock close "$fd"
	done
}

entries()
{
	local dirs=("$sysfs"/listeners/*/)

	[ "${#dirs[@]}" = "$1" ]
}

plan 12
[ -e "$debug/failslab/require-start" ] ||
	skip_all "needs CONFIG_FAILSLAB, CONFIG_FAULT_INJECTION_STACKTRACE_FILTER"
module=$(modinfo -n tcpadvisor)
family 4
agent sock sock_agent
module_load interval_ms=100
faults_of_module
faults_of_slub
module_unload
open_listeners 3
sweep "a load says that it failed, or works" load "$module" interval_ms=100
"$here/listener_storm" here 1000000 8 8 1 >"$tmp/storm" &
storm=$!
FAULT_STEP=$((${FAULT_STEP:-1} * 13)) \
	sweep "so does one whose first hooks see listeners before the last is there" \
	load "$module" interval_ms=100 hooks=kprobes
check "they came and went all the while" kill -0 "$storm"
kill "$storm"
wait "$storm" 2>/dev/null
module_load interval_ms=100
faults_of_module
check "a load after that finds the listeners" await entries 3
sweep "listen(2) never fails for want of an entry" listen 2
sweep "a namespace is made or is not" netns
mapfile -t files < <(find $sysfs/ -type f)
sweep "files are read or not" read "${files[@]}"
close_listeners
await entries 0
check "a listener's directory comes at the second attempt" sweep_directory
random_faults 10
open_listeners "$listeners"
close_listeners
open_listeners "$listeners"
random_faults 0
check "those opened while memory was short get their entries" \
	await entries "$listeners"
check "none counts as left out any more" await_value $sysfs/untracked/listeners 0
close_listeners
check "and they go" await entries 0
module_unload
check "the module unloads" gone $sysfs
finish
