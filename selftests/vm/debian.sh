# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Debian's archive: where a suite is to be had, and a root made of it. The
# mirror this machine's own apt uses comes first, then Debian's public name,
# then the archive of old releases.

# The base addresses to try for the archive $1, Debian or Debian-Security.
debian_mirrors()
{
	local path=${1,,}

	# The dollars are apt's.
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' \
		'Created-By: Packages' 2>/dev/null |
		sed -n "s,^Debian $1 \(.*[^/]\)/*$,\1,p" | sort -u
	echo "http://deb.debian.org/$path"
	echo "http://archive.debian.org/$path"
}

# Whether the mirror $1 has the suite $2.
debian_serves()
{
	local file rc=0

	file=$(mktemp)
	/usr/lib/apt/apt-helper download-file "$1/dists/$2/InRelease" \
		"$file" >/dev/null 2>&1 || rc=1
	rm -f "$file"
	return $rc
}

# The sources.list line of the suite $1.
debian_source()
{
	local mirror label=Debian

	[[ $1 == *-security ]] && label=Debian-Security
	while read -r mirror; do
		debian_serves "$mirror" "$1" || continue
		echo "deb $mirror $1 main"
		return
	done < <(debian_mirrors "$label")
	say "no mirror serves the suite $1"
	return 1
}

# Make a root: $1 mmdebstrap's variant, $2 where, $3 packages (with commas),
# then the suites, then -- and more options of mmdebstrap. What it mounts and what
# it starts is in namespaces of its own, and dies with this shell: the kernel undoes
# it all. Our locks would leave mmdebstrap only descriptors that dash cannot name.
debian_bootstrap()
{
	local variant=$1 root=$2 packages=$3 suite=$4 proxy='' sources=()
	local options=()
	shift 3

	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		sources+=("$(debian_source "$1")") || return
		shift
	done
	[ $# = 0 ] || shift
	eval "$(apt-config shell proxy Acquire::http::Proxy)"
	[ -z "$proxy" ] || options+=(--aptopt="Acquire::http::Proxy \"$proxy\"")
	[[ ${sources[*]} != *//archive.debian.org/* ]] ||
		options+=(--aptopt='Acquire::Check-Valid-Until "false"')
	INITRD=No setpriv --pdeathsig KILL \
		unshare --mount --propagation private --pid --fork --kill-child \
		mmdebstrap --mode=root --variant="$variant" \
		--aptopt='APT::Install-Recommends "false"' \
		--dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' \
		--include="$packages" "${options[@]}" "$@" \
		"$suite" "$root" "${sources[@]}" 5>&- 6>&- 7>&- 8>&- 9>&-
}
