# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of installing have in common: results in KTAP, what a host has,
# packages. They change the machine they run on and are meant for a throw-away
# root, where scripts/in-root runs them at full speed, or for a guest.
#
# $sources are the project's sources, $kernel is the kernel to build for, $work
# is scratch space.

set -u

sources=${TCPADVISOR_SOURCES:-$(readlink -f "$(dirname "$(readlink -f "$0")")/../..")}
kernel=${KVER:-$(uname -r)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shellcheck source=/dev/null
. "$KSFT_DIR/kselftest/ktap_helpers.sh"

skip_all()
{
	ktap_skip_all "$*"
	exit "$KSFT_SKIP"
}

# need PROGRAM...: the tests cannot run without them, nor beside another tcpadvisor.
need()
{
	local program

	[ "$(id -u)" = 0 ] || skip_all "needs root"
	for program; do
		command -v "$program" >/dev/null || skip_all "needs $program"
	done
	[ -d "/lib/modules/$kernel/build/" ] ||
		skip_all "needs the headers of $kernel"
	! modinfo -k "$kernel" tcpadvisor >/dev/null 2>&1 ||
		skip_all "needs a host without tcpadvisor"
}

# check DESCRIPTION COMMAND...; the command's output is shown if it fails
check()
{
	local what=$1
	shift

	if "$@" >"$work/log" 2>&1; then
		ktap_test_pass "$what"
	else
		sed 's/^/# /' "$work/log"
		ktap_test_fail "$what"
	fi
}

# same DESCRIPTION GOT WANTED
same()
{
	[ "$2" = "$3" ] || ktap_print_msg "got '$2', want '$3'"
	check "$1" [ "$2" = "$3" ]
}

# Every file of this host but what other packages' programs keep for themselves, and
# what depmod knows of the module.
host_files()
{
	find /etc /lib/modules /usr /var/lib -xdev \
		! -path '/var/lib/dpkg/*' ! -path '/var/lib/apt/*' \
		! -path '/var/lib/dkms/mok.*' ! -path '/var/lib/systemd/*' \
		! -path '/var/lib/nginx/*' ! -path '/etc/.updated' \
		! -path '/lib/modules/*/modules.*' ! -path '/usr/lib/modules/*/modules.*' \
		! -path '/etc/ld.so.cache' -printf '%y %p\n' | sort
	grep -H tcpadvisor "/lib/modules/$kernel"/modules.*
}

# nothing_left FILE: the host is as `host_files >FILE` saw it.
nothing_left()
{
	host_files | diff "$1" -
}

# dkms_has VERSION: DKMS has installed it for the kernel, and what depmod knows is
# of that version.
dkms_has()
{
	dkms status "tcpadvisor/$1" -k "$kernel" | grep ': installed' &&
		[ "$(modinfo -k "$kernel" -F version tcpadvisor)" = "$1" ] &&
		[[ $(modinfo -k "$kernel" -n tcpadvisor) == */updates/dkms/* ]]
}

# The packages of the sources as if their version were $1, in $work/$1.
packages_build()
{
	local tree=$work/tree-$1

	mkdir "$work/$1"
	cp -a "$sources" "$tree" || return
	sed "1s/(.*)/($1)/" "$sources/debian/changelog" >"$tree/debian/changelog"
	(cd "$tree" && dpkg-buildpackage -us -uc -b) || return
	mv "$work/"*.deb "$work/$1"
	rm -rf "$tree"
}

# packages_install VERSION
packages_install()
{
	apt-get install -y --no-install-recommends "$work/$1"/tcpadvisor*.deb
}
