#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the command costs on hosts with many listeners, in system calls, which
# are the same on any machine: so many per listener, and no more with more of
# them. Ten times the listeners must not take more than ten times the calls.

. "$(dirname "$0")/lib.sh"

tool=$plain
few=20
many=200

if ! have strace || ! strace -qq -o /dev/null true; then
	skip "system calls" "needs strace"
	finish
fi

# A host with $1 refusing listeners, ten to a process; as many others had their
# backlog raised and are closed.
crowd()
{
	local i pid

	new_root
	advise <<<"net.core.somaxconn 128 8192"
	mkdir -p "$root/proc/self/net" "$root/var/lib/tcpadvisor"
	chmod 700 "$root/var/lib/tcpadvisor"
	for ((i = 1; i <= $1; i++)); do
		pid=$((100 + i / 10))
		if [ ! -d "$root/proc/$pid" ]; then
			mkdir -p "$root/proc/$pid/fd"
			echo app >"$root/proc/$pid/comm"
			echo "$pid (app) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4711" \
				>"$root/proc/$pid/stat"
		fi
		ln -s "socket:[$i]" "$root/proc/$pid/fd/$((i % 10))"
		listener "127.0.0.1:$i@$(printf %x $i)" inode=$i \
			backlog_recommended=1024 accept_overflows_syn=$i
		echo "$i: 0100007F:1F90 00000000:0000 0A 0:0 00:0 0 0 0 $((100000 + i)) 1"
	done >"$root/proc/self/net/tcp"
	{
		echo "tcpadvisor-journal version=1"
		for ((i = 1; i <= $1; i++)); do
			printf 'begin id=%d kind=backlog name=127.0.0.1:1@%x from=5 to=9 boot=%s netns=0 netns_cookie=0 time=1 pid=9 start=0 inode=%d cookie=%x\n' \
				$i $((i + 5000)) $boot $((i + 5000)) $((i + 5000))
		done
	} | "$BUILD/seal_helper" >"$root/var/lib/tcpadvisor/journal"
	chmod 600 "$root/var/lib/tcpadvisor/journal"
}

# How many system calls a command makes.
calls()
{
	strace -qq -c -o "$tmp/calls" "$tool" --sysroot "$root" "$@" \
		>/dev/null 2>&1 </dev/null
	awk '$NF == "total" { print $4 }' "$tmp/calls"
}

commands=("status -i 0" "status -i 1ms" listeners "explain :1" "explain 101"
	"apply --live" "rollback --dry-run")
# What each listener may cost at most: 21 files of it, three calls each, and
# what it takes to find its process. With an interval, half of them twice.
declare -A limit=(["status -i 1ms"]=110 ["rollback --dry-run"]=3)

declare -A at_few
crowd $few
for command in "${commands[@]}"; do
	read -r -a words <<<"$command"
	at_few[$command]=$(calls "${words[@]}")
done
crowd $many
for command in "${commands[@]}"; do
	read -r -a words <<<"$command"
	n=$(calls "${words[@]}")
	each=$(((n - at_few[$command]) / (many - few)))
	echo "# $command: ${at_few[$command]} calls for $few, $n for $many: $each each"
	ok "$command: few calls for each" [ "$each" -le "${limit[$command]-86}" ]
	ok "$command: in proportion" [ "$n" -le $((at_few[$command] * many / few + 50)) ]
done

# With a table, what it takes to find its process; none of its files.
tabulate
for command in "status -i 1ms" listeners; do
	read -r -a words <<<"$command"
	n=$(calls "${words[@]}")
	echo "# $command with a table: $n calls for $many"
	ok "$command with a table: next to none for each" [ "$n" -le $((3 * many + 400)) ]
done
finish
