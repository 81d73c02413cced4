# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Architectures: all that the lab has to know of each. This host is an amd64, which
# runs the programs of an i386 too; a series of another architecture, a foreign one,
# is only unpacked here, never run, and built by cross-compilers in the root of the
# amd64 series that has the same suites.

# Set, for architecture $1: GNU's and the kernel's name of it, what QEMU is started as,
# and the guest's first serial line.
arch_set()
{
	arch=$1
	arch_kernel=$1
	arch_console=ttyS0
	case $arch in
	amd64)
		arch_gnu=x86_64-linux-gnu
		arch_qemu=(qemu-system-x86_64 -cpu max)
		;;
	arm64)
		arch_gnu=aarch64-linux-gnu
		arch_qemu=(qemu-system-aarch64 -machine virt -cpu cortex-a72)
		arch_console=ttyAMA0
		;;
	i386)
		arch_gnu=i686-linux-gnu
		# Of Intel, as this kernel warns of several CPUs on one of AMD.
		arch_qemu=(qemu-system-i386 -cpu coreduo)
		;;
	s390x)
		arch_gnu=s390x-linux-gnu
		arch_kernel=s390
		arch_qemu=(qemu-system-s390x -cpu max)
		arch_console=ttysclp0
		;;
	*) die "no architecture $arch" ;;
	esac
}

arch_foreign()
{
	[ "$arch" != amd64 ] && [ "$arch" != i386 ]
}

# The series in whose root that of $recipe is built.
arch_builder()
{
	awk -v suites="${recipe#* }" '!/^#/ && $2 !~ /:/ {
		series = $1
		$1 = $2 = ""
		if (substr($0, 3) == suites) {
			print series
			exit
		}
	}' "$here/series"
}

# What that root needs besides: compilers, what the command and the selftests are
# linked with, the kernel's headers.
arch_packages()
{
	printf '%s\n' "gcc-$arch_gnu" {libc6,libcap-ng,libjson-c,libncurses}-dev:"$arch" \
		"linux-headers-$release:$arch"
}

# Have all of that; sets $builder, the layers to build in, and make_arguments. On
# return descriptor 5 holds the lock of that root, shared.
arch_prepare()
{
	local packages series libraries

	builder=$root make_arguments=()
	arch_foreign || return 0
	series=$(arch_builder)
	[ -n "$series" ] || die "no amd64 series of the suites ${recipe#* }"
	mapfile -t packages < <(arch_packages)
	"$here/vm" prepare --raw --kernel "$series" "${packages[@]/#/--package=}" ||
		exit
	exec 5>>"$lab/$series/lock"
	flock -s 5
	# The root's own modules are known to depmod only there.
	builder=$lab/$series/extras/$(extras_name):$lab/$series/root:$root
	libraries=/usr/lib/$arch_gnu/pkgconfig
	make_arguments=("ARCH=$arch_kernel" "CROSS_COMPILE=$arch_gnu-" "CC=$arch_gnu-gcc"
			"PKG_CONFIG=env PKG_CONFIG_LIBDIR=$libraries pkg-config")
}
