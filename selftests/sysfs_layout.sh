#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Documentation/ABI and the live tree name the same files, each is read-only, but for
# `histograms`, and for everyone, but for those in probes/ and one table; each holds what
# the document says.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# Installed beside this script, or where it is in our tree, or in a kernel's.
for abi in "$here" "$here"/{..,../../../..}/Documentation/ABI/testing; do
	abi+=/sysfs-kernel-tcpadvisor
	[ ! -e "$abi" ] || break
done

# What a path of the live tree is called in the document.
generic()
{
	sed -e "s|^$sysfs/||" -e 's|^listeners/[^/]*|listeners/<listener>|' \
		-e 's|^probes/[^/]*|probes/<symbol>|'
}

# Files the document has an entry for, one a line.
documented_entries()
{
	sed -n "s|^What:[[:space:]]*$sysfs/||p" "$abi" |
		grep -v -e '/$' -e '^$' -e '^residual/'
}

# Files it lists in the description of a directory: "name:" or "a, b:".
documented_lists()
{
	awk -v sysfs="$sysfs/" '
		$1 == "What:" { dir = substr($2, length(sysfs) + 1) }
		dir !~ /\/$/ { next }
		/^\t\t[a-z_0-9]+(, [a-z_0-9]+)*:/ {
			sub(/:.*/, "")
			n = split($0, name, /[, \t]+/)
			for (i = 1; i <= n; i++)
				if (name[i] != "")
					print dir name[i]
		}' "$abi"
}

documented_residuals()
{
	sed -n '/residual\//,/^$/p' "$abi" |
		grep -oE '\b(Listen|TCPReqQFull|Syncookies)[A-Za-z]+' |
		sed 's|^|residual/|'
}

# closed/ and untracked/ have, as it says, the counters of a listener.
documented()
{
	local counter

	documented_entries
	documented_lists
	documented_residuals
	for counter in "${counters[@]}"; do
		echo "closed/$counter"
		echo "untracked/$counter"
	done
}

live()
{
	find "$sysfs" -type f -o -type l | generic
}

is_number()
{
	[[ $1 =~ ^[0-9]+$ ]]
}

# Whether $2 is what file $1 may say.
is_valid()
{
	if [[ $1 == */tables/* ]]; then
		[[ $2 =~ ^"# tcpadvisor ${1##*/} version=1 row=512 netns="[0-9]+" changes="[0-9]+ ]]
		return
	fi
	case ${1##*/} in
	recommend) [[ $2 =~ ^"# tcpadvisor netns="[0-9]+" generation="[0-9]+ ]] ;;
	state) [[ $2 =~ ^(armed|absent|(missing|silent): .+)$ ]] ;;
	cgroup) [[ $2 =~ ^(-|/.*)$ ]] ;;
	backlog_requested) [ "$2" = unknown ] || is_number "${2#-}" ;;
	verdict) [[ $2 =~ ^[a-z-]+$ ]] && grep -qwe "$2" "$abi" ;;
	destinations)
		[[ -z $2 || $2 =~ ^[0-9a-f.:]+\ [][0-9a-f.:]+(\ [0-9]+){3}\ ([0-9]+|-)\ [0-9]+\ (bound|-)\ [0-9]+\  ]]
		;;
	exact | histograms) [[ $2 =~ ^[01]$ ]] ;;
	hooks) [[ $2 =~ ^(ftrace|kprobes)$ ]] ;;
	*) is_number "$2" ;;
	esac
}

# One value: one line, but in recommend and in what is a list.
bad_values()
{
	local file

	find "$sysfs" -type f | while read -r file; do
		mapfile -t line <"$file"
		{ [ ${#line[@]} = 1 ] || [[ $file =~ /(recommend|destinations|tables/.*)$ ]]; } &&
			is_valid "$file" "${line[0]-}" ||
			echo "$file: ${line[*]}"
	done
}

plan 5
[ -r "$abi" ] || skip_all "needs $abi"
module_load interval_ms=100
agents
for version in 4 6; do
	family $version
	listener "$any" $((8080 + version)) 4
	wire to "$server" $((8080 + version))
	handshakes 1000 5
	wire send S "$peer" 2000 9
done
documented | sort -u >"$tmp/documented"
live | sort -u >"$tmp/live"
check "there is something to compare" [ -s "$tmp/documented" -a -s "$tmp/live" ]
check_eq "every file has an entry in the document" \
	"$(comm -13 "$tmp/documented" "$tmp/live")" ""
check_eq "every entry of the document has a file" \
	"$(comm -23 "$tmp/documented" "$tmp/live")" ""
check_eq "every file but one is read-only for everyone, or for root" \
	"$(find "$sysfs" -type f ! -path "$sysfs/probes/*" ! -name refused_prefixes \
		! -path "$sysfs/tables/cells" ! -perm 0444
	   find "$sysfs/probes" "$sysfs/tables/refused_prefixes" \
		"$sysfs/tables/cells" -type f ! -perm 0400)" \
	"$(find "$sysfs/listeners" -name histograms)"
check_eq "every file holds what it may say" "$(bad_values)" ""
finish
