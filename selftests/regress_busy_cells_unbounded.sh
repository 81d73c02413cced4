#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: a listener in use got cells of its own on each possible CPU, charged to
# nobody. On a machine of 512 CPUs 8192 listeners of one user, as many as he may have,
# had the module hold 500 MB. Wants many possible CPUs: possible_cpus=256, before 6.9.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

most=$((32 << 20))	# bytes of a user
cell=120		# of one listener and CPU
visits=20		# that make a listener busy

possible()
{
	get /sys/devices/system/cpu/possible
	reply=$((${reply##*[-,]} + 1))
}

# Agent $1 has $3 listeners from port $2 on in use.
busy()
{
	local i

	tell "$1" open 127.0.0.1 "$2" "$3"
	await are_shown $((shown += $3)) || bail_out "no entries"
	for ((i = 0; i < visits; i++)); do
		tell "$1" visit 127.0.0.1 "$2" "$3"
	done
}

are_shown()
{
	[ "$(find $sysfs/listeners -mindepth 1 -maxdepth 1 | wc -l)" = "$1" ]
}

# Bytes of per-CPU memory in use
percpu()
{
	reply=$(awk '$1 == "Percpu:" { print $2 * 1024 }' /proc/meminfo)
}

# MiB of it more than $before, in tenths
grown()
{
	percpu
	reply=$(((reply - before) * 10 >> 20))
}

# The part of $before that is above $1 tenths of a MiB, and below $2
has_grown()
{
	grown
	[ "$reply" -ge "$1" ] && [ "$reply" -le "$2" ]
}

shown=0
possible
cpus=$reply
room=$((most / (cell * cpus)))
many=$((room * 3 / 2))
[ $many -lt 4000 ] || skip_all "needs more possible CPUs than $cpus"
ulimit -n 16384 || skip_all "needs 16384 descriptors"
plan 4
module_load interval_ms=100
agent root many_agent
user_agent user many_agent
mib_mark
percpu
before=$reply
busy user 10000 $many
check "a user has so much per-CPU memory and no more" await has_grown 280 380
grown
ktap_print_msg "$many listeners, $((cell * cpus)) bytes each: $reply tenths of a MiB;" \
	"at 512 CPUs $((room * cpus / 512)) have their own cells"
sum syns
check_eq "nothing is lost" "$reply" $((many * visits))
check_exact "sums equal the kernel's counters"

percpu
before=$reply
busy root 30000 $((room / 4))
check "another has his all the same" await has_grown 60 120
finish
