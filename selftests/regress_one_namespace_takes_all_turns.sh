#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: a user's namespace that takes longer to judge than users have at a tick, and in
# which a sysctl changes all the time, was judged whenever there was time, and no other
# user's ever.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

others=3

# $1 namespaces of a user, who is $holder, hold the few ports they have.
hold()
{
	rm -f "$tmp/made"
	"${user[@]}" unshare -Ur "$here/idle_netns" "$1" holding >"$tmp/made" &
	holder=$!
	patience=300 await grep -qs made "$tmp/made"
}

# Those that $1 holds, as files, are in $held.
held_by()
{
	mapfile -t held < <(find "/proc/$1/fd" -lname 'net:*')
}

# Whether it was seen that connects failed, or only that there is no port left
is_judged()
{
	local verdict

	verdict=$(nsenter --net="$1" unshare --mount sh -c "mount -t sysfs sysfs /sys &&
		cat $sysfs/ports/verdict")
	[ "$verdict" = ports-exhausted ] || [ "$verdict" = ports-tight ]
}

# A sysctl that the judge reads changes in the namespace of $1, again and again; and there
# are many ports to look through.
change()
{
	nsenter --target "$1" --net "$BASH" -c "
		echo 1024-39999 >/proc/sys/net/ipv4/ip_local_reserved_ports
		while sleep 0.02; do
			echo \$((1000 + RANDOM)) >/proc/sys/net/ipv4/tcp_max_syn_backlog
		done" &
	changer=$!
}

plan $((others + 3))
module_load interval_ms=100
hold 1 || bail_out "no namespace"
busy=$holder
held_by "$busy"
check "a user's namespace is judged" await is_judged "${held[0]}"
change "$busy"
hold $others || bail_out "no namespaces"
held_by "$holder"
for ((i = 0; i < others; i++)); do
	check "and so is another of his" await is_judged "${held[i]-}"
done
check "it changes all the while" kill -0 "$changer"
check "as did its sysctl" test "$(nsenter --target "$busy" --net \
	cat /proc/sys/net/ipv4/tcp_max_syn_backlog)" -ge 1000
kill "$changer" "$busy" "$holder"
wait "$changer" "$busy" "$holder" 2>/dev/null
finish
