#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A process that had gone to a network namespace of its own, with the sysfs of
# the old one still mounted, read every number of the listeners there; `ss` shows
# it none. And anybody read how often which hook ran on the host.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# The files of the listener that $@ can read, a line each.
read_by()
{
	"$@" grep -l '' "$dir"/* 2>/dev/null | sed 's|.*/||'
}

plan 7
module_load
agent sock sock_agent
listener 127.0.0.1 8080 10
# Else three files are empty.
echo 1 >"$dir/histograms"
all=$(ls "$dir")
as_user unshare -Urn true 2>/dev/null ||
	skip_all "needs user namespaces for everyone"
check_eq "whoever is in the namespace reads all files" \
	"$(read_by as_user)" "$all"
check_eq "whoever has left it reads none" "$(read_by as_user unshare -Urn)" ""
check_eq "nor with a user namespace around it" \
	"$(read_by as_user unshare -Ur unshare -n)" ""
check_eq "whoever has left it and may enter it reads all" \
	"$(read_by unshare -n)" "$all"
check "what is of the reader's own namespace can be read from there" \
	as_user unshare -Urn grep -q '^# tcpadvisor netns=' $sysfs/recommend
hits=$sysfs/probes/tcp_conn_request/hits
check "nobody but root reads how often a hook ran" \
	eval "! as_user cat $hits 2>/dev/null"
check "root does" [ -n "$(<$hits)" ]
finish
