# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A stage: what `make stage` installs (module, tool, selftests), built inside
# the root it is for, because a kernel's own build programs match that
# release's libc (arch.sh: a foreign one's, in an amd64 root). Stages are immutable
# and named by what went in, so a guest keeps the one it booted with while the next
# is being built.
#
# $place/tree      copy of the sources, objects beside them: incremental
# $place/stages/*  the results, laid over the root by the guest

# The project's files: what git knows or would add, NUL-separated.
stage_files()
{
	cd "$top" || return
	{
		git ls-files -z --cached --others --exclude-standard 2>/dev/null ||
		find . \( -path ./build -o -path ./.git \) -prune -o \
			-type f -print0
	} | while IFS= read -r -d '' file; do
		[ ! -f "$file" ] || printf '%s\0' "$file"
	done | sort -z
}

# A name for exactly the sources in $1, listed on standard input, on exactly
# this kernel.
stage_name()
{
	{
		echo "$release"
		cat "$ksft/.stamp"
		(cd "$1" && xargs -0 sh -c 'sha256sum "$@"; stat -c "%a %n" "$@"' -)
	} | sha256sum | cut -c 1-16
}

# Files $1 and $2 are the same, permissions included.
stage_same()
{
	cmp -s "$1" "$2" && [ "$(stat -c %a "$1")" = "$(stat -c %a "$2")" ]
}

# Bring the copy up to date: nothing that is gone here, and what has changed with
# the time of the copy, for an edit during a build is older than the object.
stage_sync()
{
	local tree=$place/tree file

	mkdir -p "$tree"
	stage_files >"$place/files.new"
	if [ -e "$place/files" ]; then
		comm -z -23 "$place/files" "$place/files.new" |
			(cd "$tree" && xargs -0 rm -f)
	fi
	while IFS= read -r -d '' file; do
		stage_same "$top/$file" "$tree/$file" ||
			(cd "$top" && cp --parents "$file" "$tree" &&
				chmod --reference="$file" "$tree/$file") ||
			return
	done <"$place/files.new"
	mv "$place/files.new" "$place/files"
}

stage_build()
{
	local lower=$builder binds=(-b "$place/tree:/usr/src/tcpadvisor-build"
				 -b "$ksft:/usr/src/linux-kselftest")

	if [ -n "$tree" ]; then
		lower=$place/modules:$builder
		binds+=(-b "$tree:$tree_mount")
	fi
	rm -rf "$1"
	"$here/enter" -u "$1" "${binds[@]}" "$lower" \
		make -C /usr/src/tcpadvisor-build -j2 stage KVER="$release" \
		"${make_arguments[@]}" \
		KSFT_DIR=/usr/src/linux-kselftest/tools/testing/selftests ||
		return
	rm -rf "$1.work" "$1.merged"
}

# Drop all but the newest few stages, and none that a guest is using.
stage_prune()
{
	local old

	# Names are our own hexadecimal ones.
	# shellcheck disable=SC2012
	ls -1dt "$place"/stages/* | tail -n +4 | while read -r old; do
		flock -n -x "$old" rm -rf "$old"
	done
}

# Build and name what the copy holds: the sources may change meanwhile.
stage_make()
{
	say "building for $release"
	mkdir -p "$place/stages"
	arch_prepare
	stage_sync || die "cannot copy the sources"
	stage=$place/stages/$(stage_name "$place/tree" <"$place/files")
	[ ! -d "$stage" ] || return 0
	logged "$place/stage.log" stage_build "$place/stage.new" ||
		die "the project does not build for $release"
	mv "$place/stage.new" "$stage"
}

# Keep the stage from being pruned, by descriptor 8, if it is there.
stage_hold()
{
	[ -d "$stage" ] || return
	exec 8<"$stage"
	flock -s 8
	[ -d "$stage" ]
}

# Have the stage of these sources; sets $stage.
stage_prepare()
{
	ksft=$("$here/linux-source") || exit
	stage=$place/stages/$(stage_files | stage_name "$top")
	if ! stage_hold; then
		exec 7>>"$place/stage.lock"
		host_lock 7 -x "another build for $release"
		[ -d "$stage" ] || stage_make
		stage_hold
		stage_prune
		exec 7>&-
	fi
	touch "$stage"
}
