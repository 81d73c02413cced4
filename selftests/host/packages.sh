#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The Debian packages: one version in all that they bring, whatever a package adds
# to it; an upgrade keeps the module; a purge leaves nothing.

# shellcheck source=selftests/host/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"

version=$("$sources/scripts/version")
next=$version.1
# The package's version, and the version of what is in it.
versions=("$version $version" "$next $next" "$next+nmu1 $next"
	  "$next~bpo12+1 $next" "$next-1 $next")

# one_version PACKAGES VERSION: all that they hold is of that version
one_version()
{
	local root=$work/contents

	rm -rf "$root"
	for package in "$work/$1"/*.deb; do
		dpkg-deb -x "$package" "$root" || return
	done
	ls -d "$root"/usr/src/*
	[ "$(ls "$root/usr/src")" = "tcpadvisor-$2" ] &&
		grep -x "PACKAGE_VERSION=\"$2\"" "$root/usr/src/tcpadvisor-$2/dkms.conf" &&
		[ "$(sh "$root/usr/src/tcpadvisor-$2/scripts/version")" = "$2" ] &&
		[ "$("$root/usr/sbin/tcpadvisor" --version)" = "tcpadvisor $2" ]
}

# installed PACKAGES VERSION: the command, DKMS and the module say it too
installed()
{
	packages_install "$1" && dkms_has "$2" &&
		[ "$(tcpadvisor --version)" = "tcpadvisor $2" ] &&
		[ "$(dkms status tcpadvisor | wc -l)" = 1 ]
}

ktap_print_header
need dkms dh_dkms dpkg-buildpackage openssl
ktap_set_plan $((2 * ${#versions[@]} + 5))
host_files >"$work/before"

for pair in "${versions[@]}"; do
	check "packages of ${pair% *} build" packages_build "${pair% *}"
	check "all in ${pair% *} is ${pair#* }" one_version "${pair% *}" "${pair#* }"
done
check "install $version" installed "$version" "$version"
check "an upgrade to $next keeps the module" installed "$next" "$next"
check "so does one to $next+nmu1" installed "$next+nmu1" "$next"
check "purge" apt-get purge -y tcpadvisor tcpadvisor-dkms
check "nothing is left" nothing_left "$work/before"
ktap_finished
