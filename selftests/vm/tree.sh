# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A kernel of one's own: a tree built inside a root (`vm build --tree`), seen
# there as /usr/src/linux-kbuild, takes the place of the series' stock kernel.
# Its modules are a layer over the root; the userland stays the series' own.

tree_mount=/usr/src/linux-kbuild

tree_install()
{
	rm -rf "$place/modules"
	mkdir -p "$place/modules"
	"$here/enter" -b "$tree:$tree_mount" -b "$place/modules:/mnt" "$root" \
		make -C "$tree_mount" modules_install INSTALL_MOD_PATH=/mnt/usr \
		INSTALL_MOD_STRIP=1 || return
	# A kernel with everything built in installs none of this.
	[ -e "$place/modules/usr/lib/modules/$1/modules.dep" ] || return
	echo "$1" >"$place/release"
}

# Have $place (release, modules) for the tree; the root's lock is held.
tree_prepare()
{
	local built=$tree/include/config/kernel.release

	[ "$arch" = amd64 ] || die "only amd64 kernels of one's own"
	[ -e "$built" ] || die "no built kernel in $tree"
	tree=$(cd "$tree" && pwd)
	place=$lab/tree-${tree##*/}
	mkdir -p "$place"
	exec 7>>"$place/stage.lock"
	host_lock 7 -x "another use of $tree"
	if [ ! "$place/release" -nt "$tree/vmlinux" ]; then
		rm -rf "$place/stages" "${place:?}/boot"
		logged "$place/modules.log" tree_install "$(cat "$built")" ||
			die "the modules of $tree do not install"
	fi
	exec 7>&-
	layers[modules]=$place/modules
}

# Run the command ($@) inside the root, in the tree and writing to it alone.
tree_build()
{
	local lower=$root

	[ "${#packages[@]}" = 0 ] || lower=$extras:$root
	scratch=$(mktemp -d "$lab/build.XXXXXX") ||
		die "cannot make a directory in $lab"
	trap 'rm -rf "$scratch"' EXIT
	trap 'exit 125' INT TERM HUP
	"$here/enter" -u "$scratch/upper" -b "$tree:$tree_mount" "$lower" \
		env -C "$tree_mount" "$@"
}
