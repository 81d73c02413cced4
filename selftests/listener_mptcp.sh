#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An MPTCP listener counts at the TCP socket below it, MPTCP clients, those that
# fall back to TCP at the last moment and those of TCP alike.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

plan 9
module_load
agents
try sock socket 4 mptcp || skip_all "needs CONFIG_MPTCP"
sock close "$reply"
mib_mark
family 4
mptcp=y listener "$any" 8080 4
get "$dir/backlog"
check_eq "the entry has the listener's backlog" "$reply" 4
for client in 1 2; do
	sock socket 4 mptcp
	client=$reply
	sock connect "$client" "$localhost" 8080
	sock wait "$client"
done
check_counts "MPTCP clients are completions" "$dir" syns=2 completions=2
wire to "$server" 8080
wire send S "$peer" 2000 2
handshakes 1000 3
check_counts "so are those without MPTCP" "$dir" syns=7 completions=5
sock drain "$fd" 2
# A SYN with MP_CAPABLE, an ACK without.
wire options 1e040101
wire send S "$peer" 4000 3
wire options
wire send A "$peer" 4000 2
check_eq "MPTCP clients that fall back are let in" "$reply" \
	"synack=0 ack=0 rst=0 fin=0 none=2"
check_counts "and completions too" "$dir" syns=10 completions=7
wire send S "$peer" 3000 3
wire send A "$peer" 2000 2
check_counts "SYNs and ACKs refused are counted once" "$dir" \
	syns=13 completions=7 accept_overflows_syn=3 accept_overflows_ack=2
wire send A "$peer" 4002 1
check_counts "so is the ACK of one that falls back" "$dir" \
	syns=13 completions=7 accept_overflows_syn=3 accept_overflows_ack=3
check_exact "sums equal the kernel's counters"
sock close "$fd"
await_value $sysfs/closed/listeners 1
check_exact "and when the listener is closed"
finish
