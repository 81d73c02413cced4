#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A listener's cgroup is not named to a reader in whose cgroup namespace it is not: the
# path would lead outside, by "..", and tell what else runs on the host. Who may
# administer the host, as a program in a container that watches all others, is told.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# What COMMAND... finds in a cgroup namespace that begins at a new cgroup below ours.
read_inside()
{
	mkdir -p "$tmp/cgroup/inside" &&
		bash -c 'echo $$ >"$1/inside/cgroup.procs" && exec unshare -C "${@:2}"' \
			bash "$tmp/cgroup" "$@" "$dir/cgroup"
}

plan 3
unshare -C true 2>/dev/null || skip_all "needs cgroup namespaces"
module_load
agent sock sock_agent
mkdir "$tmp/cgroup"
mount -t cgroup2 none "$tmp/cgroup" || skip_all "needs cgroups, version 2"
mkdir "$tmp/cgroup/outside"
echo "${agent_pid[sock]}" >"$tmp/cgroup/outside/cgroup.procs"
listener 127.0.0.1 8080 8
get "$dir/cgroup"
check "a listener's cgroup" [ "${reply%/outside}" != "$reply" ]
check_eq "is not named where it does not belong" \
	"$(read_inside setpriv --reuid 1000 --clear-groups cat)" -
check_eq "but to the host's administrator" "$(read_inside cat)" /../outside
umount "$tmp/cgroup"
finish
