# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Extras: packages that only some runs want, as a layer over the root; one for
# each set that was ever asked for, so that none waits for another's guest.

# The layer that has ${packages[@]}. A colon would end its name for overlayfs.
extras_name()
{
	printf '%s\n' "${packages[@]}" | sort -u | paste -sd+ | tr : @
}

# Have the headers of a kernel of another architecture, $1, in the root by way of
# "${enter[@]}". They depend on that architecture's own compiler, which we do not
# want, and on programs for kernel builds, which we want of ours.
extras_headers()
{
	local archives=/var/cache/apt/archives

	"${enter[@]}" env -C $archives apt-get download "$1" &&
		"${enter[@]}" sh -c "apt-get install -y \$(dpkg-deb -f $(:
			)$archives/${1%:*}_*.deb Depends |
			grep -oE 'linux-(headers|kbuild)-[^ ,:]+') &&
			dpkg --force-depends --unpack $archives/${1%:*}_*.deb"
}

# A directory that overlayfs makes hides what is below it: where the layer $1 has
# the place of a kernel's modules, make it again without that mark, for the modules
# themselves are in a lower layer (arch.sh).
extras_open()
{
	local place

	for place in "$1"/lib/modules/* "$1"/usr/lib/modules/*; do
		[ -d "$place" ] || continue
		cp -R --no-dereference "$place" "$place.new" &&
			rm -rf "$place" && mv "$place.new" "$place" || return
	done
}

extras_install()
{
	local new=$1 enter=("$here/enter" -u "$1" "$root") package
	local usual=() headers=()
	shift

	rm -rf "$new"
	mkdir -p "$new/etc"
	cp -L /etc/resolv.conf "$new/etc/resolv.conf"
	for package; do
		case $package in
		linux-headers-*:*) headers+=("$package") ;;
		*) usual+=("$package") ;;
		esac
		[[ $package != *:* ]] ||
			"${enter[@]}" dpkg --add-architecture "${package#*:}" || return
	done
	"${enter[@]}" apt-get update || return
	[ "${#usual[@]}" = 0 ] || "${enter[@]}" apt-get install -y "${usual[@]}" ||
		return
	for package in "${headers[@]}"; do
		extras_headers "$package" || return
	done
	"${enter[@]}" apt-get clean || return
	[ "${#headers[@]}" = 0 ] || extras_open "$new" || return
	rm -rf "$new.work" "$new.merged" "$new/var/lib/apt/lists"
}

# For a root that is only unpacked: all that these packages need, unpacked. Of what
# they do when they are configured, that nginx serves its first site.
extras_unpack()
{
	local suites new=$1
	shift

	rm -rf "$new"
	read -r _ suites <<<"$recipe"
	# shellcheck disable=SC2086
	debian_bootstrap extract "$new" "$(IFS=,; echo "$*")" $suites -- --arch="$arch" \
		--hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr || return
	[ ! -d "$new/etc/nginx/sites-enabled" ] ||
		ln -sf ../sites-available/default "$new/etc/nginx/sites-enabled/default"
}

# Have the layer with ${packages[@]}; sets $extras.
extras_prepare()
{
	local how=extras_install

	extras=$place/extras/$(extras_name)
	! arch_foreign || how=extras_unpack
	[ ! -d "$extras" ] || return 0
	mkdir -p "$place/extras"
	exec 7>>"$place/extras.lock"
	host_lock 7 -x "other packages for series $series"
	if [ ! -d "$extras" ]; then
		say "fetching for series $series: ${packages[*]}"
		logged "$place/extras.log" \
			"$how" "$extras.new" "${packages[@]}" ||
			die "could not install ${packages[*]}"
		mv "$extras.new" "$extras"
	fi
	exec 7>&-
}
