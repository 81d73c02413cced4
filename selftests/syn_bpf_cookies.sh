#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A BPF program that asks for a SYN cookie, as a SYN proxy does: what the kernel counts
# then is the namespace's in bpf/, not the listener's, and the residual stays 0.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# MIB $1 has moved by file $2 of bpf/ and the sum of the counters named after it.
exactly_with()
{
	local name=$1 ours

	get "$sysfs/bpf/$2"
	ours=$reply
	sum "${@:3}"
	ours=$((ours + reply))
	mib_delta "$name"
	told+="$name $reply = $ours; "
	[ "$reply" = $ours ] && get "$sysfs/residual/$name" && [ "$reply" = 0 ]
}

exact_with_programs()
{
	told=
	mib_read
	exactly_with ListenOverflows accept_overflows accept_overflows_syn \
		accept_overflows_ack &&
		exactly_with TCPReqQFullDrop syn_queue_drops syn_queue_drops &&
		exactly_with TCPReqQFullDoCookies syncookies_wanted syncookies_wanted
}

check_exact_with_programs()
{
	local rc=0

	exact_with_programs || rc=1
	ktap_print_msg "$told"
	check "$1" [ $rc = 0 ]
}

# check_bpf DESCRIPTION OVERFLOWS DROPS WANTED
check_bpf()
{
	local file all=

	for file in accept_overflows syn_queue_drops syncookies_wanted; do
		get "$sysfs/bpf/$file"
		all+="$reply "
	done
	check_eq "$1" "${all% }" "${*:2}"
}

bpf()
{
	tell bpf "$@"
}

# A program on the wire that lets SYNs to port 8080 go on, or not
program()
{
	! try bpf attach wire0 8080 "$1" || return
	skip_all "needs XDP and bpf_tcp_gen_syncookie(): $reply"
}

plan 15
agents
agent bpf bpf_agent
program drop
bpf detach
module_load
mib_mark
family 4
listener "$any" 8080 2
wire to "$server" 8080
program drop
wire send S "$peer" 1000 3
check_bpf "while the queue has room nothing is counted" 0 0 0
knob ipv4/tcp_syncookies 2
wire send S "$peer" 1000 5
check_bpf "cookies that are wanted" 0 0 5
check_counts "are not the listener's" "$dir"
bpf detach
handshakes 2000 3
program drop
wire send S "$peer" 3000 7
check_bpf "an accept queue without room" 7 0 12
counts "$dir"
before=$reply
check "is not the listener's" [ "${before/accept_overflows/}" = "$before" ]
check_exact_with_programs "sums with bpf/ equal the kernel's counters"
bpf detach
program pass
wire send S "$peer" 4000 10
check_bpf "what the program passes on is counted" 17 0 22
get "$dir/accept_overflows_syn"
check_eq "and is the listener's, too" "$reply" 10
check_exact_with_programs "sums with bpf/ equal the kernel's counters"
# Enough for cells of each CPU
wire send S "$peer" 5000 200
check_bpf "many" 217 0 222
check_eq "each CPU's are in tables/cells" \
	"$(awk '$1 == "listener" { for (i = 1; i <= NF; i++) if ($i == "accept_overflows_syn") at = i }
		$1 == "bpf" { n += $at } END { print n }' $sysfs/tables/cells)" 217
check_exact_with_programs "sums with bpf/ equal the kernel's counters"
get "$sysfs/residual/ListenDrops"
check_eq "ListenDrops are no program's" "$reply" 0
wire to 192.0.2.255 8080
wire send S "$peer" 6000 3
get "$sysfs/residual/ListenDrops"
check_eq "nor those of SYNs to a broadcast address that it asks for" "$reply" 3
check_bpf "which want a cookie, too" 220 0 225
finish
