#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# More TIME_WAITs than tcp_max_tw_buckets lets there be: buckets-full, with a
# limit that memory can bear, and once that is set the same load is refused none.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

timewait=$sysfs/timewait

load()
{
	sock cycle "$fd" "$localhost" 8080 300 half-client
}

# check_refused DESCRIPTION NUMBER: since mib_mark, says the kernel, and as many
# more than $before, says the module.
check_refused()
{
	mib_read
	mib_delta TCPTimeWaitOverflow
	check_eq "$1, says the kernel" "$reply" "$2"
	get $timewait/overflows
	check_eq "$1, says the module" $((reply - before)) "$2"
}

# The limit that is advised, at least $1, is in $reply.
advised()
{
	reply=$(sed -n "s/^net.ipv4.tcp_max_tw_buckets = //p" $sysfs/recommend)
	[ -n "$reply" ] && [ "$reply" -ge "$1" ]
}

plan 11
module_load interval_ms=100
agent sock sock_agent
family 4
listener "$any" 8080 8
knob ipv4/tcp_max_tw_buckets 100
before=0
mib_mark
load
check_refused "200 are refused" 200
check "the verdict is buckets-full" await_value $timewait/verdict buckets-full
check "a limit is advised" await advised 1
# There may be more to be judged of the load.
check "with room for all that were asked for" await advised 400
limit=$reply
memory=$(awk '/^MemTotal:/ { print $2 * 1024 }' /proc/meminfo)
check "which take a sixteenth of memory at most" [ $((limit * 280 * 16)) -le "$memory" ]
check "sysctl takes the advice" eval "sysctl -p $sysfs/recommend >/dev/null"
before=200
mib_mark
load
check_refused "the same load is refused none" 0
check "the verdict is ok" await_value $timewait/verdict ok
check "with nothing more to change" eval "! grep -q '^[a-z]' $sysfs/recommend"
finish
