#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How long connections wait for accept(2) is shown and judged by: a server that is slower
# than its clients have patience, and one that accepts nobody any more, have a verdict
# before they refuse anybody; one that keeps up has none.

. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$here/tables.sh"

command -v python3 >/dev/null || skip_all "needs python3"

# serves PORT SECONDS: one at a time, each of which takes so long.
serves()
{
	python3 - "$@" 2>/dev/null <<-'END' &
		import http.server, sys, time

		class Page(http.server.BaseHTTPRequestHandler):
		    def do_GET(self):
		        time.sleep(float(sys.argv[2]))
		        self.send_response(200)
		        self.end_headers()

		class Server(http.server.HTTPServer):
		    request_queue_size = 4096

		Server(("127.0.0.1", int(sys.argv[1])), Page).serve_forever()
	END
	server=$!
	await listener_dir "$1" || bail_out "the server does not listen"
	dir=$reply
}

# clients PORT FIRST PER-SECOND PATIENCE TIMES: FIRST at once, then one after the other,
# TIMES in all, none of whom waits for longer than PATIENCE seconds. In a shell of its
# own, which becomes the clients, so that they can be ended.
clients()
{
	exec python3 - "$@" <<-'END'
		import collections, socket, sys, time

		port, first, rate = (int(a) for a in sys.argv[1:4])
		patience, times = float(sys.argv[4]), int(sys.argv[5])
		here = collections.deque()
		began = time.monotonic()
		for n in range(times):
		    due = began + max(0, n - first) / rate
		    time.sleep(max(0, due - time.monotonic()))
		    client = socket.create_connection(("127.0.0.1", port))
		    client.send(b"GET / HTTP/1.0\r\n\r\n")
		    here.append((time.monotonic(), client))
		    while here and time.monotonic() - here[0][0] > patience:
		        here.popleft()[1].close()
	END
}

says()
{
	sed -z 's/\n#   / /g' $sysfs/recommend | grep -q "$1"
}

at_least()
{
	column "$1" && [ "$reply" -ge "$2" ]
}

nobody_waits()
{
	column accept_wait_ms && [ "$reply" = 0 ]
}

refused()
{
	sum accept_overflows_syn accept_overflows_ack syn_queue_drops
}

# accepted_one: of twenty who wait, and what is shown grew no faster than the time
accepted_one()
{
	local began=${EPOCHREALTIME/./} longest=0 since

	listener "$any" 8083 4096
	wire to "$server" 8083
	handshakes 2000 20
	await value_is "$dir/accept_queue" 20 || bail_out "no 20 connections wait"
	await at_least accept_wait_ms 300 || return
	sock accept "$fd"
	for ((turn = 0; turn < 20; turn++)); do
		column accept_wait_peak_ms
		longest=$reply
		since=$(((${EPOCHREALTIME/./} - began) / 1000))
		[ "$longest" -le "$since" ] || break
		nap
	done
	ktap_print_msg "shown $longest ms, $since ms after they connected"
	[ "$longest" -le "$since" ]
}

plan 12
module_load interval_ms=100

serves 8080 0.02
(clients 8080 1 10 5 50)
check "a server that keeps up is well" value_is "$dir/verdict" ok
kill $server

serves 8081 0.05
clients 8081 30 20 0.5 100000 &
crowd=$!
check "one that serves the dead is slow" await value_is "$dir/verdict" app-slow
check "and it is said that they are" await says "next to be accepted .* closed by their clients"
check "they wait for longer than clients do" at_least accept_wait_ms 500
column accept_wait_peak_ms
longest=$reply
check "tcpadvisor says how long" eval \
	"tcpadvisor explain 127.0.0.1:8081 | grep -q 'accept wait .* ms now, .* ms at most'"
kill $crowd
await value_is "$dir/accept_queue" 0
check "nobody waits when all have been accepted" await nobody_waits
check "the longest wait is remembered" at_least accept_wait_peak_ms "$longest"

agents
family 4
listener "$any" 8082 4096
wire to "$server" 8082
handshakes 1000 20
check "a server that accepts nobody has stopped" await_value "$dir/verdict" app-stalled
check "they wait on" at_least accept_wait_ms 3000
get "$dir/backlog_recommended"
check_eq "for which no backlog is a cure" "$reply" 0
refused
check_eq "nobody was refused" "$reply" 0
check "twenty of whom one is accepted have waited since they came" accepted_one
finish
