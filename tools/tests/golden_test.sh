#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What every command prints, word for word: on hosts made of files here, where
# golden/rows has a test a line and golden/NAME what it prints, bad usage too; and
# on the real ones in recorded/ (see rerecord), where golden/host-NAME has it all.
#
# golden_test.sh --update writes the expected outputs anew: read the difference
# before committing it.

. "$(dirname "$0")/lib.sh"

namespace()
{
	mkdir -p "$root/proc/self/ns" "$root/proc/1/ns"
	ln -s "net:[4026531840]" "$root/proc/self/ns/net"
	ln -s "net:[4026531840]" "$root/proc/1/ns/net"
}

# Nothing is wrong.
calm()
{
	new_root
	namespace
	listener 0.0.0.0:22@1 inode=100 backlog=128 backlog_requested=128 syns=7 completions=7
	process 312 sshd 3=100
	recommend <<-END
		# nothing to change: 0 connections refused and 0 TIME_WAITs cut short with the settings as they are
	END
}

# One listener capped, one too small, one slow, one without trouble.
busy()
{
	new_root
	namespace
	listener 0.0.0.0:443@2a inode=200 backlog=128 backlog_requested=65535 \
		backlog_recommended=8192 verdict=backlog-capped accept_queue=12 \
		accept_queue_peak=129 syn_queue=3 syn_queue_peak=80 syns=40211 \
		completions=38101 accept_overflows_syn=1200 accept_overflows_ack=483 \
		syncookies_wanted=5 syncookies_sent=5 syncookies_valid=4 \
		cgroup=/system.slice/nginx.service
	listener '[::]:80@2b' inode=201 backlog=511 backlog_requested=511 \
		backlog_recommended=2048 verdict=backlog-small accept_queue_peak=512 \
		syns=9000 completions=8893 accept_overflows_syn=100 other_drops=7 \
		cgroup=/system.slice/nginx.service
	listener 10.0.0.1:9000@2c inode=202 backlog=1024 verdict=app-slow \
		accept_queue=1025 accept_queue_peak=1025 accept_wait_ms=4100 \
		accept_wait_peak_ms=5200 syns=5000 completions=3000 \
		accept_overflows_ack=2000 cgroup=/kubepods/pod1/php
	listener 127.0.0.1:5432@2d inode=203 backlog=4096 syns=12 completions=12
	process 800 nginx 6=200 7=201
	process 801 nginx 6=200 7=201
	process 900 php-fpm 9=202
	tabulate_curves <<-END
		[::]:80@2b 1 1410 511 900 60
		[::]:80@2b 1 1410 1024 387 110

		[::]:80@2b 1 1410 2048 0 180
		[::]:80@2b 1 1410 4096 0 180
	END
	tabulate_clients <<-END
		[::]:80@2b 1 1236 410 398 1001 1312 12 0 1 0
	END
	tabulate_prefixes <<-END
		[::]:80@2b 10.1.2.0/24 1100 0
		[::]:80@2b 2001:db8:0:7::/64 136 4
	END
	echo 9111 >"$sysfs/timewait/count"
	echo 9150 >"$sysfs/timewait/created"
	echo 9000 >"$sysfs/timewait/server_side"
	echo 150 >"$sysfs/timewait/client_side"
	echo 31 >"$sysfs/closed/accept_overflows_syn"
	recommend <<-END
		# net.core.somaxconn 128 -> 8192: 1 listener that refused 1683 needs it
		# listener 0.0.0.0:443@2a (inode 200): backlog-capped: backlog 128 -> 8192: asked for 65535 and was
		#   capped by net.core.somaxconn; 1200 SYNs and 483 final ACKs refused in 8.0 s
		net.core.somaxconn = 8192
		# listener 10.0.0.1:9000@2c (inode 202): app-slow: accept(2) is slower than arrivals; a backlog
		#   twice as large would fill up too and add 2.8 s of waiting
		# listener [::]:80@2b (inode 201): backlog-small: backlog 511 -> 2048: the application's own
		#   listen(2) argument, not net.core.somaxconn (128)
		# not advised: net.ipv4.tcp_max_syn_backlog (syncookies=1: it sizes nothing)
		# not advised: net.ipv4.tcp_tw_recycle (broke clients behind NAT; removed from Linux in 4.12)
	END
	sysctl net.ipv4.tcp_syncookies 1
	tabulate
}

