#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Many minisockets, of three kinds. On the client's side: nothing to say. On the
# server's: server-closes, which is harmless. Orphans in FIN_WAIT_2: finwait2-held,
# the one case where tcp_fin_timeout helps.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

timewait=$sysfs/timewait

# What is there now has been judged, twice: a tick that begins later judges by
# another window, and says so.
judged()
{
	local window

	for window in 61 60; do
		echo $window >/sys/module/tcpadvisor/parameters/window_s
		await grep -q "^# tcpadvisor .* window=${window}s" $sysfs/recommend ||
			return
	done
}

# All $1 have been counted, and judged since.
all_judged()
{
	await_value $timewait/count "$1" && judged
}

# The advice says it ($1), comments on one line each.
says()
{
	sed -z 's/\n#   / /g' $sysfs/recommend | grep -q "$1"
}

# Advice that is to be followed.
to_set()
{
	reply=$(grep '^[a-z]' $sysfs/recommend)
	[ -n "$reply" ]
}

# $2 clients, from source port $1 on, whom the server on $port leaves, and who do
# not leave the server.
orphans()
{
	wire to "$server" "$port"
	handshakes "$1" "$2"
	sock drain "$fd" "$2"
	wire send A "$peer" "$1" "$2"
}

plan 15
module_load interval_ms=100
agents
family 4
port=8080
listener "$any" $port 1000
knob ipv4/tcp_max_tw_buckets 40
sock cycle "$fd" "$localhost" $port 12 half-client
check "TIME_WAITs of the client's side are judged" all_judged 12
check_eq "and nothing is wrong" "$(<$timewait/verdict)" ok

knob ipv4/tcp_max_tw_buckets 80
sock cycle "$fd" "$localhost" $port 48 half-server
check "then more of the server's side" all_judged 60
check_eq "which are server-closes" "$(<$timewait/verdict)" server-closes
check "and harmless" says "# timewait: server-closes: 48 of 60 TIME_WAITs .* harmless"
check "but for the memory" says "server's side.* only 13 KiB"
check "tcp_tw_reuse would not help" says "# not advised: net.ipv4.tcp_tw_reuse (for outgoing"
check "nor tcp_fin_timeout" says "# not advised: net.ipv4.tcp_fin_timeout .*TIME_WAIT always takes 60 s"
check "nothing is to be set" eval "! to_set"

knob ipv4/tcp_max_tw_buckets 320
orphans 1000 80
check "then more orphans" all_judged 140
check_eq "which are finwait2-held" "$(<$timewait/verdict)" finwait2-held
to_set
check_eq "to end sooner" "$reply" "net.ipv4.tcp_fin_timeout = 30"
check "sysctl takes the advice" eval "sysctl -p $sysfs/recommend >/dev/null"
judged
check "which is not given again for those of before" eval "! to_set"
check "and those of before are not spoken of" \
	eval "! value_is $timewait/verdict finwait2-held"
finish
