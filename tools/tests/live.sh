# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Real listening processes for the tests of --live, seen through a sysroot
# whose /proc has them. Sourced after lib.sh. Links do not lead out of a sysroot:
# the processes are mounted there, in a mount namespace of the test.

helper=$BUILD/listener_helper
if [ "${TCPADVISOR_TEST_MOUNTS-}" != y ] && unshare -m true 2>/dev/null; then
	cleanup
	TCPADVISOR_TEST_MOUNTS=y exec unshare -m "$0" "$@"
fi

# Whether one process may take another's descriptor here; else $missing.
can_take()
{
	invisible
	missing="pidfd_getfd(2) on other processes: needs root and Linux 5.6"
	new_root
	serve 5
	[ "$(backlog)" = 5 ]
	local rc=$?
	unserve
	return $rc
}

# serve BACKLOG [WORKERS]: start one; sets name, address, inode, pid, fd, workers.
serve()
{
	local words

	rm -f "$tmp/in" "$tmp/from"
	mkfifo "$tmp/in" "$tmp/from"
	"$helper" serve "$@" <"$tmp/in" >"$tmp/from" &
	exec 7>"$tmp/in" 8<"$tmp/from"
	read -r -a words <&8
	name=${words[0]} inode=${words[1]} pid=${words[2]} fd=${words[3]}
	workers=("${words[@]:4}")
	address=${name%@*}
	visible "$pid" "${workers[@]}"
}

visible=()

# Let the sysroot have these processes.
visible()
{
	local one

	for one; do
		mkdir -p "$root/proc/$one"
		mount --bind "/proc/$one" "$root/proc/$one" 2>/dev/null
		visible+=("$one")
	done
}

# The helper ends, and its workers, when it reads the end of its input.
unserve()
{
	exec 7>&- 8<&-
	wait
	[ ${#workers[@]} = 0 ] || kill "${workers[@]}" 2>/dev/null
	invisible
}

# Take them out again.
invisible()
{
	local one

	for one in "${visible[@]}"; do
		umount -l "$root/proc/$one" 2>/dev/null
		rmdir "$root/proc/$one" 2>/dev/null
	done
	visible=()
}

tell()
{
	echo "$*" >&7
	read -r -u 8
}

backlog()
{
	"$helper" peek "${1:-$pid}" "$fd" 2>&1
}

is_backlog()
{
	local now

	now=$(backlog "${2:-$pid}")
	[ "$now" = "$1" ] || { echo "backlog is $now, not $1"; return 1; }
}

# A host with one real listener of backlog $1 for which 1024 is advised.
live_root()
{
	invisible
	new_root
	serve "$@"
	listener "$name" inode="$inode" backlog="$1" backlog_requested="$1" \
		backlog_recommended=1024 verdict=backlog-small accept_overflows_syn=9
}
