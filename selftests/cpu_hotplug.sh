#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# CPUs go and come back under load, with the module loaded before, between and
# after: no refusal is lost, not even the last one of a CPU that is gone.
# HOTPLUGS sets how often.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

hotplugs=${HOTPLUGS:-5}
cpu1=/sys/devices/system/cpu/cpu1/online

cpu()
{
	echo "$1" >$cpu1
}

# One SYN, refused on CPU 1.
refused_there()
{
	taskset -c 1 "$here/syn_load" "$localhost" 8080 1 60 1 >/dev/null
}

# The bracket of a refusal stays open until that CPU passes another hook.
last_refusal()
{
	listener "$any" 8080 0
	sock socket 4
	sock connect "$reply" "$localhost" 8080
	await_value "$dir/accept_queue" 1
	refused_there
	cpu 0
	sock close "$fd"
	check "a listener closes whose last refusal was on a CPU that is gone" \
		await_value $sysfs/closed/listeners 1
	check_exact "its count is whole"
	cpu 1
}

# Off and on again, each time with a load of the module at another moment.
plug()
{
	local i

	for ((i = 0; i < hotplugs; i++)); do
		cpu 0 || return
		[ $((i % 2)) = 0 ] || module_load interval_ms=100
		cpu 1 || return
		[ $((i % 2)) = 1 ] || module_load interval_ms=100
	done
	ktap_print_msg "iterations=$i"
}

busy()
{
	get "$dir/accept_overflows_syn" && [ "$reply" -gt 20 ]
}

# All that the kernel counted since the load, and nothing else, was attributed.
no_residual()
{
	local file

	for file in "$sysfs"/residual/*; do
		value_is "$file" 0 || return
	done
}

plan 6
[ -w $cpu1 ] || skip_all "needs a second CPU and CONFIG_HOTPLUG_CPU"
family 4
module_load interval_ms=100
agents
mib_mark
last_refusal
sock socket 4
fd=$reply
sock bind "$fd" "$any" 8081
sock listen "$fd" 2
sock serve "$fd" late
nice "$here/syn_load" -p 2000 "$localhost" 8081 0 600 0 1 &>/dev/null &
flood=$!
check "$hotplugs times off and on under load" plug
cpu 0
module_load interval_ms=100
cpu 1
check "with a load on the one that is left" await listener_dir 8081
dir=$reply
sock rest
check "and refuses there, once its server rests" await busy
kill "$flood"
wait "$flood" 2>/dev/null
check "no refusal since then is nobody's" await no_residual
finish
