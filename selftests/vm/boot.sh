# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What QEMU starts: a kernel and a small initramfs of our own, with busybox,
# ./init and the few modules that kernel needs to reach its root. Distributions
# build different ones of them in, so modprobe's own data says which.

boot_modules="virtio_pci 9p 9pnet_virtio overlay"

# The files of modules $2..., each after those it depends on; $1 is what modprobe
# is to take for the root directory.
boot_module_files()
{
	local from=$1
	shift

	"$here/enter" -b "$from:/export/modules" "$tools_root" \
		modprobe -d /export/modules -a -S "$release" --show-depends "$@" |
		awk -v root="$from" '$1 == "insmod" && !seen[$2]++ {
			sub("^/export/modules", root, $2)
			print $2
		}'
}

# Standard input, uncompressed; $1 is the kind.
boot_unpack()
{
	case $1 in
	xz) tools xz -dc ;;
	zst) tools zstd -dcq ;;
	gz) tools gzip -dc ;;
	*) cat ;;
	esac
}

# Put the modules $3... into directory $1 in the order in which they load, from
# under $2.
boot_put_modules()
{
	local to=$1 from=$2 file name count=10
	shift 2

	mkdir -p "$to"
	boot_module_files "$from" "$@" | while read -r file; do
		name=${file##*/}
		boot_unpack "${file##*.}" <"$file" >"$to/$count-${name%%.ko*}.ko" ||
			return
		count=$((count + 1))
	done
}

# The tree of the initramfs in $1, with modules from under $2.
boot_tree()
{
	mkdir -p "$1/bin" "$1/dev" "$1/proc" "$1/new"
	cp "$busybox" "$1/bin/busybox"
	cp "$here/init" "$1/init"
	# shellcheck disable=SC2086
	boot_put_modules "$1/modules" "$2" $boot_modules || return
	# A kernel of one's own may have none; then only --disk does not work.
	# shellcheck disable=SC2086
	boot_put_modules "$1/modules/disk" "$2" $disk_modules || true
}

# Number of $3 bytes, little-endian, at $2 in the file $1.
boot_number()
{
	od -A n -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

# The kernel inside the compressed image $1 of an x86: what QEMU can start directly
# (PVH) need not unpack itself under emulation, which takes seconds. Offsets
# are of Documentation/arch/x86/boot.rst.
boot_kernel()
{
	local start length kind=gz

	start=$((($(boot_number "$1" 497 1) + 1) * 512 +
		$(boot_number "$1" 584 4)))
	length=$(boot_number "$1" 588 4)
	case $(od -A n -t x1 -j "$start" -N 4 "$1" | tr -d ' ') in
	fd377a58) kind=xz ;;
	28b52ffd) kind=zst ;;
	esac
	# All but gzip are followed by the unpacked size.
	[ "$kind" = gz ] || length=$((length - 4))
	head -c $((start + length)) "$1" | tail -c "$length" |
		boot_unpack "$kind"
}

boot_make()
{
	local new=$place/boot.new from=$root busybox=$tools_root/usr/bin/busybox

	[ -z "$tree" ] || from=$place/modules/usr
	[ "$arch" = amd64 ] || busybox=$root/bin/busybox
	rm -rf "$new" "${place:?}/boot"
	boot_tree "$new/tree" "$from" || return
	(cd "$new/tree" && find . | "$tools_root/usr/bin/busybox" cpio -o -H newc) \
		>"$new/initramfs" || return
	rm -rf "$new/tree"
	if [ -n "$tree" ]; then
		cp "$tree/arch/x86/boot/bzImage" "$new/kernel" || return
	elif [ "$arch" != amd64 ]; then
		cp "$root/boot/vmlinuz-$release" "$new/kernel" || return
	else
		boot_kernel "$root/boot/vmlinuz-$release" >"$new/kernel" ||
			return
	fi
	mv "$new" "$place/boot"
}

boot_fresh()
{
	[ "$place/boot/initramfs" -nt "$here/init" ] &&
		[ "$place/boot/initramfs" -nt "$place/release" ]
}

# Have $place/boot/{kernel,initramfs}; the locks of root and tools are held.
boot_prepare()
{
	release=$(cat "$place/release")
	boot_fresh && return
	exec 7>>"$place/stage.lock"
	host_lock 7 -x "another build for $release"
	# Who held it may have made it, and a guest may be booting by it.
	boot_fresh || logged "$place/boot.log" boot_make || die "no initramfs for $release"
	exec 7>&-
}
