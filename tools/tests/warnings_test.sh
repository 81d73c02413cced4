#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `status` warns, in text and in JSON, when the module's numbers may not be the
# whole truth, and says nothing when they are.

. "$(dirname "$0")/lib.sh"

version=$("$tool" --version)

# A module that is well, of this command's version.
well()
{
	new_root
	mkdir -p "$sysfs"/{residual,probes/tcp_conn_request,probes/old_function} \
		"$root/sys/module/tcpadvisor"
	echo "${version#tcpadvisor }" >"$root/sys/module/tcpadvisor/version"
	echo 1 >"$sysfs/exact"
	echo 0 >"$sysfs/residual/ListenDrops"
	echo armed >"$sysfs/probes/tcp_conn_request/state"
	echo 0 >"$sysfs/probes/tcp_conn_request/missed"
	echo absent >"$sysfs/probes/old_function/state"
	echo 0 >"$sysfs/probes/old_function/missed"
}

# warned TEXT: once, in both forms
warned()
{
	run status -i 0
	[ "$rc" = 0 ] && [ "$(grep -c '^warning' "$tmp/out")" = 1 ] && says "$1" || return
	run status -i 0 --json
	[ "$rc" = 0 ] && says '"warnings": [' && says "$1"
}

not_warned()
{
	run status -i 0
	! says warning || return
	run status -i 0 --json
	! says warnings
}

well
ok "nothing to warn of" not_warned
echo 9.9 >"$root/sys/module/tcpadvisor/version"
ok "a module of another version" warned "module 9.9 is loaded, this command is"
well
echo 0 >"$sysfs/exact"
ok "counts that are not exact" warned "not exact"
well
echo "missing: SYNs refused are not seen" >"$sysfs/probes/tcp_conn_request/state"
ok "a hook that is missing" warned \
	"the hook of tcp_conn_request is missing: SYNs refused are not seen"
echo "silent: SYNs refused are not seen" >"$sysfs/probes/tcp_conn_request/state"
ok "a hook that is silent" warned "is silent"
well
echo 7 >"$sysfs/residual/ListenDrops"
ok "refusals counted for nobody" warned "ListenDrops: the kernel has counted 7 more"
echo -2 >"$sysfs/residual/ListenDrops"
ok "more counted than refused" warned "ListenDrops: the kernel has counted 2 fewer"
finish
