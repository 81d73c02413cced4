#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# SYNs dropped for want of SYN cookies, and TIME_WAITs beyond their limit: each
# is advised on, `sysctl -p` takes the advice, and it is not given again.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# The value that is advised for sysctl $1 is in $reply.
advised()
{
	reply=$(sed -n "s/^$1 = //p" $sysfs/recommend)
	[ -n "$reply" ]
}

not_advised()
{
	! advised "$1"
}

# check_followed SYSCTL: its advice can be followed, and is then not given.
check_followed()
{
	local wanted

	advised "$1"
	wanted=$reply
	check "$1: sysctl takes the advice" \
		eval "sysctl -p $sysfs/recommend >/dev/null"
	get "/proc/sys/${1//.//}"
	check_eq "$1: and sets it" "$reply" "$wanted"
	check "$1: it is not given again" await not_advised "$1"
}

plan 9
module_load interval_ms=100
agents
family 4
listener "$any" 8080 8
wire to "$server" 8080

check "with nothing to say there are only comments" \
	eval "! grep -qv '^#' $sysfs/recommend"
knob ipv4/tcp_syncookies 0
wire send S "$peer" 1000 40
check "dropped SYNs: SYN cookies are advised" await advised net.ipv4.tcp_syncookies
check_followed net.ipv4.tcp_syncookies
knob ipv4/tcp_max_tw_buckets 5
sock cycle "$fd" "$localhost" 8080 12 half-server
check "refused TIME_WAITs: more are advised" await advised net.ipv4.tcp_max_tw_buckets
check_followed net.ipv4.tcp_max_tw_buckets
finish
