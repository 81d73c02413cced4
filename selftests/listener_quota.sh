#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Nobody takes all entries: of max_listeners a user has half at most, a namespace a
# quarter, all but root in the initial namespace three quarters; and who is left out
# is counted where he is.

# The initial namespace, before lib.sh leaves it.
[ -n "${TCPADVISOR_TEST_PLACE-}" ] || exec 9</proc/self/ns/net

. "$(dirname "$(readlink -f "$0")")/lib.sh"

holders=()

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

plan 6
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
kill "${holders[@]:1}"
wait "${holders[@]}" 2>/dev/null
finish
