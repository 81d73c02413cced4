#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# ports/destinations and the advice named the process of a failed connect(2) to
# everybody, whoever hid it from others in /proc, and by its ID in the initial PID
# namespace, in whatever namespace the reader was.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# Process ID and name of the last to fail, as $@ reads it.
named()
{
	"$@" cut -d' ' -f9,10 $sysfs/ports/destinations
}

# In a network namespace of one's own: two connections from one port, and whom the
# reader in there finds to have failed. The listener is descriptor 3, which the
# runner of the tests has open.
own_failure()
{
	echo "40000 40000" >/proc/sys/net/ipv4/ip_local_port_range
	ip link set lo up
	{
		printf '%s\n' "socket 4" "bind 3 127.0.0.1 8080" "listen 3 9" \
			"fill 127.0.0.1 8080 2"
		for ((look = 0; look < 2000; look++)); do
			! grep -q . $sysfs/ports/destinations || break
		done
		named >&2
	} | "$here/sock_agent" 3>&- >/dev/null
}

plan 7
knob ipv4/ip_local_port_range "40000 40000"
module_load interval_ms=100
# What fails before the first sample counts as under other settings.
await grep -q window= $sysfs/recommend
agent sock sock_agent
family 4
listener "$localhost" 8080 10
sock fill "$localhost" 8080 2
[ "$reply" = 1 ] || bail_out "$reply of 2 found no port"
check_eq "root reads whose the failed connect(2) was, as its own PID namespace has it" \
	"$(named)" "${agent_pid[sock]} sock_agent"
check_eq "others read nobody's" "$(named as_user)" "0 -"
check_eq "nor do they as root of a user namespace of their own" \
	"$(named as_user unshare -Ur)" "0 -"
await_value $sysfs/ports/verdict ports-exhausted
# Advice is broken into lines, and published after the verdict.
check "the advice speaks of it" await eval \
	"tr -s '#\n ' ' ' <$sysfs/recommend | grep -q ' 1 connect(2)s found none'"
check "and names nobody" eval "! grep -q -e sock_agent -e 'pid ' $sysfs/recommend"
dismiss sock
check_eq "a process that is gone has no ID" "$(named)" "0 -"
export here sysfs
export -f named own_failure
check_eq "whose network namespace it is reads of those in it" \
	"$(as_user unshare -Urn bash -c own_failure 2>&1 | sed 's/^[1-9][0-9]*/ID/')" \
	"ID sock_agent"
finish
