#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# --trial keeps a change that helped, and takes back one that did not, that
# made something worse, or that was interrupted.

. "$(dirname "$0")/lib.sh"

# trial BEFORE AFTER [SIGNAL]: refusals and acceptances in each span ("500 10000").
trial()
{
	new_root
	advise <<<"net.core.somaxconn 128 8192"
	listener 0.0.0.0:80@1 inode=1 backlog=128
	rm -f "$tmp/err"
	"$plain" --sysroot "$root" apply --yes --trial 2s "${options[@]}" \
		>"$tmp/out" 2>"$tmp/err" &
	job=$!
	watching before
	count "$kind" "${1% *}"
	count completions "${1#* }"
	watching after
	if [ $# = 3 ]; then
		during=$(sysctl net.core.somaxconn)
		written=$([ ! -e "$root/$conf" ] || cat "$root/$conf")
		read -r _ _ doing <"$root/var/lib/tcpadvisor/lock"
		kill -s "$3" $job
	else
		count "$kind" $((${1% *} + ${2% *}))
		count completions $((${1#* } + ${2#* }))
	fi
	wait $job 2>/dev/null
	rc=$?
}

ends()
{
	[ "$rc" = "$1" ] || { echo "exit status $rc, expected $1"; return 1; }
}

options=()
kind=accept_overflows_ack
trial "500 10000" "0 10500"
ok "a change that helps" ends 0
ok "is kept" is_sysctl net.core.somaxconn 8192
ok "says so" says "Kept: refusals went down from 500 to 0, and nothing else got worse"
ok "shows both spans" grep -q '^refused  *500  *0$' "$tmp/out"
ok "can be undone" exits 0 rollback
ok "all the same" is_sysctl net.core.somaxconn 128

# What it prints, on terminals of each width.
for width in 40 60 80 200; do
	export COLUMNS=$width
	trial "500 10000" "0 10500"
	echo "--- $width columns"
	sed "s|$root|ROOT|g" "$tmp/out"
done >"$tmp/got"
unset COLUMNS
[ "${1-}" != --update ] || cp "$tmp/got" "$here/golden/wide-trial"
ok "on each width" diff -u "$here/golden/wide-trial" "$tmp/got"

trial "500 10000" "500 10000"
ok "a useless change" ends 1
ok "is taken back" is_sysctl net.core.somaxconn 128
ok "says so" says "Not kept: refusals did not go down"
ok "leaves nothing to undo" no_journal

trial "0 10000" "0 10000"
ok "no refusals before" ends 1
ok "prove nothing" is_sysctl net.core.somaxconn 128

trial "500 10000" "0 100"
ok "hardly any load after" ends 1
ok "proves nothing either" is_sysctl net.core.somaxconn 128

kind=other_drops
trial "500 10000" "0 10500"
ok "drops that are no refusals are a loss as well" ends 0
ok "whose end is kept" says "Kept: other drops went down from 500 to 0"
kind=accept_overflows_ack

# The same of a client: connects that found a port, and those that did not, on a
# host that was sent each type of ICMP there is.
opens()
{
	local types

	mkdir -p "$root/proc/net"
	{
		echo "Ip: Forwarding ActiveOpens"
		echo "Ip: 1 5"
		types=$(printf ' InType%d' {0..255})
		echo "IcmpMsg:$types${types//In/Out}"
		types=$(printf ' 1234%.0s' {0..511})
		echo "IcmpMsg:$types"
		echo "Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens"
		echo "Tcp: 1 200 120000 -1 $1 0"
	} >"$tmp/snmp"
	mv "$tmp/snmp" "$root/proc/net/snmp"
}

lacking()
{
	echo "$1" >"$tmp/failures"
	mv "$tmp/failures" "$sysfs/ports/failures"
}

# client_trial BEFORE AFTER: failures and opens in each span.
client_trial()
{
	new_root
	advise <<<"net.ipv4.tcp_tw_reuse 2 1"
	sysctl net.ipv4.tcp_tw_reuse 2
	ports 7 0 28232 0 ports-exhausted </dev/null
	opens 100
	rm -f "$tmp/err"
	"$plain" --sysroot "$root" apply --yes --trial 2s \
		>"$tmp/out" 2>"$tmp/err" &
	job=$!
	watching before
	lacking $((7 + ${1% *}))
	opens $((100 + ${1#* }))
	watching after
	lacking $((7 + ${1% *} + ${2% *}))
	opens $((100 + ${1#* } + ${2#* }))
	wait $job 2>/dev/null
	rc=$?
}

client_trial "500 10000" "0 10500"
ok "ports for all who want one" ends 0
ok "are kept" is_sysctl net.ipv4.tcp_tw_reuse 1
ok "because of that" says "Kept: connects without a port went down from 500 to 0"

client_trial "500 10000" "500 10000"
ok "as few as before" ends 1
ok "are not" is_sysctl net.ipv4.tcp_tw_reuse 2
ok "because of that" says "Not kept: connects without a port did not go down"

client_trial "500 10000" "0 100"
ok "nor if hardly anybody wants one after" is_sysctl net.ipv4.tcp_tw_reuse 2
ok "because of that" says "Not kept: fewer connects found a port: 10000, then 100"

options=(--json)
trial "500 10000" "0 10500"
ok "in JSON" ends 0
ok "the verdict" says '"kept": true'
ok "the counters" says '"counter": "refused"'
options=(--persist)
trial "500 10000" "0 10500"
ok "to be kept over a reboot" ends 0
ok "once it has helped" grep -qxF "net.core.somaxconn = 8192" "$root/$conf"
ok "and said" says "$conf: net.core.somaxconn  - -> 8192  done"
ok "again" exits 0 apply --yes --trial 2s --persist
ok "there is nothing to do" says "Nothing to do of what was asked for"
ok "can be undone" exits 0 rollback
ok "all of it" [ ! -e "$root/$conf" ]
trial "500 10000" "500 10000"
ok "what has not helped" ends 1
ok "is not kept over a reboot either" [ ! -e "$root/$conf" ]
ok "and said" says "left: not written: the trial was not kept"
ok "leaves nothing to undo" no_journal
trial "500 10000" "" KILL
ok "killed in its course" [ "$during" = 8192 ]
ok "nothing was written for the next boot" [ -z "$written" ]
ok "rollback" exits 0 rollback
ok "undoes the rest" is_sysctl net.core.somaxconn 128
advise <<<"net.core.somaxconn 128 8192"
run apply --yes
ok "what is in force already" exits 0 apply --yes --trial 60s --persist
ok "needs no trial" complains "nothing to try"
ok "to be kept" grep -qxF "net.core.somaxconn = 8192" "$root/$conf"
options=()

trial "500 10000" "" TERM
ok "the change was made" [ "$during" = 8192 ]
ok "whoever waits is told that it is a trial" [ "$doing" = trial ]
ok "stopped by a signal" ends 1
ok "it is taken back" is_sysctl net.core.somaxconn 128
ok "and says so" complains "cut short"

trial "500 10000" "" KILL
ok "killed" [ "$during" = 8192 ]
ok "leaves it to rollback" exits 0 rollback
ok "which takes it back" is_sysctl net.core.somaxconn 128

finish
