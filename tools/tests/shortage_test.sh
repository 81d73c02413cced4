#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A server that gets too little CPU, is stopped by its CPU limit or has no descriptor
# left: `explain` names that as the cause, and only that.

. "$(dirname "$0")/lib.sh"

# cpu PID RAN_MS WAITED_MS
cpu()
{
	mkdir -p "$root/proc/$1/task/$1"
	echo "${2}000000 ${3}000000 17" >"$root/proc/$1/task/$1/schedstat"
}

# limited PID FILES
limited()
{
	printf 'Limit   Soft Limit   Hard Limit   Units\nMax open files   %s   524288   files\n' \
		"$2" >"$root/proc/$1/limits"
}

# group PID PATH PERIODS THROTTLED USEC
group()
{
	mkdir -p "$root/sys/fs/cgroup$2"
	echo "0::$2" >"$root/proc/$1/cgroup"
	printf 'usage_usec 9\nnr_periods %s\nnr_throttled %s\nthrottled_usec %s\n' \
		"$3" "$4" "$5" >"$root/sys/fs/cgroup$2/cpu.stat"
}

host()
{
	new_root
	listener 0.0.0.0:80@1 inode=100 backlog=511 verdict="${1-app-slow}" \
		accept_overflows_syn=900
	process 1 systemd 3=100
	process 50 nginx 3=100
	process 51 nginx 3=100
	cpu 1 1 900000
	cpu 50 300 10
	cpu 51 4000 500
	limited 50 1024
	limited 51 1024
	group 51 /system.slice/nginx.service 1000 3 90000
}

# explained: as one line
explained()
{
	exits 0 explain :80 && tr -s '\n ' ' ' <"$tmp/out" >"$tmp/line"
}

tells()
{
	grep -qF -- "$1" "$tmp/line"
}

silent()
{
	! grep -q "cause:" "$tmp/line"
}

host
ok "a server that has all it needs" explained
ok "is short of nothing" silent

host
cpu 51 4000 21500
ok "one that waits for a CPU" explained
ok "is said to, its workers together, without who only keeps the socket" tells \
	"cause: it gets too little CPU: since it started it waited 21.5 s for one, and ran for 4.3 s"
ok "in JSON" exits 0 explain :80 --json
ok "likewise" says '"text": "it gets too little CPU'

host
mkdir -p "$root/sys/fs/cgroup/system.slice"
group 51 /system.slice 1000 700 42300000
group 51 /system.slice/nginx.service 0 0 0
ok "one that a limit of its slice stops" explained
ok "is said to be" tells \
	"cause: the CPU limit of its cgroup (cpu.max) stopped it in 700 of 1000 periods, for 42.3 s"

host
limited 51 2
ok "one without descriptors" explained
ok "is said to have none left" tells \
	"cause: it has 2 descriptors open, and may have 2: accept(2) fails (EMFILE)"
limited 51 3
ok "with one left" explained
ok "it is not" silent

host ok
cpu 51 4000 21500
ok "where no queue is too short" explained
ok "nobody asks" silent
finish
