# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Extras: packages that only some runs want, as a layer over the root; one for
# each set that was ever asked for, so that none waits for another's guest.

extras_install()
{
	local new=$1 apt=("$here/enter" -u "$1" "$root" apt-get)
	shift

	rm -rf "$new"
	mkdir -p "$new/etc"
	cp -L /etc/resolv.conf "$new/etc/resolv.conf"
	"${apt[@]}" update && "${apt[@]}" install -y "$@" &&
		"${apt[@]}" clean || return
	rm -rf "$new.work" "$new.merged" "$new/var/lib/apt/lists"
}

# Have the layer with ${packages[@]}; sets $extras.
extras_prepare()
{
	local name

	name=$(printf '%s\n' "${packages[@]}" | sort -u | paste -sd+)
	extras=$place/extras/$name
	[ ! -d "$extras" ] || return 0
	mkdir -p "$place/extras"
	exec 7>>"$place/extras.lock"
	host_lock 7 -x "other packages for series $series"
	if [ ! -d "$extras" ]; then
		say "fetching for series $series: ${packages[*]}"
		logged "$place/extras.log" \
			extras_install "$extras.new" "${packages[@]}" ||
			die "could not install ${packages[*]}"
		mv "$extras.new" "$extras"
	fi
	exec 7>&-
}
