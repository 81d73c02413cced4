#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Bursts that overflow an accept queue: the advice names the limit that binds,
# somaxconn or the application's own, `sysctl -p` takes it as it is, and once it
# is followed the same burst brings no further advice.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# All at once $1 clients come to $fd, then the application accepts what it can.
burst()
{
	handshakes 1000 "$1"
	get "$dir/accept_queue"
	sock drain "$fd" "$reply"
	wire renew 1000 "$1"
}

# The advice speaks of $dir.
mentioned()
{
	grep -qF "# listener ${dir##*/} " $sysfs/recommend
}

# There is a verdict on $dir, and it is final.
decided()
{
	get "$dir/verdict" && [ "$reply" != ok ] && [ "$reply" != undecided ]
}

# The value that is advised for sysctl $1 is in $reply.
advised()
{
	reply=$(sed -n "s/^$1 = //p" $sysfs/recommend)
	[ -n "$reply" ]
}

not_advised()
{
	grep -q "^# not advised: $1" $sysfs/recommend
}

# judged PORT BACKLOG VERDICT: a listener that has had a burst of a hundred. On a
# machine so busy that the application seems to have stalled, another one, on a port
# that nothing is remembered of.
judged()
{
	local i verdict

	for ((i = 0; i < 5; i++)); do
		[ "$i" = 0 ] || sock close "$fd"
		listener "$any" $(($1 + 100 * i)) "$2"
		wire to "$server" $(($1 + 100 * i))
		burst 100
		await decided
		verdict=$reply
		[ "$verdict" != "$3" ] || break
	done
	check_eq "the verdict is $3" "$verdict" "$3"
}

settled()
{
	value_is "$dir/verdict" ok && ! mentioned
}

plan 16
module_load interval_ms=100
agents
family 4

knob core/somaxconn 16
judged 8080 4096 backlog-capped
get "$dir/backlog_recommended"
wanted=$reply
check "a backlog for all hundred is recommended" [ "$wanted" -ge 100 ]
advised net.core.somaxconn
check_eq "for which somaxconn has to be as large" "$reply" "$wanted"
check "sysctl takes the advice as it is" \
	eval "sysctl -p $sysfs/recommend >/dev/null"
get /proc/sys/net/core/somaxconn
check_eq "and sets it" "$reply" "$wanted"
check "tcp_max_syn_backlog is not advised" not_advised net.ipv4.tcp_max_syn_backlog
check "tcp_tw_recycle is not advised" not_advised net.ipv4.tcp_tw_recycle
sock listen "$fd" 4096
burst 100
check "the same burst brings no advice on the listener" await settled
check "nor on somaxconn" eval "! advised net.core.somaxconn"

knob core/somaxconn 4096
judged 8081 16 backlog-small
get "$dir/backlog_recommended"
wanted=$reply
check "a backlog for all hundred is recommended here too" [ "$wanted" -ge 100 ]
check "somaxconn is not advised: it does not bind" not_advised net.core.somaxconn
check "no sysctl is advised" eval "! grep -q ^net $sysfs/recommend"
sock listen "$fd" "$wanted"
burst 100
check "the same burst brings no advice any more" await settled
get "$dir/accept_overflows_syn"
check_eq "for nobody is refused" "$reply" 83
check "what is said last is only comments" eval "! grep -qv '^#' $sysfs/recommend"
finish
