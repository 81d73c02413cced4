#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `watch --log` writes an entry of the journal for each change that is advised, with
# fields of its own, and tells the service manager that it is ready once it has.

. "$(dirname "$0")/lib.sh"

tool=$plain

# Whatever comes to the socket $1, into $2, a blank line after each datagram.
listen_on()
{
	/usr/bin/python3 - "$1" "$2" <<-'END' &
		import socket, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind(sys.argv[1])
		with open(sys.argv[2], "wb", 0) as out:
		    while True:
		        out.write(s.recv(65536) + b"\n")
	END
	until [ -e "$2" ]; do
		sleep 0.02
	done
}

# The entries have a line each of these.
has()
{
	local line

	for line; do
		grep -qxF -e "$line" "$tmp/entries" || { cat "$tmp/entries"; return 1; }
	done
}

entries()
{
	[ "$(grep -c '^MESSAGE=' "$tmp/entries")" = "$1" ]
}

if ! have /usr/bin/python3; then
	skip "--log" "needs python3"
	finish
fi
new_root
ok "without a journal it fails" exits 1 watch --log --count 1
ok "and says so" complains "no journal at /run/systemd/journal/socket: No such file"
mkdir -p "$root/run/systemd/journal"
listen_on "$root/run/systemd/journal/socket" "$tmp/entries"
listen_on "$tmp/notify" "$tmp/states"
export NOTIFY_SOCKET=$tmp/notify
ok "with nothing advised" exits 0 watch --log --count 1
ok "an entry says that" await has "MESSAGE=no change is advised" PRIORITY=6 TCPADVISOR_KIND=none
ok "the service is ready" await grep -qx READY=1 "$tmp/states"
ok "and has a status" await grep -qx "STATUS=0 advised" "$tmp/states"
{
	echo "# net.core.somaxconn 128 -> 8192: 1 listener needs it"
	echo "# listener 0.0.0.0:80@1 (inode 7): backlog-small: backlog 5 -> 1024: because"
	echo "net.core.somaxconn = 8192"
	echo "# not advised: net.ipv4.tcp_tw_recycle (gone)"
} | recommend
ok "with advice" exits 0 watch --log --count 1
ok "there is an entry for each change, and no other" await entries 3
ok "a sysctl's" await has "MESSAGE=net.core.somaxconn 128 -> 8192: 1 listener needs it" \
	TCPADVISOR_KIND=sysctl TCPADVISOR_NAME=net.core.somaxconn TCPADVISOR_CURRENT=128 \
	TCPADVISOR_PROPOSED=8192 TCPADVISOR_NETNS=4026531840 TCPADVISOR_GENERATION=7 PRIORITY=5
ok "a listener's" await has TCPADVISOR_KIND=listener TCPADVISOR_NAME=0.0.0.0:80@1 TCPADVISOR_INODE=7 \
	TCPADVISOR_RULE=backlog-small
ok "all are of one program" [ "$(grep -cx SYSLOG_IDENTIFIER=tcpadvisor "$tmp/entries")" = 3 ]
ok "the status is another" await grep -qx "STATUS=2 advised" "$tmp/states"
ok "nothing is printed" [ ! -s "$tmp/out" ]
ok "with --json it is refused" exits 2 watch --log --json --count 1
tool=$BUILD/tcpadvisor
ok "nothing is written for a recorded host" exits 2 watch --log --count 1
finish
