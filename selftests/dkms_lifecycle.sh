#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `make install` builds the module through DKMS, `make uninstall` leaves nothing
# of it behind, and a kernel that cannot run it is passed over, saying why.
#
# All of it happens on copies of the directories it writes to, which only this
# test sees.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

sources=${TCPADVISOR_SOURCES:-/src}
kernel=$(uname -r)
unfit=$kernel-without-kprobes
covered=(/usr /etc /var/lib)

check_needs()
{
	local program

	for program in dkms make gcc openssl; do
		command -v "$program" >/dev/null || skip_all "needs $program"
	done
	[ -f "$sources/dkms.conf" ] || skip_all "needs the project at $sources"
	[ -d "/lib/modules/$kernel/build/" ] ||
		skip_all "needs the headers of $kernel"
}

cover()
{
	local directory upper

	for directory in "${covered[@]}"; do
		upper=$tmp/upper$directory
		mkdir -p "$upper" "$upper.work"
		mount -t overlay overlay "$directory" -o \
			"lowerdir=$directory,upperdir=$upper,workdir=$upper.work" ||
			return
	done
}

# A copy of the sources to build in, a host that never had the module, and a
# kernel that lacks what the module needs.
prepare()
{
	cover || return
	mkdir "$tmp/source"
	tar -C "$sources" --exclude=./build --exclude=./.git -c . |
		tar -C "$tmp/source" -x || return
	module_unload
	find "/lib/modules/$kernel" -name 'tcpadvisor.ko*' -delete
	depmod
	mkdir -p "/lib/modules/$unfit/build"
	sed '/^CONFIG_KPROBES=/d' "/lib/modules/$kernel/build/.config" \
		>"/lib/modules/$unfit/build/.config"
}

# Every file on this host, and what depmod knows of the module.
host_files()
{
	find "${covered[@]}" -xdev -printf '%y %p\n' | sort
	grep -H tcpadvisor "/lib/modules/$kernel"/modules.*
}

run_make()
{
	make -C "$tmp/source" "$@" PREFIX=/usr/local </dev/null
}

works()
{
	local file

	file=$(modinfo -n tcpadvisor) && echo "# $file" &&
		[[ $file == */updates/dkms/* ]] && modprobe tcpadvisor &&
		[ -r "$sysfs/recommend" ] &&
		/usr/local/sbin/tcpadvisor --version
}

dkms_lists_it()
{
	dkms status tcpadvisor -k "$kernel" | grep ': installed'
}

nothing_left()
{
	host_files >"$tmp/after"
	diff "$tmp/before" "$tmp/after"
}

passed_over()
{
	! run_make install KVER="$unfit" >"$tmp/log" 2>&1 || return
	grep "$unfit has no CONFIG_KPROBES: " "$tmp/log" && return
	cat "$tmp/log"
	return 1
}

check_needs
plan 9
prepare || bail_out "could not make a private copy of the host"
host_files >"$tmp/before"
check "install" run_make install
check "the installed module and command work" works
check "DKMS lists it" dkms_lists_it
check "DKMS made itself a key" test -e /var/lib/dkms/mok.key
check "uninstall" run_make uninstall
check "nothing is left" nothing_left
check "uninstall with nothing to do" run_make uninstall
check "a kernel without kprobes is passed over, saying why" passed_over
check "nothing is left of the attempt" nothing_left
umount -l "${covered[@]}"
finish
