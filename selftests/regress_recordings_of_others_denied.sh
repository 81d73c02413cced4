#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: in the initial network namespace a user whose queues were in trouble had all
# recordings that users may have there, and nobody else's listener was recorded.

# The initial namespace, before lib.sh leaves it.
[ -n "${TCPADVISOR_TEST_PLACE-}" ] || exec 9</proc/self/ns/net

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# In the initial network namespace, as sysfs shows that
first()
{
	nsenter --net=/proc/self/fd/9 unshare --mount \
		sh -c "mount -t sysfs sysfs /sys; $1"
}

is_shown()
{
	first "ls $sysfs/listeners" | grep -q ":$1@"
}

# So many listeners have a loss curve.
recorded()
{
	[ "$(first "tail -n +3 $sysfs/tables/loss_curves" | awk 'NF { print $1 }' |
		sort -u | wc -l)" = "$1" ]
}

# A listener of user $1 on port $2 has no room for two of three connections.
in_trouble()
{
	local i fd

	tell "user$1" socket 4
	fd=$reply
	tell "user$1" bind "$fd" 127.0.0.1 "$2"
	tell "user$1" listen "$fd" 0
	await is_shown "$2" || bail_out "no entry for port $2"
	for i in 1 2 3; do
		tell "user$1" socket 4
		tell "user$1" connect "$reply" 127.0.0.1 "$2"
	done
}

plan 2
module_load interval_ms=100
for id in 1000 2000; do
	through="nsenter --net=/proc/self/fd/9 setpriv --reuid=$id --regid=$id --clear-groups" \
		agent "user$id" sock_agent
done
began=$SECONDS
for port in 3001 3002 3003 3004; do
	in_trouble 1000 $port
	await recorded $((port - 3000)) || break
done
check "a user has four recordings" recorded 4
in_trouble 2000 4001
if [ $((SECONDS - began)) -lt 15 ]; then
	check "another user has his all the same" await recorded 5
else
	skip "another user has his all the same" "the first may have ended: this machine is too slow"
fi
dismiss user1000
dismiss user2000
finish
