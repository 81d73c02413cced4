#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The ladder that guides to short connections report, inside a guest: how many
# connections to one server a client completes in a fixed time, one step up
# after the other, with tcpadvisor's advice, and with a popular recipe, one knob
# at a time, to see which of them does anything. Exits non-zero if the command's
# count of connect(2)s that found no port is ever not the client's, if the
# defaults do not run out of ports, or if the advice is no better than they are.
#
# Each step has new namespaces, a client's and a server's, with nothing but
# defaults and a veth between them, on which tcp_tw_reuse=2 means none. Only the
# ports are fewer: connect(2) tries all ports of one parity before the others, so
# that of 28 232 the second half costs milliseconds each, and no client alone
# uses them up before the first leave TIME_WAIT. Under `vm run --icount` a second
# is 10^9 instructions, so that the table is the same on any machine. The
# command's journal is all that it leaves on its host.
#
# Needs root, the module, the tool, and churn. `make ladder` takes a guest.

set -u -o pipefail

here=$(dirname "$(readlink -f "$0")")
seconds=${LADDER_SECONDS:-4}
# 2000 ports for 28232, and wider in the proportion of 1024-65535 to 32768-60999.
range="32768 34767"
wide="32768 37337"
ports=/sys/kernel/tcpadvisor/ports
server=192.0.2.1
failed=0
declare -A completed

say()
{
	printf '\n== %s\n' "$*"
}

fail()
{
	echo "FAILED: $*"
	failed=1
}

on_client()
{
	ip netns exec client "$@"
}

# set_knobs [KEY=VALUE]...: on both sides, as a recipe is
set_knobs()
{
	local ns

	[ $# -gt 0 ] || return 0
	for ns in client server; do
		ip netns exec $ns sysctl -qw "$@" || fail "sysctl $*"
	done
}

place_make()
{
	ip netns add client && ip netns add server &&
		ip -n client link add wire type veth peer wire netns server &&
		ip -n client addr add 192.0.2.2/24 dev wire &&
		ip -n server addr add $server/24 dev wire &&
		ip -n client link set wire up &&
		ip -n server link set wire up &&
		set_knobs "net.ipv4.ip_local_port_range=$range" && return
	fail "cannot make namespaces"
	exit 1
}

place_end()
{
	ip netns del client
	ip netns del server
}

# number NAME: the value behind NAME= in $result
number()
{
	local rest=${result#*"$1="}

	echo "${rest%% *}"
}

# The client's $ports/failures and timewait/count, into $counted and $timewaits.
look()
{
	{
		read -r counted
		read -r timewaits
	} < <(on_client cat $ports/failures "${ports%/*}/timewait/count")
}

# load [OPTION]...: of churn. Leaves $connections, $lacking of the client,
# $counted of the command for this load, and $timewaits.
load()
{
	local before

	look
	before=$counted
	result=$(on_client "$here/churn" -b 64 -i 20 -w 100 -s "$seconds" \
		-N /run/netns/server "$@" $server 80) || fail "churn: $result"
	look
	counted=$((counted - before))
	connections=$(number connections)
	lacking=$(number lacking)
	[ "$(number failed)" = 0 ] || fail "$(number failed) connects failed otherwise"
}

# gain STEP BASE: of completed connections, in tenths of a percent
gain()
{
	echo $(((completed[$1] - completed[$2]) * 1000 / completed[$2]))
}

# What is less than a twentieth is where in a second a TIME_WAIT happens to fall.
verdict()
{
	local permille

	permille=$(gain "$1" "$2")
	if [ "$1" = "$2" ]; then
		echo "is what the others are held against"
	elif [ "${permille#-}" -lt 50 ]; then
		echo "did nothing"
	elif [ "$permille" -lt 0 ]; then
		echo "did harm"
	else
		echo "did something"
	fi
}

# times STEP: completed connections over those of the defaults, as 1.23
times()
{
	awk -v a="${completed[$1]}" -v b="${completed[default settings]}" \
		'BEGIN { printf "%.2f", a / b }'
}

line='%-34s %11s %11s %11s %10s %8s  %s\n'

# report STEP BASE: the load's line; BASE is the step that this one adds to.
report()
{
	completed[$1]=$connections
	# shellcheck disable=SC2059 # a format of our own
	printf "$line" "$1" "$connections" "$counted" "$lacking" "$timewaits" \
		"x$(times "$1")" "$(verdict "$1" "$2")"
	[ "$counted" = "$lacking" ] ||
		fail "tcpadvisor counts $counted without a port, the client $lacking"
}

# step STEP BASE CHURN-OPTIONS [KEY=VALUE]...
step()
{
	local name=$1 base=$2 options=$3

	shift 3
	place_make
	set_knobs "$@"
	# shellcheck disable=SC2086 # words
	load $options
	report "$name" "$base"
	place_end
}

# The sampler turns once a second: wait until it has judged what is counted.
await_advice()
{
	local tries

	for ((tries = 0; tries < 100; tries++)); do
		on_client grep -q '^net\.' "${ports%/*}/recommend" && return
		sleep 0.2
	done
	fail "recommend has no line for sysctl"
}

# The defaults, until they have failed; then what the command says, and the same
# load again, among the TIME_WAITs of the first.
step_advice()
{
	place_make
	load
	await_advice
	advice=$(on_client tcpadvisor apply --yes 2>&1) || fail "apply said $?"
	load
	report "tcpadvisor's advice" "default settings"
	place_end
	[ "${completed[tcpadvisor\'s advice]}" -gt "${completed[default settings]}" ] ||
		fail "the advice is no better than the defaults"
}

heading()
{
	say "$1"
	# shellcheck disable=SC2059 # a format of our own
	printf "$line" "" connections "no port:" "no port:" TIME_WAITs over ""
	# shellcheck disable=SC2059
	printf "$line" step completed tcpadvisor client "at the end" default \
		"beside what it adds to"
}

# shellcheck disable=SC2317 # called by the trap
cleanup()
{
	ip netns del client 2>/dev/null
	ip netns del server 2>/dev/null
	rmmod tcpadvisor
}

modprobe tcpadvisor || exit 1
trap cleanup EXIT
echo "Short connections from one client address to one server address and port," \
	"64 every 20 ms, as far as there are ports, for $seconds s of the guest's clock."
echo "In small: $range (2000 ports) stands for the default range, $wide" \
	"(4570 ports) for 1024 65535."
widen="net.ipv4.ip_local_port_range=$wide"
reuse=net.ipv4.tcp_tw_reuse=1
somaxconn=net.core.somaxconn=65535
fin=net.ipv4.tcp_fin_timeout=30

heading "the ladder: each step adds to the one before, but for the last two"
step "default settings" "default settings" ""
[ "$lacking" -gt 0 ] || fail "the defaults did not run out of ports"
step "wide range" "default settings" "" "$widen"
step "wide range + tw_reuse" "wide range" "" "$widen" $reuse
step "RST close (SO_LINGER 0) only" "default settings" -r
step_advice

heading "the recipe, one knob at a time"
step "somaxconn 65535" "default settings" "" $somaxconn
step "tw_reuse" "default settings" "" $reuse
step "fin_timeout 30" "default settings" "" $fin
step "all three (beside tw_reuse)" "tw_reuse" "" $somaxconn $reuse $fin

say "what tcpadvisor changed, as it says"
printf '%s\n' "$advice"
exit "$failed"
