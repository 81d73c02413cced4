#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Nobody takes all entries: of max_listeners a user has half at most, whatever ids he has
# in user namespaces, a namespace a quarter, all but root in the initial namespace three
# quarters; and who is left out is counted where he is.

# The initial namespace, before lib.sh leaves it.
[ -n "${TCPADVISOR_TEST_PLACE-}" ] || exec 9</proc/self/ns/net

. "$(dirname "$(readlink -f "$0")")/lib.sh"

holders=()
places=()	# of who holds namespaces

# hold COUNT PORT COMMAND...: that opens so many listeners from PORT on, and waits
hold()
{
	local count=$1 port=$2
	shift 2

	mkfifo "$tmp/hold$port"
	"$@" "$here/many_agent" <"$tmp/hold$port" >"$tmp/held$port" &
	holders+=($!)
	exec {fd}>"$tmp/hold$port"
	echo "open 127.0.0.1 $port $count" >&"$fd"
	await grep -qx ok "$tmp/held$port" || bail_out "no listeners: $(cat "$tmp/held$port")"
}

# In the initial network namespace, as sysfs shows that
first()
{
	nsenter --net=/proc/self/fd/9 unshare --mount \
		sh -c "mount -t sysfs sysfs /sys; $1"
}

# $1 entries of ports that begin with $2, as the command $3 runs it
entries()
{
	[ "$("$3" "ls $sysfs/listeners | grep -c :$2")" = "$1" ]
}

left_out()
{
	[ "$("$2" "cat $sysfs/untracked/listeners")" = "$1" ]
}

ours()
{
	sh -c "$1"
}

# In the initial network namespace, for good: so that a signal gets there.
user()
{
	exec nsenter --net=/proc/self/fd/9 setpriv --reuid=1000 --regid=1000 --clear-groups "$@"
}

root()
{
	exec nsenter --net=/proc/self/fd/9 "$@"
}

# A user namespace of a user's, who may use ids from 100000 on there; with --net a
# network namespace as well
mine()
{
	local pid id

	setpriv --reuid=1000 --regid=1000 --clear-groups \
		unshare --user "$@" sleep infinity &
	pid=$!
	places+=("$pid")
	await has_own "$pid" "${@#--}" user || bail_out "no user namespace"
	for id in uid gid; do
		echo "0 100000 65536" >"/proc/$pid/${id}_map"
	done
	[ $# = 0 ] || nsenter --net="/proc/$pid/ns/net" ip link set lo up
}

# Process $1 has namespaces of its own, of kinds $2...
has_own()
{
	local kind

	for kind in "${@:2}"; do
		[ "$(readlink "/proc/$1/ns/$kind")" != \
			"$(readlink "/proc/self/ns/$kind")" ] || return
	done
}

# In the last of them, as id $1
subordinate()
{
	local place=/proc/${places[-1]}/ns

	exec nsenter --user="$place/user" --net="$place/net" \
		--setuid="$1" --setgid="$1" "${@:2}"
}

# The same, but in the initial network namespace
subordinate_first()
{
	exec nsenter --user="/proc/${places[-1]}/ns/user" --net=/proc/self/fd/9 \
		--setuid="$1" --setgid="$1" "${@:2}"
}

# Root's id with hardly any of its capabilities, in a user and a network namespace of its own
bare_root()
{
	exec setpriv --bounding-set=-all,+setfcap unshare --user --map-root-user --net \
		sh -c 'ip link set lo up && exec "$@"' sh "$@"
}

# Entries of each of $@, which listen in namespaces of their own
entries_in()
{
	local pid

	for pid in "$@"; do
		nsenter --net="/proc/$pid/ns/net" unshare --mount \
			sh -c "mount -t sysfs sysfs /sys; ls $sysfs/listeners | wc -l"
	done | xargs
}

two_have_all()
{
	[ "$(entries_in "$@")" = "4 4 0" ]
}

let_go()
{
	kill "${holders[@]}" "${places[@]}" 2>/dev/null
	wait "${holders[@]}" "${places[@]}" 2>/dev/null
	holders=()
	places=()
}

plan 9
module_load max_listeners=16 interval_ms=100
[ "$(first "ls $sysfs/listeners | wc -l")" = 0 ] || skip_all "needs a host without listeners"
hold 20 3000 user
check "a user has half of the entries" await entries 8 30 first
check "the others are left out, and counted" await left_out 12 first
hold 6 4000 env
check "root in another namespace has a quarter" await entries 4 40 ours
check "what is left out there is counted there" await left_out 2 ours
hold 1 5000 root
check "root in the initial namespace has its entry all the same" await entries 1 50 first
kill "${holders[0]}"
check "when the user's are gone, nobody is left out of its namespace" await left_out 0 first
let_go
await left_out 0 ours
for id in 6 7 8; do
	mine --net
	hold 5 ${id}000 subordinate $id
done
check "a user's namespaces have half together, by whatever ids" \
	await two_have_all "${places[@]}"
let_go
await entries 0 . first
mine
hold 6 10000 subordinate_first 6
hold 6 11000 subordinate_first 7
check "so have his ids of a user namespace elsewhere" await entries 2 11 first
let_go
await entries 0 . first
for id in 12 13 14; do
	hold 5 ${id}000 bare_root
done
check "so have the namespaces of root without capabilities" \
	await two_have_all "${holders[@]}"
let_go
finish
