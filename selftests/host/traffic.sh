# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# nginx on port 80 of this host and its clients: a burst of many, and one that comes
# again and again and writes down what it gets. Sourced by fleet.sh, in a guest; $work
# is its scratch space, $sysfs the module's directory.

patience=300
mkfifo "$work/never"
exec {never}<>"$work/never"

pause()
{
	read -rt "$1" -u "$never" || true
}

# Until the command ($@) succeeds; false if it does not for a long time.
await()
{
	local end=$((SECONDS + patience))

	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return
		pause 0.2
	done
}

### nginx

# The listener of nginx; its directory in $listener.
find_listener()
{
	listener=$(compgen -G "$sysfs/listeners/0.0.0.0:80@*")
}

# listens REQUESTED BACKLOG
listens()
{
	local got

	find_listener || return
	got="$(cat "$listener/backlog_requested") $(cat "$listener/backlog")"
	echo "$got"
	[ "$got" = "$1 $2" ]
}

# What the kernel itself has counted as refused.
refused()
{
	nstat -asz TcpExtListenOverflows TcpExtListenDrops TcpExtTCPReqQFullDrop |
		awk '/^TcpExt/ { n += $2 } END { print n + 0 }'
}

# 300 clients at once, while nginx's workers are held, until the last has knocked. All
# are answered in the end.
burst()
{
	local workers rc

	find_listener || return
	mapfile -t workers < <(pgrep -P "$(cat /run/nginx.pid)")
	kill -STOP "${workers[@]}"
	python3 - "$listener/syns" "${workers[@]}" <<-'END'
		import os, selectors, signal, socket, sys, time
		count = 300
		def syns():
		    with open(sys.argv[1]) as file:
		        return int(file.read())
		wanted = syns() + count
		clients = [socket.socket() for i in range(count)]
		for client in clients:
		    client.setblocking(False)
		    client.connect_ex(("127.0.0.1", 80))
		while syns() < wanted:
		    time.sleep(0.1)
		for worker in sys.argv[2:]:
		    os.kill(int(worker), signal.SIGCONT)
		for client in clients:
		    client.settimeout(120)
		poll = selectors.DefaultSelector()
		for client in clients:
		    poll.register(client, selectors.EVENT_WRITE)
		answered = 0
		while poll.get_map():
		    for key, events in poll.select(120) or sys.exit("stuck"):
		        poll.unregister(key.fileobj)
		        key.fileobj.sendall(b"HEAD / HTTP/1.0\r\n\r\n")
		        answered += key.fileobj.recv(12) == b"HTTP/1.1 200"
		print(answered, "answered")
		sys.exit(answered != count)
	END
	rc=$?
	kill -CONT "${workers[@]}"
	return $rc
}

burst_is_served()
{
	local before

	before=$(refused)
	burst && [ "$(refused)" = "$before" ]
}

### A client

# A connection each half second, each a line of the log: what nginx answered, the
# listener's count of SYNs. It starts no process, which would take the guest's CPU.
client()
{
	local answer syns

	while :; do
		answer='' syns=''
		{
			printf 'HEAD / HTTP/1.0\r\n\r\n' >&3 && read -r -t 120 answer <&3
		} 3<>/dev/tcp/127.0.0.1/80
		read -r syns <"$listener/syns"
		echo "${syns:-0} ${answer:-none}" >&4
		pause 0.5
	done 4>"$work/answers" 2>"$work/client"
}

client_start()
{
	find_listener && refused >"$work/refused" || return
	client &
	client_pid=$!
	await [ -s "$work/answers" ]
}

client_stop()
{
	kill "$client_pid"
	wait "$client_pid" 2>/dev/null
}

answers()
{
	wc -l <"$work/answers"
}

answers_above()
{
	[ "$(answers)" -gt "$1" ]
}

# Every answer is a good one, and the kernel has refused nobody meanwhile.
all_answered()
{
	cat "$work/client"
	echo "$(answers) clients"
	[ "$(answers)" -gt 10 ] && ! grep -v ' HTTP/1.1 200 ' "$work/answers" &&
		[ "$(refused)" = "$(cat "$work/refused")" ]
}

# The listener's count rises with each client: module $version went on counting.
counted_on()
{
	awk '$1 <= last { print "after " last ": " $0; bad = 1 } { last = $1 }
		END { exit bad || !NR }' "$work/answers"
}
