# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Debian's archive: where a suite is to be had. The mirror this machine's own
# apt uses comes first, then Debian's public name, then the archive of old
# releases. Downloads nothing but a suite's InRelease file.

# The base addresses to try for the archive $1, Debian or Debian-Security.
archive_bases()
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

# Whether the archive at $1 has the suite $2.
archive_serves()
{
	local file rc=0

	file=$(mktemp)
	/usr/lib/apt/apt-helper download-file "$1/dists/$2/InRelease" \
		"$file" >/dev/null 2>&1 || rc=1
	rm -f "$file"
	return $rc
}

# The sources.list line of the suite $1.
archive_source()
{
	local base label=Debian

	[[ $1 == *-security ]] && label=Debian-Security
	while read -r base; do
		archive_serves "$base" "$1" || continue
		echo "deb $base $1 main"
		return
	done < <(archive_bases "$label")
	say "no archive serves the suite $1"
	return 1
}
