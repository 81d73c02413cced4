#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# With kernel.ftrace_enabled 0 no probe runs: what is refused meanwhile shows in
# residual/, and counting goes on when tracing is back.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

enabled=/proc/sys/kernel/ftrace_enabled

# check_residual DESCRIPTION VALUE
check_residual()
{
	get $sysfs/residual/ListenOverflows
	check_eq "$1" "$reply" "$2"
}

plan 5
[ "$(<$enabled)" = 1 ] || skip_all "needs kernel.ftrace_enabled 1"
module_load
agents
family 4
listener "$any" 8080 2
wire to "$server" 8080
handshakes 1000 3
# It is the host's.
trap 'echo 1 >$enabled; module_restore' EXIT
{ echo 0 >$enabled; } 2>/dev/null ||
	skip_all "the kernel keeps tracing on while someone uses it"
wire send S "$peer" 2000 10
check_residual "ten refusals unseen are in the residual" 10
check_counts "and not the listener's" "$dir" syns=3 completions=3
echo 1 >$enabled
wire send S "$peer" 3000 5
check_counts "with tracing on again it counts" "$dir" \
	syns=8 completions=3 accept_overflows_syn=5
check_residual "and the residual stays" 10
sock close "$fd"
await_value $sysfs/closed/listeners 1
check_residual "even when the listener is closed" 10
finish
