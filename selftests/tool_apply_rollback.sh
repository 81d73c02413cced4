#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The command, from end to end: a server's own small backlog below a small
# somaxconn; `apply` raises both without a restart and ends the refusals,
# `rollback` puts both back.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# The server is held while sixty clients come, then goes on.
burst()
{
	kill -STOP "$server_pid"
	handshakes 1000 60
	kill -CONT "$server_pid"
	await value_is "$dir/accept_queue" 0
	wire renew 1000 60
}

recommended()
{
	get "$dir/backlog_recommended" && [ "$reply" != 0 ]
}

# check_limits DESCRIPTION BACKLOG SOMAXCONN
check_limits()
{
	local backlog

	get "$dir/backlog"
	backlog=$reply
	get /proc/sys/net/core/somaxconn
	check_eq "$1" "$backlog $reply" "$2 $3"
}

refusals()
{
	get "$dir/accept_overflows_syn"
}

# tool ARGUMENT...: its output is shown if it fails.
tool()
{
	tcpadvisor "$@" >"$tmp/output" 2>&1 && return
	sed 's/^/# /' "$tmp/output"
	return 1
}

# What comes in at /dev/log, in place of who else may read it here.
log_server()
{
	exec python3 - "$tmp/log" <<-'END'
		import os, socket, sys
		log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		if os.path.lexists("/dev/log"):
		    os.unlink("/dev/log")
		log.bind("/dev/log")
		with open(sys.argv[1], "wb", 0) as out:
		    while True:
		        out.write(log.recv(65536) + b"\n")
	END
}

# A line of LOG_AUTHPRIV (10) and LOG_NOTICE (5): logged PATTERN
logged()
{
	grep -qE "^<85>.* tcpadvisor\\[[0-9]+\\]: $1 netns [0-9]+ uid 0 loginuid [0-9-]+ pid" \
		"$tmp/log"
}

plan 15
command -v tcpadvisor >/dev/null || skip_all "needs the command tcpadvisor"
command -v python3 >/dev/null || skip_all "needs python3"
mount -t tmpfs tmpfs /var/lib
module_load interval_ms=100
agents
family 4
knob core/somaxconn 16
python3 -m http.server --bind "$any" 8080 >/dev/null 2>&1 &
server_pid=$!
log_server &
log_pid=$!
await [ -e "$tmp/log" ]
check "a server asks for a backlog of its own" await listener_dir 8080
dir=$reply
check_limits "which is 5, under a somaxconn of 16" 5 16
wire to "$server" 8080
burst
check "a burst of sixty brings advice" await recommended
wanted=$reply
check "apply without --yes succeeds" tool apply --live
check_limits "and changes nothing" 5 16
check "apply --yes --live succeeds" tool apply --yes --live
get /proc/sys/net/core/somaxconn
check "and raises somaxconn for it" [ "$reply" -ge "$wanted" ]
check_limits "and the server's backlog as was advised" "$wanted" "$reply"
refusals
before=$reply
burst
refusals
check_eq "the same burst is refused nothing" "$reply" "$before"
check "the server is the same, and alive" kill -0 "$server_pid"
check "rollback succeeds" tool rollback
check_limits "and puts both back" 5 16
check "and leaves no journal" gone /var/lib/tcpadvisor/journal
check "the system's log has what was applied" \
	await logged "apply: .*:8080@[0-9a-f]+ backlog 5 -> $wanted"
check "and undone" await logged 'rollback: net\.core\.somaxconn [0-9]+ -> 16'
kill "$server_pid" "$log_pid"
finish
