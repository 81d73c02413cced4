# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A disk: with --disk what a guest writes outlives it, in a file of the host, so
# that the next run with it is the same machine after a reboot. Without, the guest
# writes to memory. Sparse; nobody but guests looks inside.

disk_size=4G
# What the guest's kernel needs to reach it.
disk_modules="virtio_blk ext4"

# Have $disk.
disk_prepare()
{
	[ ! -e "$disk" ] || return 0
	mkdir -p "$(dirname "$disk")"
	if ! truncate -s "$disk_size" "$disk" ||
		! logged "$place/disk.log" mkfs.ext4 -q -F "$disk"; then
		rm -f "$disk"
		die "cannot make the disk $disk"
	fi
}

# Give it to the guest of this run, by a name where QEMU can see it.
disk_attach()
{
	ln "$disk" "$run/disk" || die "the disk must be on the lab's file system"
	qemu+=(-drive "file=/export/run/disk,if=virtio,format=raw")
}

disk_detach()
{
	rm -f "$run/disk"
}
