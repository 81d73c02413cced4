# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A root: one series' Debian userland with its kernel and headers. It is made
# once and never changed; packages only some runs want are layers above it
# (extras), one for each set asked for. Guests mount both read-only.
#
# $place/lock is held shared by whoever uses the root (a guest, for its whole
# life) and exclusively while it is made.

# The series' line of the table, less its name: flavour and suites, one blank
# between them.
root_recipe()
{
	awk -v name="$1" '$1 == name { $1 = ""; print substr($0, 2) }' "$here/series"
}

# The architecture of $recipe.
root_architecture()
{
	local flavour=${recipe%% *}

	case $flavour in
	*:*) echo "${flavour#*:}" ;;
	*) echo amd64 ;;
	esac
}

root_packages()
{
	local which=build

	! arch_foreign || which=foreign
	awk -v which="$which" '!/^#/ && ($2 == "" || $2 == which) { print $1 }' \
		"$here/packages" | paste -sd,
}

root_ready()
{
	[ "$(cat "$place/recipe" 2>/dev/null)" = "$recipe $(root_packages)" ]
}

# Kernel packages, and only those, come from the newest suite there is.
root_pin()
{
	cat <<-END
		Package: linux-image-* linux-headers-* linux-kbuild-* linux-base*
		Pin: release n=*-backports
		Pin-Priority: 600
	END
}

# Make $1 from scratch: a minimal Debian with a kernel. What is of another
# architecture is only unpacked, and made ready by root_configure.
root_bootstrap()
{
	local flavour suites variant=minbase list options=()

	read -r flavour suites <<<"$recipe"
	flavour=${flavour%:*}
	list=linux-image-$flavour,$(root_packages)
	if [ "$arch" != amd64 ]; then
		list+=,busybox-static
		options=(--arch="$arch" --skip=check/qemu)
	fi
	if arch_foreign; then
		variant=extract
		options+=(--include='?priority(required)'
			  --hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr)
	else
		list+=,linux-headers-$flavour
	fi
	rm -rf "$1"
	root_pin >"$place/pin"
	# shellcheck disable=SC2086
	debian_bootstrap "$variant" "$1" "$list" $suites -- "${options[@]}" \
		--setup-hook="cp '$place/pin' \"\$1/etc/apt/preferences.d/kernel\""
}

# Of what packages do when they are configured, what is needed here.
root_configure()
{
	local file

	for file in passwd group; do
		cp "$1/usr/share/base-passwd/$file.master" "$1/etc/$file"
	done
	printf '127.0.0.1\tlocalhost\n::1\tlocalhost\n' >"$1/etc/hosts"
	mkdir -p "$1/mnt" "$1/opt" "$1/srv" "$1/usr/local/bin"
	ln -s mawk "$1/usr/bin/awk"
	[ -e "$1/bin/sh" ] || ln -s dash "$1/bin/sh"
	"$here/enter" -b "$1:/export/modules" "$tools_root" \
		depmod -b /export/modules "$(root_release "$1")"
}

# The release of the newest kernel in the root $1.
root_release()
{
	find "$1/boot" -name 'vmlinuz-*' -printf '%f\n' |
		sed 's/^vmlinuz-//' | sort -V | tail -n 1
}

root_make()
{
	local new=$place/root.new

	say "making the root of series $series ($recipe); takes a minute or two"
	rm -f "$place/recipe"
	logged "$place/root.log" root_bootstrap "$new" ||
		die "no root for series $series"
	! arch_foreign || logged "$place/configure.log" root_configure "$new" ||
		die "no root for series $series"
	# No service starts when a package is added, and mount points for builds.
	printf '#!/bin/sh\nexit 101\n' >"$new/usr/sbin/policy-rc.d"
	chmod +x "$new/usr/sbin/policy-rc.d"
	mkdir -p "$new/usr/src/tcpadvisor-build" "$new/usr/src/linux-kselftest" \
		"$new/usr/src/linux-kbuild" "$new/src"
	rm -rf "$place/root" "$place/extras" \
		"$place/stages" "${place:?}/boot"
	mv "$new" "$place/root"
	root_release "$place/root" >"$place/release"
	echo "$recipe $(root_packages)" >"$place/recipe"
}

# Have the root of $series at $root; on return descriptor 9 holds its
# lock, shared.
root_prepare()
{
	recipe=$(root_recipe "$series")
	[ -n "$recipe" ] || die "no series $series; see: vm list"
	arch_set "$(root_architecture)"
	root=$place/root
	mkdir -p "$place"
	exec 9>>"$place/lock"
	host_lock 9 -s "the root of series $series"
	root_ready && return
	host_lock 9 -x "other runs of series $series to end"
	root_ready || root_make
	flock -s 9
}
