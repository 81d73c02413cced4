# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A root: one series' Debian userland with its kernel and headers, made once
# and from then on only added to. Guests mount it read-only.
#
# Locking: $lab/$series/lock, held shared by whoever reads the root (a guest,
# for its whole life) and exclusively while the root is made or added to.

# The series' line of the table, less its name: flavour and suites.
root_recipe()
{
	sed -n "s/^$1[[:space:]]\+//p" "$here/series"
}

root_wanted()
{
	grep -v '^#' "$here/packages"
	[ "${#packages[@]}" = 0 ] || printf '%s\n' "${packages[@]}"
}

# Wanted packages the root has not got. Each one installed has left a stamp.
root_lacking()
{
	local package

	root_wanted | sort -u | while read -r package; do
		[ -e "$place/packages/$package" ] || echo "$package"
	done
}

root_ready()
{
	[ "$(cat "$place/recipe" 2>/dev/null)" = "$recipe" ] &&
		[ -z "$(root_lacking)" ]
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

# Make $1 from scratch, with all that is wanted: a minimal Debian.
root_bootstrap()
{
	local flavour suites suite proxy='' sources=() options=()

	read -r flavour suites <<<"$recipe"
	for suite in $suites; do
		sources+=("$(archive_source "$suite")") || return
	done
	eval "$(apt-config shell proxy Acquire::http::Proxy)"
	[ -z "$proxy" ] || options+=(--aptopt="Acquire::http::Proxy \"$proxy\"")
	[[ ${sources[*]} != *//archive.debian.org/* ]] ||
		options+=(--aptopt='Acquire::Check-Valid-Until "false"')
	root_pin >"$place/pin"

	rm -rf "$1"
	INITRD=No mmdebstrap --mode=root --variant=minbase "${options[@]}" \
		--dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' \
		--aptopt='APT::Install-Recommends "false"' \
		--setup-hook="cp '$place/pin' \"\$1/etc/apt/preferences.d/kernel\"" \
		--include="linux-image-$flavour,linux-headers-$flavour" \
		--include="$(root_wanted | paste -sd,)" \
		"${suites%% *}" "$1" "${sources[@]}"
}

root_make()
{
	local new=$place/root.new

	say "making the root of series $series ($recipe); takes a minute or two"
	rm -rf "$place/packages" "$place/recipe"
	logged "$place/root.log" root_bootstrap "$new" ||
		die "no root for series $series"
	# No service starts when a package is added, and mount points for builds.
	printf '#!/bin/sh\nexit 101\n' >"$new/usr/sbin/policy-rc.d"
	chmod +x "$new/usr/sbin/policy-rc.d"
	mkdir -p "$new/usr/src/tcpadvisor-build" "$new/usr/src/linux-kselftest" \
		"$new/src"
	rm -rf "$place/root" "$place/stages"
	mv "$new" "$place/root"
	root_stamp
	root_release >"$place/release"
	echo "$recipe" >"$place/recipe"
}

# The release of the newest kernel in the root.
root_release()
{
	find "$place/root/boot" -name 'vmlinuz-*' -printf '%f\n' |
		sed 's/^vmlinuz-//' | sort -V | tail -n 1
}

root_stamp()
{
	mkdir -p "$place/packages"
	(cd "$place/packages" && root_wanted | xargs touch)
}

root_install()
{
	local apt=("$here/enter" "$place/root" apt-get)

	# What was last known of the archive may be long gone from it.
	cp -L /etc/resolv.conf "$place/root/etc/resolv.conf"
	"${apt[@]}" install -y "$@" ||
		{ "${apt[@]}" update && "${apt[@]}" install -y "$@"; } || return
	"${apt[@]}" clean
}

root_add()
{
	local lacking

	mapfile -t lacking < <(root_lacking)
	say "adding to the root of series $series: ${lacking[*]}"
	logged "$place/packages.log" root_install "${lacking[@]}" ||
		die "could not add to the root of series $series"
	root_stamp
}

# Have the root of $series at $place/root; on return descriptor 9 holds its
# lock, shared.
root_prepare()
{
	recipe=$(root_recipe "$series")
	[ -n "$recipe" ] || die "no series $series; see: vm list"
	mkdir -p "$place"
	exec 9>>"$place/lock"
	host_lock 9 -s "the root of series $series"
	root_ready && return
	host_lock 9 -x "other runs of series $series to end"
	[ "$(cat "$place/recipe" 2>/dev/null)" = "$recipe" ] || root_make
	root_ready || root_add
	flock -s 9
}
