#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Debian's haproxy, with its source address bound, towards one backend until its
# 2 000 ports are gone: that they will be is said in time, each connect(2) that
# fails is counted, with destination and process, and once `apply` has followed
# the advice the same load fails no more.
#
# Clients and backend are in a namespace of their own, with ports of their own.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# Now and then a minute is not enough until all three hundred are gone; that is how
# long a socket may stay in FIN_WAIT_2.
patience=300

ports=$sysfs/ports
proxy=198.51.100.1
elsewhere=198.51.100.2
errors=$tmp/errors

# A network with $elsewhere in it, behind a veth.
elsewhere_begins()
{
	mount -t tmpfs tmpfs /run/netns || skip_all "needs /run/netns"
	ip netns add elsewhere
	ip link add to-clients type veth peer name to-proxy netns elsewhere ||
		skip_all "needs CONFIG_VETH"
	ip addr add "$proxy/24" dev to-clients
	ip link set to-clients up
	ip -n elsewhere addr add "$elsewhere/24" dev to-proxy
	ip -n elsewhere link set to-proxy up
}

# It takes connections as they are, so that the backend need not answer; what it
# says of each connect(2) that fails is in $errors.
haproxy_begins()
{
	cat >"$tmp/haproxy.cfg" <<-END
		global
			maxconn 10000
		defaults
			mode tcp
			timeout client 1h
			timeout server 1h
			timeout connect 1h
		frontend clients
			bind $proxy:8080 backlog 4096
			default_backend servers
		backend servers
			retries 0
			source $proxy
			server one $elsewhere:9000
	END
	haproxy -db -f "$tmp/haproxy.cfg" >/dev/null 2>"$errors" &
	await listener_dir 8080 || bail_out "haproxy does not listen: $(<"$errors")"
}

# Sockets in use here: the listener, and two for each connection that is passed on.
in_use()
{
	local all

	mapfile -t all </proc/net/sockstat
	[[ ${all[*]} == *"TCP: inuse $1 "* ]]
}

# The backend holds what comes, until it ends with a reset of all of it.
load_begins()
{
	local fd

	netns=elsewhere agent backend sock_agent
	tell backend socket 4
	fd=$reply
	tell backend set "$fd" reuseaddr 1
	tell backend bind "$fd" "$elsewhere" 9000
	tell backend listen "$fd" 4096
	netns=elsewhere agent clients sock_agent
}

no_port_in_use()
{
	in_use 1 && [ -z "$(ss -Htan "dport = :9000")" ]
}

load_ends()
{
	dismiss backend
	dismiss clients
	await no_port_in_use || bail_out "the proxy's connections do not end"
}

# The proxy has come to as many connections to the backend.
connected()
{
	await in_use $((2 * $1 + 1)) &&
		[ "$(ss -Htn state established "dport = :9000" | wc -l)" = "$1" ]
}

# $1 more clients.
clients()
{
	tell clients fill "$proxy" 8080 "$1"
	[ "$reply" = 0 ] || bail_out "$reply clients found no port themselves"
}

# The proxy has $1 connections to the backend, and has sent $2 clients away.
sent_away()
{
	in_use $((2 * $1 + 1)) && tell clients ended && [ "$reply" = "$2" ]
}

# Connects that failed, by haproxy's own account.
failed()
{
	reply=$(grep -c "^Connect() failed for backend servers: no free ports" "$errors")
}

# Field $1 of the line on the backend in ports/destinations is in $reply.
field()
{
	reply=$(awk -v n="$1" -v source="$proxy" -v peer="$elsewhere:9000" \
		'$1 == source && $2 == peer { print $n }' $ports/destinations)
	[ -n "$reply" ]
}

field_is()
{
	field "$1" && [ "$reply" = "$2" ]
}

# What is said about ports, on one line each.
said()
{
	sed -z 's/\n#   / /g' $sysfs/recommend | grep -q "$1"
}

plan 18
command -v haproxy >/dev/null || skip_all "needs the package haproxy"
command -v tcpadvisor >/dev/null || skip_all "needs the command tcpadvisor"
mount -t tmpfs tmpfs /var/lib
elsewhere_begins
module_load interval_ms=500
knob ipv4/ip_local_port_range "40000 41999"
haproxy_begins
load_begins
check_eq "haproxy may use 2000 ports" "$(<$ports/usable)" 2000
clients 400
check "a fifth is nothing to say anything about" eval "await field_is 3 400 &&
	! said 'ports: ports-'"
clients 1500
check "as more come, its end is forecast" \
	await said "# ports: ports-tight: $proxy -> $elsewhere:9000 .* none is left in [0-9]* s"
check_eq "but nothing has failed by then" "$(<$ports/failures)" 0
check "nineteen of twenty are in use" connected 1900
check_eq "and still nothing has failed" "$(<$ports/failures)" 0
clients 400
check "clients beyond the last are sent away" await sent_away 2000 300
failed
check_eq "because connect(2) failed, says haproxy" "$reply" 300
check_eq "each is counted" "$(<$ports/failures)" 300
field 7
check_eq "towards its destination" "$reply" 300
field 8
check_eq "with a source that was bound" "$reply" bound
check "as is the process" field_is 9 "$(pgrep -x haproxy)"
check "which the advice tells but for the process" await said \
	"# ports: ports-exhausted: $proxy -> $elsewhere:9000 .* 300 connect(2)s found none"
load_ends
check "apply follows the advice" eval "tcpadvisor apply --yes >$tmp/output"
load_begins
clients 2300
check "the same load gets through" connected 2300
failed
check_eq "without a failure, says haproxy" "$reply" 300
check_eq "and the module" "$(<$ports/failures)" 300
check "with nothing more to change" eval "! grep -q '^[a-z]' $sysfs/recommend"
finish
