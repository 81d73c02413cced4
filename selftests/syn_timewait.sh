#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A SYN that meets a TIME_WAIT socket goes to the listener, from Linux 6.10 on past
# the SYN queue's limit, and is refused by a full accept queue as any other.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# Leave two connections from port 1000 on in TIME_WAIT, on the server's side.
leave_timewait()
{
	handshakes 1000 2
	sock drain "$fd" 2
	wire send FA "$peer" 1000 2
	wire renew 1000 2
}

plan 10
agents
syn_queue_extra
over=$((2 - extra))
module_load
mib_mark
knob ipv4/tcp_syncookies 0
for version in 4 6; do
	family $version
	listener "$any" 8080 2
	wire to "$server" 8080
	leave_timewait
	handshakes 3000 1
	wire send S "$peer" 2000 4
	check_counts "IPv$version: the SYN queue is full" "$dir" \
		syns=7 completions=3 syn_queue_drops=$over
	wire send S "$peer" 1000 1
	# The kernels before meant to answer it, and forgot what it had met.
	drops=$over
	[[ $reply != *none=1* ]] || drops=$((over + 1))
	check_counts "IPv$version: a SYN on TIME_WAIT is dropped if not answered" \
		"$dir" syns=8 completions=3 syn_queue_drops=$drops
	wire send A "$peer" 2000 2
	wire send S "$peer" 1001 1
	check_eq "IPv$version: it never is if the accept queue is full" "$reply" \
		"synack=0 ack=0 rst=0 fin=0 none=1"
	check_counts "IPv$version: which is counted there" "$dir" \
		syns=9 completions=5 accept_overflows_syn=1 \
		syn_queue_drops=$drops
	check_exact "IPv$version: sums equal the kernel's counters"
	sock close "$fd"
done
finish
