#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `make install` builds the module through DKMS, `make uninstall` leaves nothing
# of it behind, and a kernel that cannot run it is passed over, saying why.
#
# Works on the host itself, so runs only where tcpadvisor is not installed, and
# not by default: an emulated guest needs a quarter of an hour for it. `make
# test` runs it at full speed inside a guest's root, for the kernel KVER there.

set -u

here=$(dirname "$(readlink -f "$0")")
sources=${TCPADVISOR_SOURCES:-$here/..}
kernel=${KVER:-$(uname -r)}
unfit=$kernel-without-hooks
places=(/usr /etc /var/lib)

# shellcheck source=/dev/null
. "${KSFT_DIR:-$here/..}/kselftest/ktap_helpers.sh"

skip_all()
{
	ktap_skip_all "$*"
	exit "$KSFT_SKIP"
}

check_needs()
{
	local program

	[ "$(id -u)" = 0 ] || skip_all "needs root"
	for program in dkms make gcc openssl; do
		command -v "$program" >/dev/null || skip_all "needs $program"
	done
	[ -f "$sources/dkms.conf" ] || skip_all "needs the project's sources"
	[ -d "/lib/modules/$kernel/build/" ] ||
		skip_all "needs the headers of $kernel"
	! modinfo -k "$kernel" tcpadvisor >/dev/null 2>&1 ||
		skip_all "needs a host without tcpadvisor"
}

# Every file of this host, and what depmod knows of the module. A kernel's index
# of modules may not exist yet; depmod makes it.
host_files()
{
	find "${places[@]}" -xdev -printf '%y %p\n' | sort
	grep -H tcpadvisor "/lib/modules/$kernel"/modules.*
}

run_make()
{
	make -C "$sources" "$@" PREFIX=/usr/local </dev/null
}

# check DESCRIPTION COMMAND...; the command's output is shown if it fails
check()
{
	local what=$1
	shift

	if "$@" >"$log" 2>&1; then
		ktap_test_pass "$what"
	else
		sed 's/^/# /' "$log"
		ktap_test_fail "$what"
	fi
}

dkms_installed_it()
{
	local file

	dkms status tcpadvisor -k "$kernel" | grep ': installed' &&
		file=$(modinfo -k "$kernel" -n tcpadvisor) &&
		[[ $file == */updates/dkms/* ]] && [ -s "$file" ]
}

loads()
{
	modprobe tcpadvisor && [ -r /sys/kernel/tcpadvisor/recommend ] &&
		/usr/local/sbin/tcpadvisor listeners
}

nothing_left()
{
	host_files | diff "$before" -
}

# The kernel $unfit, which lacks what the module needs.
passed_over()
{
	local told

	mkdir -p "/lib/modules/$unfit/build"
	sed -E '/^CONFIG_(KPROBES|DYNAMIC_FTRACE)=/d' \
		"/lib/modules/$kernel/build/.config" \
		>"/lib/modules/$unfit/build/.config"
	told=$(run_make install KVER="$unfit" 2>&1) && return 1
	echo "$told"
	rm -r "/lib/modules/$unfit"
	[[ $told == *"$unfit has no CONFIG_DYNAMIC_FTRACE: "* ]]
}

ktap_print_header
check_needs
ktap_set_plan 10
before=$(mktemp)
log=$(mktemp)
trap 'rm -f "$before" "$log"' EXIT
depmod "$kernel"
host_files >"$before"

check "install" run_make install KVER="$kernel"
check "the command works" /usr/local/sbin/tcpadvisor --version
check "DKMS installed the module" dkms_installed_it
check "DKMS made itself a key" test -e /var/lib/dkms/mok.key
if [ "$kernel" = "$(uname -r)" ]; then
	check "the module loads" loads
else
	ktap_test_skip "the module loads: $kernel is not running"
fi
check "uninstall" run_make uninstall
check "nothing is left" nothing_left
check "uninstall with nothing to do" run_make uninstall
check "a kernel without ftrace and kprobes is passed over, saying why" passed_over
check "nothing is left of the attempt" nothing_left
ktap_finished
