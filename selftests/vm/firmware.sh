# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Firmware: with --secure-boot the guest is started as a machine with Secure Boot starts
# Debian, by UEFI, shim and GRUB, which are signed, as is Debian's kernel, and with
# --mok a key is enrolled like by `mokutil --import`. Without, QEMU starts the kernel
# itself. What is needed is in a root of its own, only unpacked, the same for all series.

firmware_packages=base-files,grub-efi-amd64-signed,ovmf,python3-virt-firmware,shim-signed
firmware_root=$lab/firmware/root
firmware_grub=usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed
# Whose the enrolled key is; any will do.
firmware_owner=605dab50-e046-4300-abb6-3dd810dd8b23

firmware_bootstrap()
{
	local new=$firmware_root.new

	rm -rf "$new"
	debian_bootstrap extract "$new" "$firmware_packages" \
		"$tools_suite" "$tools_suite-security" || return
	mkdir -p "$new/export" "$new/proc"
	rm -rf "$firmware_root" "$lab/firmware/recipe"
	mv "$new" "$firmware_root"
	echo "$firmware_packages" >"$lab/firmware/recipe"
}

firmware_ready()
{
	[ "$(cat "$lab/firmware/recipe" 2>/dev/null)" = "$firmware_packages" ]
}

# Have it; descriptor 4 holds its lock, shared.
firmware_prepare()
{
	[ "$arch$tree" = amd64 ] || die "Secure Boot is for Debian's kernels for amd64"
	mkdir -p "$lab/firmware"
	exec 4>>"$lab/firmware/lock"
	host_lock 4 -s "the firmware"
	firmware_ready && return
	host_lock 4 -x "other runs to end"
	if ! firmware_ready; then
		say "fetching firmware"
		logged "$lab/firmware/log" firmware_bootstrap || die "no firmware"
	fi
	flock -s 4
}

# What GRUB starts.
firmware_system()
{
	local system=$run/system

	mkdir -p "$system/EFI/BOOT" "$system/EFI/debian"
	cp "$firmware_root/usr/lib/shim/shimx64.efi.signed" "$system/EFI/BOOT/BOOTX64.EFI" &&
		cp "$firmware_root/$firmware_grub" "$system/EFI/BOOT/grubx64.efi" &&
		cp "$root/boot/vmlinuz-$release" "$system/vmlinuz" &&
		cp "$place/boot/initramfs" "$system/initramfs" || return
	printf '%s\n' "linux /vmlinuz $(machine_append)" "initrd /initramfs" boot \
		>"$system/EFI/debian/grub.cfg"
}

# What the firmware remembers: Microsoft's keys, with which shim is signed, and Secure
# Boot, in the run's directory.
firmware_variables()
{
	local options=()

	[ -z "$mok" ] || options=(--add-mok "$firmware_owner" /export/mok)
	cp "$firmware_root/usr/share/OVMF/OVMF_VARS_4M.ms.fd" "$run/variables"
	[ -z "$mok" ] || cp "$mok" "$run/mok"
	logged "$run/firmware" "$here/enter" -b "$run:/export" "$firmware_root" \
		virt-fw-vars --inplace /export/variables "${options[@]}"
}

# In the place of QEMU's own way to start a kernel.
firmware_attach()
{
	if ! firmware_system || ! firmware_variables; then
		die "no firmware for this guest"
	fi
	cp "$firmware_root/usr/share/OVMF/OVMF_CODE_4M.secboot.fd" "$run/code"
	qemu+=(-machine "q35,smm=on"
	       -global "driver=cfi.pflash01,property=secure,value=on"
	       -drive "if=pflash,format=raw,unit=0,readonly=on,file=/export/run/code"
	       -drive "if=pflash,format=raw,unit=1,file=/export/run/variables"
	       -drive "file=fat:rw:/export/run/system,if=none,format=raw,id=system"
	       -device "ide-hd,drive=system,bootindex=0")
}

firmware_detach()
{
	rm -rf "$run/system" "$run/code" "$run/variables"
}
