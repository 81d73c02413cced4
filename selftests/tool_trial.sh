#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `apply --trial` on a listener that somaxconn has capped: the same burst before
# and after. Raising somaxconn alone does not reach a listener that runs, and is
# taken back; with --live it helps, and is kept.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# A hundred clients come at once, the application accepts what it can, and all
# of them leave.
burst()
{
	handshakes 1000 100
	get "$dir/accept_queue"
	sock drain "$fd" "$reply"
	wire send R "$peer" 1000 100
	wire renew 1000 100
}

capped()
{
	value_is "$dir/verdict" backlog-capped
}

# Wait until the trial watches, $1 the change; fails if it has ended.
watches()
{
	await eval "grep -q 's $1 the change' $tmp/errors || ! kill -0 $trial_pid" &&
		kill -0 $trial_pid
}

# A trial with a burst before the change and one after it; its exit status is
# in $status. The span only has to be longer than one burst takes.
trial()
{
	tcpadvisor apply --yes --trial 5s "$@" >"$tmp/output" 2>"$tmp/errors" &
	trial_pid=$!
	watches before && burst
	watches after && burst
	wait $trial_pid
	status=$?
	sed 's/^/# /' "$tmp/output"
}

# compared BEFORE AFTER: the refusals that the trial says it saw
compared()
{
	grep -Eq "^refused +$1 +$2$" "$tmp/output"
}

limits()
{
	get "$dir/backlog"
	limits=$reply
	get /proc/sys/net/core/somaxconn
	limits+=" $reply"
}

plan 14
command -v tcpadvisor >/dev/null || skip_all "needs the command tcpadvisor"
mount -t tmpfs tmpfs /var/lib
module_load interval_ms=100
agents
family 4
knob core/somaxconn 16
listener "$any" 8080 4096
wire to "$server" 8080
burst
check "a burst finds a listener capped" await capped
get "$dir/backlog_recommended"
wanted=$reply

trial
check_eq "a trial of somaxconn alone fails" "$status" 1
check "because the same are refused" compared 83 83
check "a listener that it does not reach has no prediction" \
	eval "! grep -q PREDICTED $tmp/output"
limits
check_eq "so it is taken back" "$limits" "16 16"
check "and nothing is left to undo" gone /var/lib/tcpadvisor/journal

trial --live
check_eq "a trial with --live succeeds" "$status" 0
check "because nobody is refused any more" compared 83 0
check "as deep a queue came as was predicted" \
	grep -Eq "^[^ ]+:8080@[0-9a-f]+ +$wanted +100 +100 +0$" "$tmp/output"
check "and the history keeps that" grep -Eq "at backlog $wanted: 100 predicted to wait $(
	)at most, 100 came, 0 refused" /var/lib/tcpadvisor/history
limits
check_eq "so it is kept" "$limits" "$wanted $wanted"
check "which can be undone" eval "tcpadvisor rollback >$tmp/output"
limits
check_eq "all the same" "$limits" "16 16"
check_exact "and every refusal was counted"
finish
