# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What QEMU starts: a kernel and a small initramfs of our own, with busybox,
# ./init and the few modules that kernel needs to reach its root. Distributions
# build different ones of them in, so modprobe's own data says which.

boot_modules="virtio_pci 9p 9pnet_virtio overlay"

# Files of the modules above under $1, each after those it depends on.
boot_module_files()
{
	# shellcheck disable=SC2086
	chroot "$place/root" modprobe -a -S "$release" --show-depends \
		$boot_modules | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

# One module, uncompressed, on stdout.
boot_module()
{
	case $1 in
	*.xz) xz -dc "$1" ;;
	*.zst) zstd -dcq "$1" ;;
	*.gz) gzip -dc "$1" ;;
	*) cat "$1" ;;
	esac
}

# The tree of the initramfs in $1.
boot_tree()
{
	local file name count=10

	mkdir -p "$1/bin" "$1/dev" "$1/proc" "$1/new" "$1/modules"
	cp "$(command -v busybox)" "$1/bin/busybox"
	cp "$here/init" "$1/init"
	boot_module_files | while read -r file; do
		name=${file##*/}
		boot_module "$place/root$file" \
			>"$1/modules/$count-${name%%.ko*}.ko" || return
		count=$((count + 1))
	done
}

boot_make()
{
	local new=$place/boot.new

	rm -rf "$new" "${place:?}/boot"
	boot_tree "$new/tree" || return
	(cd "$new/tree" && find . | busybox cpio -o -H newc) \
		>"$new/initramfs" || return
	rm -rf "$new/tree"
	cp "$place/root/boot/vmlinuz-$release" "$new/kernel"
	mv "$new" "$place/boot"
}

# Have $place/boot/{kernel,initramfs}; the root's lock is held.
boot_prepare()
{
	release=$(cat "$place/release")
	[ "$place/boot/initramfs" -nt "$here/init" ] &&
		[ "$place/boot/initramfs" -nt "$place/release" ] && return
	exec 7>>"$place/stage.lock"
	host_lock 7 -x "another build for series $series"
	logged "$place/boot.log" boot_make || die "no initramfs for $release"
	exec 7>&-
}
