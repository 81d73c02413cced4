#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The command's --netns NAME, --netns PID and --all-netns: what it shows, changes
# and undoes is that of the namespace it was told, with a name or without.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

mount -t tmpfs tmpfs /run/netns || skip_all "needs /run/netns"

# Run in the namespace of agent $1, whose /sys its mount namespace has.
inside()
{
	nsenter -t "${agent_pid[$1]}" --net --mount "${@:2}"
}

# A namespace whose listener on 127.0.0.1:8080, capped by a somaxconn of 16, has
# refused some of its forty clients; its agent and the namespace are called $1.
# A process of the agent goes on to accept those that try again.
populate()
{
	local i listener

	ip netns add "$1"
	netns=$1 agent "$1" sock_agent
	tell "$1" socket 4
	listener=$reply
	inside "$1" sh -c 'ip link set lo up; echo 16 >/proc/sys/net/core/somaxconn'
	tell "$1" bind "$listener" 127.0.0.1 8080
	tell "$1" listen "$listener" 4096
	for ((i = 0; i < 40; i++)); do
		tell "$1" socket 4
		tell "$1" connect "$reply" 127.0.0.1 8080
	done
	tell "$1" serve "$listener"
	await inside "$1" grep -q '^net.core.somaxconn = ' "$sysfs/recommend" ||
		bail_out "no advice in namespace $1"
	inode[$1]=$(stat -L -c %i "/proc/${agent_pid[$1]}/ns/net")
}

# check_somaxconn DESCRIPTION OURS ONE TWO: of these three namespaces
check_somaxconn()
{
	local now

	get /proc/sys/net/core/somaxconn
	now="$reply $(inside one cat /proc/sys/net/core/somaxconn)"
	now+=" $(inside two cat /proc/sys/net/core/somaxconn)"
	check_eq "$1" "$now" "${*:2}"
}

# tool ARGUMENT...: it succeeds; its output is in $tmp/output.
tool()
{
	tcpadvisor "$@" >"$tmp/output" 2>"$tmp/errors" && return
	sed 's/^/# /' "$tmp/output" "$tmp/errors"
	return 1
}

# A line of the output has all these words.
says()
{
	local lines word

	lines=$(cat "$tmp/output")
	for word; do
		lines=$(grep -F -- "$word" <<<"$lines") || return
	done
}

# fails MESSAGE ARGUMENT...: with exit status 1, and says why
fails()
{
	tcpadvisor "${@:2}" >"$tmp/output" 2>"$tmp/errors"
	[ $? = 1 ] && grep -qF -- "$1" "$tmp/errors"
}

# The namespaces in the JSON on the file $1, one inode a line.
namespaces()
{
	sed -n '/"netns": {/,/}/s/.*"inode": \([0-9]*\).*/\1/p' "$1" | sort
}

# A trial of all, given up in the first namespace that needs it, does not go on to
# the second. (64, as our own needed nothing, and that was done.)
given_up()
{
	local trial

	tcpadvisor apply --yes --trial 20s --all-netns >"$tmp/output" 2>"$tmp/errors" &
	trial=$!
	await grep -q "before the change" "$tmp/errors" || return
	kill -HUP $trial
	wait $trial
	[ $? = 64 ] && [ "$(grep -c "before the change" "$tmp/errors")" = 1 ]
}

declare -A inode
plan 30
command -v tcpadvisor >/dev/null || skip_all "needs the command tcpadvisor"
mount -t tmpfs tmpfs /var/lib
module_load interval_ms=100
knob core/somaxconn 64
populate one
populate two
# One has a name, the other only a process.
ip netns del two
name=one pid=${agent_pid[two]}

check "it works on its own namespace" tool listeners
check "which has no listener" says "No listening TCP socket"
check "with --netns NAME on that one" tool listeners --netns $name
check "and shows its listener and whose it is" \
	says 127.0.0.1:8080 sock_agent " ${agent_pid[one]}+ "
check "with --netns PID on that of the process" tool listeners --netns "$pid"
check "and shows that one" says 127.0.0.1:8080 sock_agent " $pid+ "
check "with --all-netns on each once" tool status -i 0 --all-netns --json
check_eq "which are these three" "$(namespaces "$tmp/output")" \
	"$(printf '%s\n' "$(stat -L -c %i /proc/self/ns/net)" \
		"${inode[one]}" "${inode[two]}" | sort)"
check "explain finds the listener there" tool explain --netns $name :8080
check "and the cause" says verdict backlog-capped
check "watch shows the advice there" tool watch -n 1 --netns "$pid"
check "which is to raise somaxconn" says net.core.somaxconn "16 -> "
inside one sed -n 's/^net.core.somaxconn = //p' $sysfs/recommend >"$tmp/wanted"
get "$tmp/wanted"
wanted=$reply

check "apply changes a named namespace" tool apply --yes --netns $name
check_somaxconn "and no other" 64 "$wanted" 16
check "apply changes that of a process" tool apply --yes --netns "$pid"
check_somaxconn "and no other either" 64 "$wanted" "$wanted"
check "rollback in our own" tool rollback
check "only mentions them" says "2 more in other network namespaces"
check_somaxconn "and undoes nothing" 64 "$wanted" "$wanted"
check "rollback undoes a named one" tool rollback --netns $name
check_somaxconn "and no other" 64 16 "$wanted"
check "rollback undoes the other" tool rollback --netns "$pid"
check "a trial of all that is given up is given up in all" given_up
check "apply changes all that need it" tool apply --yes --all-netns
check_somaxconn "and those only" 64 "$wanted" "$wanted"
check "rollback undoes all" tool rollback --all-netns
check_somaxconn "to what they were" 64 16 16

check "a namespace that is not there is named" \
	fails "--netns nowhere: /run/netns/nowhere" status --netns nowhere
check "sysctl.d is not for another namespace" \
	fails "for the host's own network namespace only" \
	apply --yes --persist --netns $name
# nsenter(1) may enter a network namespace with the /sys of another one.
names=(listeners --no-headings --columns listener)
check_eq "with the /sys of another namespace it shows those of its own" \
	"$(nsenter --net="/proc/$pid/ns/net" -t "${agent_pid[one]}" --mount \
		tcpadvisor "${names[@]}")" \
	"$(tcpadvisor "${names[@]}" --netns "$pid")"
finish
