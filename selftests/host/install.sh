#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `make install` builds the module through DKMS for every kernel, replaces what
# was there only by what builds, and puts files only below DESTDIR if told to;
# `make uninstall` leaves nothing behind, nor does an install that cannot be.

# shellcheck source=selftests/host/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"

command=/usr/local/sbin/tcpadvisor
version=$("$sources/scripts/version")
newer=$version.1
second=$kernel-second
unfit=$kernel-without-hooks

run_make()
{
	make -C "$sources" "$@" PREFIX=/usr/local </dev/null
}

# Another kernel, of which this one's headers are good enough to build for.
add_second()
{
	mkdir "/lib/modules/$second"
	ln -s "$(readlink -f "/lib/modules/$kernel/build")" "/lib/modules/$second/build"
}

# Without KVER it is for all kernels.
install_for_all()
{
	(unset KVER; run_make install)
}

# DKMS has it for both; what is no real kernel, depmod does not know.
installed_for_both()
{
	dkms_has "$version" &&
		dkms status "tcpadvisor/$version" -k "$second" | grep ': installed' &&
		compgen -G "/lib/modules/$second/updates/dkms/tcpadvisor.ko*"
}

# The sources as a newer version, in $work/newer.
make_newer()
{
	rm -rf "$work/newer"
	cp -a "$sources" "$work/newer"
	sed -i "1s/(.*)/($newer)/" "$work/newer/debian/changelog"
}

# An install of sources that do not compile fails, and changes no file.
broken_changes_nothing()
{
	make_newer
	echo '#error broken' >>"$work/newer/module/params.c"
	"$@" || return
	host_files >"$work/installed"
	! sources=$work/newer run_make install KVER="$kernel" || return
	nothing_left "$work/installed" && dkms_has "$version" &&
		[ "$("$command" --version)" = "tcpadvisor $version" ]
}

same_version()
{
	cp "$sources/debian/changelog" "$work/newer/debian/changelog"
}

newer_replaces()
{
	make_newer
	sources=$work/newer run_make install KVER="$kernel" && dkms_has "$newer" &&
		[ "$("$command" --version)" = "tcpadvisor $newer" ] &&
		[ "$(dkms status tcpadvisor | wc -l)" = 1 ]
}

# The command, as it were, undoes or does not undo, with status $1.
stub_command()
{
	printf '#!/bin/sh\necho "$*" >>%s\nexit %s\n' "$work/called" "$1" >"$command"
	mkdir -p /var/lib/tcpadvisor
	: >"$work/called"
}

# What cannot be undone is named and stays.
uninstall_names_what_stays()
{
	local told

	stub_command 64
	told=$(run_make uninstall 2>&1) || return
	echo "$told"
	rm -r /var/lib/tcpadvisor || return
	[[ $told == */var/lib/tcpadvisor* ]] &&
		[ "$(cat "$work/called")" = "rollback --all-netns --end-trial" ]
}

# A unit that raises backlogs is off before that.
uninstall_undoes()
{
	stub_command 0
	printf '#!/bin/sh\necho "$*" >>%s\n' "$work/called" >"$work/systemctl"
	chmod +x "$work/systemctl"
	PATH=$work:$PATH run_make uninstall &&
		[ "$(tail -n 1 "$work/called")" = "rollback --all-netns --end-trial" ] &&
		grep -x 'disable tcpadvisor-live@.service' "$work/called" &&
		grep -x 'stop tcpadvisor-live@\*.service' "$work/called"
}

below_destdir()
{
	run_make install DESTDIR="$work/dest" &&
		[ "$("$work/dest$command" --version)" = "tcpadvisor $version" ] &&
		[ -e "$work/dest/usr/src/tcpadvisor-$version/dkms.conf" ] &&
		nothing_left "$work/before"
}

destdir_emptied()
{
	run_make uninstall DESTDIR="$work/dest" && ! find "$work/dest" ! -type d | grep .
}

# The kernel $unfit, which lacks what the module needs.
passed_over()
{
	local told

	mkdir -p "/lib/modules/$unfit/build"
	sed -E '/^CONFIG_(KPROBES|DYNAMIC_FTRACE)=/d' \
		"/lib/modules/$kernel/build/.config" \
		>"/lib/modules/$unfit/build/.config"
	told=$(run_make install KVER="$unfit" 2>&1) && return 1
	echo "$told"
	rm -r "/lib/modules/$unfit"
	[[ $told == *"$unfit has no CONFIG_DYNAMIC_FTRACE: "* ]]
}

# Nothing is installed on the way to find out that it was for nothing.
no_headers()
{
	local told

	told=$(run_make install KVER=0.0-none 2>&1) && return 1
	echo "$told"
	[[ $told == *linux-headers-0.0-none* ]]
}

ktap_print_header
need dkms make gcc openssl
ktap_set_plan 20
depmod "$kernel"
host_files >"$work/before"

check "files below DESTDIR only" below_destdir
check "and away from there" destdir_emptied
add_second
check "install for all kernels" install_for_all
check "the command works" "$command" --version
check "DKMS installed the module for both kernels" installed_for_both
check "DKMS made itself a key" test -e /var/lib/dkms/mok.key
check "uninstall" run_make uninstall
rm -r "/lib/modules/$second"
check "nothing is left" nothing_left "$work/before"
check "nor is the key" test ! -e /var/lib/dkms/mok.key
check "uninstall with nothing to do" run_make uninstall
check "install for one kernel" run_make install KVER="$kernel"
check "a newer one that does not compile changes nothing" broken_changes_nothing true
check "nor does one of the same version" broken_changes_nothing same_version
check "one that compiles replaces it" newer_replaces
check "uninstall names what the command cannot undo" uninstall_names_what_stays
check "install again" run_make install KVER="$kernel"
check "uninstall undoes what the command has changed" uninstall_undoes
check "a kernel without ftrace and kprobes is passed over, saying why" passed_over
check "a kernel without headers is named" no_headers
check "nothing is left of the attempts" nothing_left "$work/before"
ktap_finished
