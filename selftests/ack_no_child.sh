#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A connection whose socket cannot be made is an other drop: at the final ACK, at
# the ACK of a SYN cookie and, where the client has to go on without it, at a SYN
# with TCP Fast Open. A listener's filter is charged to each of its children, so
# that a lower net.core.optmem_max makes them fail.

# This sysctl may be the host's alone.
[ -n "${TCPADVISOR_TEST_PLACE-}" ] || exec 9</proc/self/ns/net

. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$here/tables.sh"

optmem=/proc/sys/net/core/optmem_max

# Run where $optmem is.
there()
{
	if [ -e $optmem ]; then
		"$@"
	else
		nsenter --net=/proc/self/fd/9 "$@"
	fi
}

# From now on there may, or may not, be children.
children()
{
	case $1 in
	may) there sh -c "echo $optmem_was >$optmem" ;;
	never) there sh -c "echo 1 >$optmem" ;;
	esac
}

# ACKs of ordinary handshakes.
handshake()
{
	wire send S "$peer" 1000 3
	children never
	wire send A "$peer" 1000 2
	check_eq "IPv$1: no answer to a final ACK" "$reply" \
		"synack=0 ack=0 rst=0 fin=0 none=2"
	check_counts "IPv$1: it is an other drop" "$dir" syns=3 other_drops=2
	children may
	wire send A "$peer" 1000 3
	check_counts "IPv$1: with memory they are let in" "$dir" \
		syns=3 completions=3 other_drops=2
}

# ACKs of SYN cookies.
cookie()
{
	knob ipv4/tcp_syncookies 2
	wire send S "$peer" 2000 2
	children never
	wire send A "$peer" 2000 2
	check_counts "IPv$1: so is the ACK of a cookie" "$dir" \
		syns=5 completions=3 syncookies_wanted=2 syncookies_sent=2 \
		other_drops=4
	children may
	knob ipv4/tcp_syncookies 1
}

# A SYN with data. Its handshake goes on as an ordinary one.
fastopen()
{
	children never
	wire send S "$peer" 3000 1 5
	check_eq "IPv$1: a SYN with Fast Open is answered all the same" "$reply" \
		"synack=1 ack=0 rst=0 fin=0 none=0"
	check_counts "IPv$1: but has no child, an other drop" "$dir" \
		syns=6 completions=3 syncookies_wanted=2 syncookies_sent=2 \
		other_drops=5
	children may
	wire send S "$peer" 3001 1 5
	check_counts "IPv$1: with memory it has one" "$dir" \
		syns=7 completions=4 syncookies_wanted=2 syncookies_sent=2 \
		other_drops=5
}

plan 18
there [ -w $optmem ] || skip_all "needs net.core.optmem_max"
optmem_was=$(there cat $optmem)
module_load
trap 'children may; module_restore' EXIT
agents
mib_mark
knob ipv4/tcp_fastopen $((0x2 | 0x200))
for version in 4 6; do
	family $version
	listener "$any" 8080 16 filter=8 fastopen=8
	wire to "$server" 8080
	handshake $version
	cookie $version
	fastopen $version
	check "IPv$version: for want of a child" \
		columns_are other_drops=5 other_drops_child=5 other_drops_icmp=0
	check_exact "IPv$version: sums equal the kernel's counters"
	sock close "$fd"
done
children may
finish