# A proxy that has run out of ports towards one of its backends.
proxy()
{
	new_root
	namespace
	listener 0.0.0.0:80@3a inode=400 backlog=4096 syns=90210 completions=90210
	process 700 haproxy 5=400
	echo 60117 >"$sysfs/timewait/count"
	echo 300 >"$sysfs/timewait/server_side"
	echo 91022 >"$sysfs/timewait/client_side"
	echo ok >"$sysfs/timewait/verdict"
	ports 1683 2 28231 17 ports-exhausted <<-END
		10.0.0.1 10.0.0.2:8080 28231 27840 0 0 1680 bound 700 haproxy
		2001:db8::1 [2001:db8::2]:443 21010 20000 7221 42 0 - 0 -
		10.0.0.1 10.0.0.3:5432 120 0 28111 - 3 - 812 my own client
	END
	sysctl net.ipv4.ip_local_reserved_ports ''
	sysctl net.ipv4.ip_local_port_range $'32768\t60999'
	recommend <<-END
		# net.ipv4.ip_local_reserved_ports - -> 8080,9000-9010: 12 listeners would lie inside the wider
		#   range below
		net.ipv4.ip_local_reserved_ports = 8080,9000-9010
		# net.ipv4.ip_local_port_range 32768 60999 -> 1025 65534: 1683 connections found no port
		net.ipv4.ip_local_port_range = 1025 65534
		# not advised: net.ipv4.tcp_fin_timeout (does not shorten TIME_WAIT)
	END
}

# A module that looks at ports, and nothing to see; servers that close first.
idle()
{
	calm
	ports 0 0 28232 0 ok </dev/null
	echo 9000 >"$sysfs/timewait/server_side"
	echo server-closes >"$sysfs/timewait/verdict"
}

# A line of ports/destinations that nobody understands.
torn()
{
	proxy
	echo "10.0.0.1 10.0.0.2 28231" >>"$sysfs/ports/destinations"
}

# Names that a terminal must not be given as they are.
hostile()
{
	new_root
	namespace
	listener 0.0.0.0:1@ffffffffffffffff inode=300 backlog=5 \
		cgroup="/$(printf 'x\033]0;y\007').service" verdict="$(printf '\033[31mok')"
	process 7 "$(printf 'a\033[2Jb\n')" 3=300
	printf '::1 [::1]:1 1 0 1 - 1 - 7 a\033[2Jb\n' |
		ports 1 0 2 0 "$(printf '\033[31mok')"
}

# One that asks for as much as there is.
greedy()
{
	new_root
	namespace
	listener 0.0.0.0:80@5a inode=500 backlog=64 backlog_requested=-1 syns=7 completions=7
	sysctl net.core.somaxconn 64
}

# What was advised is done, and one value is somebody else's by now.
applied()
{
	busy
	advise <<-END
		net.core.somaxconn 128 8192
		net.ipv4.tcp_syncookies 0 1
		net.ipv4.tcp_max_tw_buckets 65536 131072
	END
	sysctl net.ipv4.tcp_syncookies 0
	"$tool" --sysroot "$root" apply --yes --persist >"$tmp/out" 2>&1
	sysctl net.ipv4.tcp_max_tw_buckets 70000
	sysctl net.ipv4.tcp_syncookies 0
}

# Nothing listens.
empty()
{
	new_root
	namespace
}

absent()
{
	new_root
	rm -r "$sysfs"
}

