#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The Debian packages: one version in all that they bring, whatever a package adds
# to it; an upgrade keeps the module; a removal undoes what the command has
# changed, or names what stays; a purge leaves nothing.

# shellcheck source=selftests/host/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"

version=$("$sources/scripts/version")
next=$version.1
# The package's version, and the version of what is in it.
versions=("$version $version" "$next $next" "$next+nmu1 $next")
# Packages of these are not built: what is in them has the same version as the last one.
others=("$next~bpo12+1" "$next-1")

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

# The sources know what is theirs in the package's version $1.
version_known()
{
	local tree=$work/version

	mkdir -p "$tree/debian" "$tree/scripts"
	cp "$sources/scripts/version" "$tree/scripts"
	sed "1s/(.*)/($1)/" "$sources/debian/changelog" >"$tree/debian/changelog"
	[ "$(sh "$tree/scripts/version")" = "$next" ]
}

# installed PACKAGES VERSION: the command, DKMS and the module say it too
installed()
{
	packages_install "$1" && dkms_has "$2" &&
		[ "$(tcpadvisor --version)" = "tcpadvisor $2" ] &&
		[ "$(dkms status tcpadvisor | wc -l)" = 1 ]
}

# The command, as it were, undoes with status $1 what it has changed and kept.
changed_something()
{
	printf '#!/bin/sh\necho "$*" >>%s\nexit %s\n' "$work/called" "$1" >/usr/sbin/tcpadvisor
	mkdir -p /var/lib/tcpadvisor
	echo record >/var/lib/tcpadvisor/journal
	echo 'net.core.somaxconn = 8192' >/etc/sysctl.d/90-tcpadvisor.conf
	: >"$work/called"
}

# removed STATUS: the command was told to undo, once; what stays is named.
removed()
{
	local told

	changed_something "$1"
	told=$(apt-get remove -y tcpadvisor 2>&1) || return
	echo "$told"
	[ "$(cat "$work/called")" = "rollback --all-netns --end-trial" ] || return
	if [ "$1" = 0 ]; then
		[[ $told != *"remembers how it was"* ]]
	else
		[[ $told == *"/var/lib/tcpadvisor remembers how it was"* ]]
	fi
}

# An upgrade, be it to the same version, undoes nothing.
upgraded()
{
	changed_something 0
	dpkg -i "$work/$1"/tcpadvisor_*.deb && [ ! -s "$work/called" ] && [ -e /var/lib/tcpadvisor/journal ]
}

# The module of version $1, built in another place, is the one that is installed.
same_module()
{
	local tree=$work/elsewhere

	mkdir "$tree"
	dkms add "tcpadvisor/$1" --dkmstree "$tree" &&
		dkms build "tcpadvisor/$1" -k "$kernel" --dkmstree "$tree" &&
		built=$(find "$tree" -name 'tcpadvisor.ko*') &&
		cmp "$built" "$(modinfo -k "$kernel" -n tcpadvisor)"
}

# The tarball holds all of the sources, and nothing else.
tarball()
{
	make -C "$sources" -s dist &&
		tar -C "$work" -xf "$sources/build/tcpadvisor-$version.tar.xz" &&
		diff -r --exclude=build "$sources" "$work/tcpadvisor-$version"
}

ktap_print_header
need dkms dh_dkms dpkg-buildpackage openssl xz
ktap_set_plan $((2 * ${#versions[@]} + ${#others[@]} + 11))
host_files >"$work/before"

for pair in "${versions[@]}"; do
	check "packages of ${pair% *} build" packages_build "${pair% *}"
	check "all in ${pair% *} is ${pair#* }" one_version "${pair% *}" "${pair#* }"
done
for package in "${others[@]}"; do
	check "$package is known as $next" version_known "$package"
done
check "a tarball has all, and works without git" tarball
check "install $version" installed "$version" "$version"
check "the module is the same wherever it is built" same_module "$version"
check "an upgrade to $next keeps the module" installed "$next" "$next"
check "so does one to $next+nmu1" installed "$next+nmu1" "$next"
check "an upgrade leaves what was changed" upgraded "$next+nmu1"
check "a removal undoes it" removed 0
check "install again" packages_install "$next+nmu1"
check "a removal names what it could not undo" removed 64
check "purge" apt-get purge -y tcpadvisor tcpadvisor-dkms
check "nothing is left" nothing_left "$work/before"
ktap_finished
