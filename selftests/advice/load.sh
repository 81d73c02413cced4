# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Loads for scenarios: numbers of clients and of SYNs are those of the scenario
# at $scale = 100 percent; times are the guest's own and not scaled.
# What became of the clients of the last load is in $fared.

# The server is at 127.0.0.1, or wherever $at says, for clients in $client_ns.
at=127.0.0.1
client_ns=

# How clients leave, and what else there is to them; see crowd.c.
leave=reset
how=()

# How many loads there were before this one.
loads=0

# $1 at this scale, at least 1.
scaled()
{
	reply=$(($1 * scale / 100))
	[ "$reply" -gt 0 ] || reply=1
}

# arrive SIZE PERIOD_MS TIMES: clients on their own schedule, see crowd.c
arrive()
{
	scaled "$1"
	fared=$(${client_ns:+ip netns exec "$client_ns"} "$here/crowd" -l "$leave" \
		"${how[@]}" "$at" "$port" "$reply" "$2" "$3" "$request") ||
		bail_out "crowd failed"
}

# Clients like those of arrive, who are there until the next load.
arrive_and_stay()
{
	local patience=600

	[ -z "${crowd-}" ] || { kill "$crowd"; wait "$crowd"; }
	scaled "$1"
	"$here/crowd" -l never "${how[@]}" "$at" "$port" "$reply" "$2" "$3" \
		"$request" >"$tmp/fared" &
	crowd=$!
	await test -s "$tmp/fared" || bail_out "clients do not get through"
	fared=$(<"$tmp/fared")
}

# One burst.
burst()
{
	arrive "$1" 1000 1
}

# wrk, with so many connections for a second
busy_wrk()
{
	scaled "$1"
	fared=$(wrk -t1 -c"$reply" -d1s "http://$at:$port/" |
		awk '/requests in/ { print "answered=" $1 }')
}

# held SECONDS PROCESSES COMMAND...: these are stopped for a time during the load
held()
{
	local time=$1 who=$2
	shift 2

	{
		pause 1
		# One or more of them.
		# shellcheck disable=SC2086
		kill -STOP $who
		pause "$time"
		# shellcheck disable=SC2086
		kill -CONT $who
	} &
	"$@"
}

# busy SECONDS COMMAND...: the server does something else as the load begins
busy()
{
	local time=$1
	shift

	# shellcheck disable=SC2086
	kill -STOP $server
	{
		pause "$time"
		# shellcheck disable=SC2086
		kill -CONT $server
	} &
	"$@"
}

# beside COMMAND...: clients who connect and say nothing, at the same time: so many
# at once, as often, as the scenario has put into $silent for arrive.
beside()
{
	# In a process of its own, so that $fared is of the others.
	# shellcheck disable=SC2086
	silently $silent &
	"$@"
	wait $!
}

silently()
{
	local request=

	arrive "$@"
}

### A wire with delay

# far MS: clients in a namespace of their own, so many ms of round trip away.
far()
{
	mount -t tmpfs tmpfs /run/netns 2>/dev/null || {
		mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns
	} || skip_all "needs /run/netns"
	client_ns=far
	at=198.51.100.1
	ip netns add far
	ip link add near0 type veth peer name far0 netns far ||
		skip_all "needs CONFIG_VETH"
	ip addr add 198.51.100.1/24 dev near0
	ip link set near0 up
	ip -n far addr add 198.51.100.2/24 dev far0
	ip -n far link set far0 up
	[ "$1" = 0 ] || tc qdisc add dev near0 root netem delay "$1ms" limit 100000 ||
		skip_all "needs CONFIG_NET_SCH_NETEM and tc"
	# Whoever comes first waits for the neighbour's address, and others with
	# him, who then come all at once.
	ip netns exec far "$here/crowd" "$at" "$port" 1 10 1 "$request" >"$tmp/first"
}

### Floods

# From here on SYNs can come from 192.0.2.0/24, where nobody ever answers.
flooded()
{
	[ -e /dev/net/tun ] || modprobe -q tun || skip_all "needs CONFIG_TUN"
	agent wire wire_agent wire0
	wire read
	ip addr add 192.0.2.1/24 dev wire0
	ip link set wire0 up
	wire to 192.0.2.1 "$port"
}

# scan SYNS SECONDS: so many each second
scan()
{
	local turn

	scaled "$1"
	for ((turn = loads * $2; turn < (loads + 1) * $2; turn++)); do
		wire send S "192.0.2.$((2 + turn % 250))" $((1000 + turn * 100)) \
			"$reply"
		pause 1
	done
}

# flood SYNS-PER-SECOND SECONDS, twenty times a second, each time from another
# address, and never twice from the same port, not in the next load either.
flood()
{
	local turn=$((loads * 1000)) i n

	scaled "$1"
	n=$(((reply + 19) / 20))
	for ((i = 0; i < $2 * 20; i++, turn++)); do
		wire send S "192.0.2.$((2 + turn % 250))" \
			$((1000 + turn * n % 60000)) "$n"
		pause 0.05
	done
}