# The output of the command, on standard output.
output()
{
	"$tool" --sysroot "$root" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	rc=$?
	cat "$tmp/out"
	[ ! -s "$tmp/err" ] || { echo "--- standard error"; cat "$tmp/err"; }
	echo "--- exit status $rc"
}

# That of one row: the host, variables, arguments; at each width for WIDTHS.
row_output()
{
	local variables width

	"$1"
	if [ "${2// /}" = WIDTHS ]; then
		for width in 40 60 80 200; do
			echo "--- $width columns"
			"$1"
			COLUMNS=$width output "${@:3}"
		done
		return
	fi
	IFS=' ' read -r -a variables <<<"$2"
	shift 2
	(
		[ ${#variables[@]} = 0 ] || export "${variables[@]}"
		output "$@"
	)
}

# Times and places are not the same twice; and json-c prints an empty array in one
# line or in two, as its version goes.
plain()
{
	sed -e "s|$root|ROOT|g" -e 's/^tcpadvisor [0-9.]*$/tcpadvisor VERSION/' \
		-e 's/^20[0-9-]*T[0-9:+-]* /TIME /' -e 's/"time":"[^"]*"/"time":"TIME"/' \
		-e 's/{version="[0-9.]*"/{version="VERSION"/' |
		sed -z -e 's/\[\n *\]/[]/g' -e 's/{\n *}/{}/g'
}

# All documents in a file, without what else is in it.
json_is_valid()
{
	sed -e '/^--- standard error/,/^--- exit/d' -e '/^\(---\|\$\) /d' "$1" | python3 -c '
import json, sys
text = sys.stdin.read().strip()
while text:
    document, end = json.JSONDecoder().raw_decode(text)
    assert document["schema"] == 1 and document["command"]
    text = text[end:].strip()'
}

# compare NAME [json]: $tmp/got with what is expected
compare()
{
	[ ! "$update" ] || cp "$tmp/got" "$here/golden/$1"
	ok "$1" diff -u "$here/golden/$1" "$tmp/got"
	[ $# = 2 ] || return
	if have python3; then
		ok "$1 is JSON" json_is_valid "$tmp/got"
	else
		skip "$1 is JSON" "needs python3"
	fi
}

# A recorded host's listener and its process, for explain; the last by name.
pick()
{
	local dir link

	dir=$(printf '%s\n' "$sysfs"/listeners/* | tail -n 1)
	address=${dir##*/}
	address=${address%@*}
	for link in "$root"/proc/[0-9]*/fd/*; do
		[ "$(readlink "$link")" != "socket:[$(cat "$dir/inode")]" ] || break
	done
	link=${link%/fd/*}
	pid=${link##*/}
}

# Every command on the host that is there, one after the other; $@ for each.
host_output()
{
	local command words

	for command in "status -i 0" listeners timewait "explain somaxconn" \
		"explain $address" "explain $pid" apply "apply --live --persist" \
		"watch -n 1" "apply --yes --persist" "rollback -n" rollback; do
		read -r -a words <<<"$command $*"
		echo "\$ tcpadvisor ${words[*]}"
		output "${words[@]}"
	done
}

update=
[ "${1-}" != --update ] || update=1
while IFS='|' read -r name host variables arguments; do
	[[ $name && $name != \#* ]] || continue
	name=${name%% *}
	read -r -a arguments <<<"$arguments"
	row_output "${host// /}" "$variables" "${arguments[@]}" | plain >"$tmp/got"
	if [[ " ${arguments[*]} " == *" --json "* ]]; then
		compare "$name" json
	else
		compare "$name"
	fi
done <"$here/golden/rows"
for recorded in "$here"/recorded/*; do
	name=host-${recorded##*/}
	replay "$recorded"
	tabulate
	pick
	host_output | plain >"$tmp/got"
	compare "$name"
	host_output --json | plain >"$tmp/got"
	compare "$name.json" json
done
finish
