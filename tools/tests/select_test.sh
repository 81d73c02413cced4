#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Which listeners a word means, and in which form they are listed.

. "$(dirname "$0")/lib.sh"

id=4f5ae1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e

new_root
listener 0.0.0.0:80@1 inode=1 cgroup=/system.slice/nginx.service
listener '[::]:80@2' inode=2 cgroup=/system.slice/nginx.service
listener 192.0.2.1:443@3 inode=3 verdict=app-slow accept_overflows_ack=9 \
	cgroup="/system.slice/docker-$id.scope"
listener '[2001:db8::1]:443@4' inode=4 accept_overflows_ack=100
listener 127.0.0.1:9000@5 inode=5 cgroup=/machine.slice/machine-web.scope
listener '[::]:9001@6' inode=6
process 10 nginx 3=1 4=2
process 11 java 3=3
process 12 php-fpm8.2 3=5

# Those that are listed, without their addresses' order.
finds()
{
	local want=$1 got

	shift
	run listeners --columns LISTENER -H "$@"
	got=$(sort "$tmp/out" | paste -sd' ')
	[ "$got" = "$want" ] || { echo "found: $got"; return 1; }
}

while IFS='|' read -r what want; do
	ok "$what" finds "${want# }" "${what%"${what##*[! ]}"}"
done <<-END
	:80            | 0.0.0.0:80 [::]:80
	*:80           | 0.0.0.0:80 [::]:80
	80             | 0.0.0.0:80 [::]:80
	:::80          | [::]:80
	[::]:80        | [::]:80
	0.0.0.0:80     | 0.0.0.0:80
	127.0.0.1:80   | 0.0.0.0:80 [::]:80
	[::1]:80       | [::]:80
	192.0.2.1:443  | 192.0.2.1:443
	192.0.2.2:443  |
	192.0.2.2:9001 | [::]:9001
	2001:db8:0::1  | [2001:db8::1]:443
	2001:db8::1:443 | [2001:db8::1]:443
	127.0.0.1:9000 | 127.0.0.1:9000
	127.0.0.1      | 127.0.0.1:9000
	nginx          | 0.0.0.0:80 [::]:80
	nginx.service  | 0.0.0.0:80 [::]:80
	php-fpm*       | 127.0.0.1:9000
	java           | 192.0.2.1:443
	4f5ae1b2c3d4   | 192.0.2.1:443
	web            | 127.0.0.1:9000
	app-slow       | 192.0.2.1:443
	0.0.0.0:80@1   | 0.0.0.0:80
	0.0.0.0:80@2   |
	nothing        |
END
ok "finding nothing is a failure" exits 1 listeners nothing
ok "is said" complains "no listener has this address"
run listeners --columns LISTENER -H --sort REFUSED
ok "the biggest number first" [ "$(head -n 1 "$tmp/out")" = '[2001:db8::1]:443' ]
run listeners --columns LISTENER -H --sort -refused
ok "or last" [ "$(tail -n 1 "$tmp/out")" = '[2001:db8::1]:443' ]
run listeners --columns LISTENER,REFUSED --sort LISTENER --csv
ok "names by the numbers in them" [ "$(sed -n 3p "$tmp/out")" = $'127.0.0.1:9000,0\r' ]
ok "CSV has a head" [ "$(head -n 1 "$tmp/out")" = $'LISTENER,REFUSED\r' ]
process 13 'a,"b' 3=6
run listeners --csv --columns program :9001
ok "and quotes" [ "$(tail -n 1 "$tmp/out")" = $'"a,""b"\r' ]
ok "a column that there is not" exits 2 listeners --columns LISTENER,FD
ok "is said" complains 'found "FD": expected of LISTENER,PID,'
ok "explain takes the words" exits 0 explain php-fpm*
ok "of programs" says "listener 127.0.0.1:9000"
ok "of netstat" exits 0 explain :::80
ok "and no more" [ "$(grep -c ^listener "$tmp/out")" = 1 ]
# What it prints of these words, by the verdicts' names.
explains()
{
	run explain "$1"
	grep -xE '[a-z]+(-[a-z]+)*' "$tmp/out" | diff <(printf '%s\n' "${@:2}") -
}

full=(backlog-capped backlog-small app-slow app-stalled reuseport-skew rtt-bound defer-accept
	syn-flood)
log="TCP: request_sock_TCP: Possible SYN flooding on port 80."
ok "and of logs" exits 0 explain "$log"
ok "with each cause of a full SYN queue" explains "$log Dropping request." "${full[@]}"
ok "once, also where it says two things" explains "$log Sending cookies." "${full[@]}"
ok "and of a part of that" explains "sending cookies" "${full[@]}"
ok "and of netstat -s" explains "94 SYNs to LISTEN sockets dropped" "${full[@]}"
ok "where a queue is named, no more" explains "times the listen queue of a socket overflowed" \
	"${full[@]:0:5}"
finish
