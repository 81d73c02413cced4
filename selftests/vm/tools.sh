# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The tools: QEMU and busybox in a small root of their own, so that they are
# the same wherever the lab runs. Older QEMUs (7.2 for one) lose writes to
# code another CPU is translating, and a kernel that patches itself, as ours
# does for every probe, dies of a stale int3 within seconds of load.

tools_suite=trixie
tools_packages=base-files,busybox-static,gzip,kmod,$(:
	)qemu-system-arm,qemu-system-s390x,qemu-system-x86,xz-utils,zstd
tools_root=$lab/tools/root

# Run one of the tools; for QEMU see machine.sh.
tools()
{
	chroot "$tools_root" "$@"
}

# Only unpacked, never configured: nothing here needs more.
tools_bootstrap()
{
	local new=$tools_root.new

	rm -rf "$new"
	debian_bootstrap extract "$new" "$tools_packages" \
		"$tools_suite" "$tools_suite-security" || return
	# Where machine.sh binds what a guest is given.
	mkdir -p "$new"/export/{modules,stage,extras,root,source,run} "$new/proc"
	: >"$new/export/kernel"
	: >"$new/export/initramfs"
	rm -rf "$tools_root" "$lab/tools/recipe"
	mv "$new" "$tools_root"
	echo "$tools_packages" >"$lab/tools/recipe"
}

tools_ready()
{
	[ "$(cat "$lab/tools/recipe" 2>/dev/null)" = "$tools_packages" ]
}

# Have the tools; descriptor 6 holds their lock, shared.
tools_prepare()
{
	mkdir -p "$lab/tools"
	exec 6>>"$lab/tools/lock"
	host_lock 6 -s "the tools"
	tools_ready && return
	host_lock 6 -x "other runs to end"
	if ! tools_ready; then
		say "fetching QEMU"
		logged "$lab/tools/log" tools_bootstrap || die "no QEMU"
	fi
	flock -s 6
}
