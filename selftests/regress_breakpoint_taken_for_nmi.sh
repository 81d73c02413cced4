#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Hooks that are breakpoints, and stay such: what handlers do there, which takes locks,
# is counted as ever, and lockdep, where the kernel has it, does not take them for an
# NMI's, which may not wait for a lock.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

tracing=/proc/sys/kernel/ftrace_enabled
jumps=/proc/sys/debug/kprobes-optimization

# They are the host's.
back()
{
	echo 1 >$tracing
	[ ! -e $jumps ] || echo 1 >$jumps
}

plan 4
module_unload
trap 'back; module_restore' EXIT
{ echo 0 >$tracing; } 2>/dev/null || skip_all "ftrace cannot be switched off"
[ ! -e $jumps ] || echo 0 >$jumps
modprobe tcpadvisor hooks=kprobes interval_ms=100 2>/dev/null ||
	skip_all "needs kprobes behind ftrace's calls"
agents
family 4
listener "$any" 8080 2
mib_mark
wire to "$server" 8080
handshakes 1000 3
wire send S "$peer" 1500 3
check_counts "counts are right" "$dir" syns=6 completions=3 accept_overflows_syn=3
check_exact "sums equal the kernel's counters"
knob ipv4/ip_local_port_range "40000 40009"
listener "$any" 8081 100
sock fill "$localhost" 8081 11
check_eq "a connect without a port is counted" "$(<$sysfs/ports/failures)" "$reply"
sock close "$fd"
check "a listener that is closed goes" await_value $sysfs/closed/listeners 1
back
finish
