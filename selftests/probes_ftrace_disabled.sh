#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# With kernel.ftrace_enabled 0 no probe runs: what is refused meanwhile shows in
# residual/, probes that should have run say that they did not, and counting goes on
# when tracing is back.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

enabled=/proc/sys/kernel/ftrace_enabled

# check_residual DESCRIPTION VALUE
check_residual()
{
	get $sysfs/residual/ListenOverflows
	check_eq "$1" "$reply" "$2"
}

state=$sysfs/probes/inet_csk_complete_hashdance/state

plan 9
[ "$(<$enabled)" = 1 ] || skip_all "needs kernel.ftrace_enabled 1"
module_load window_s=5
agents
family 4
listener "$any" 8090 500
deep=$dir
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
wire to "$server" 8090
handshakes 10000 100
await_value "$state" "silent: no completed handshakes"
get "$state"
check_eq "a probe that should have run is silent" "$reply" \
	"silent: no completed handshakes"
check "and the log says so" \
	eval "log | grep -q 'inet_csk_complete_hashdance is hooked, but ran'"
echo 1 >$enabled
handshakes 11000 100
check_counts "with tracing on again it counts there" "$deep" syns=100 completions=100
await_value "$state" armed
get "$state"
check_eq "and the probe is silent no more" "$reply" armed
wire to "$server" 8080
wire send S "$peer" 3000 5
check_counts "with tracing on again it counts" "$dir" \
	syns=8 completions=3 accept_overflows_syn=5
check_residual "and the residual stays" 10
sock close "$fd"
await_value $sysfs/closed/listeners 1
check_residual "even when the listener is closed" 10
finish
