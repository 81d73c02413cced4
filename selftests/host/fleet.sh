#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The life of a host with the Debian packages, in steps, which scripts/fleet-test
# takes in turn on one machine's disk: off, in a chroot at full speed, and on, in a
# guest that systemd has booted.
#
# usage: fleet.sh STEP
#
# STEP: packages (off; writes a tar of them to standard output and results to standard
# error), install (off), prebuild (off), first (on), update (off), enforced (on), locked (on), enrolled
# (on), last (on).
#
# $DEBS has the packages, a directory for each version; what a step tells the next is
# in $state, on the machine's disk.

# Functions are called by way of check.
# shellcheck disable=SC2317

# shellcheck source=selftests/host/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"
# shellcheck source=selftests/host/traffic.sh
. "$(dirname "$(readlink -f "$0")")/traffic.sh"

sysfs=/sys/kernel/tcpadvisor
journal=/var/lib/tcpadvisor/journal
persisted=/etc/sysctl.d/90-tcpadvisor.conf
state=/root/fleet
version=$("$sources/scripts/version")
next=${version%.*}.$((${version##*.} + 1))
tarball=tcpadvisor-$next.dkms.tar.gz
export DEBIAN_FRONTEND=noninteractive
mkdir -p "$state"

# says PATTERN COMMAND...: it prints that, on either output, whatever its status.
says()
{
	local pattern=$1

	shift
	"$@" >"$work/said" 2>&1
	cat "$work/said"
	grep -qE "$pattern" "$work/said"
}

### Off: packages

build_packages()
{
	local of

	exec 3>&1 >&2
	ktap_print_header
	need dkms dh_dkms dpkg-buildpackage openssl
	ktap_set_plan 3
	for of in "$version" "$next" "$next+nmu1"; do
		check "packages of $of build" packages_build "$of"
	done
	tar -C "$work" -c "$version" "$next" "$next+nmu1" >&3
	ktap_finished
}

### Off: the machine is set up

# What a machine has got and a root of the lab has not: documents of packages,
# services that start when they are installed. It serves with a setting that somebody
# once copied, and that caps what nginx asks for.
make_machine()
{
	sed -i /path-exclude/d /etc/dpkg/dpkg.cfg.d/* &&
		rm /usr/sbin/policy-rc.d &&
		echo "net.core.somaxconn = 128" >/etc/sysctl.d/50-copied.conf &&
		cp "$sources/Documentation/fleet/modules-load.conf" \
			/etc/modules-load.d/tcpadvisor.conf &&
		sed -i 's/listen 80 default_server;/listen 80 default_server backlog=8192;/' \
			/etc/nginx/sites-available/default &&
		grep -q backlog=8192 /etc/nginx/sites-available/default &&
		depmod "$kernel" && apt-get update || return
	host_files >"$state/files"
	[ -s "$state/files" ]
}

# $DEBS/$1, as apt is given them by somebody who has them in a directory.
install_packages()
{
	ln -sfn "$DEBS/$1" "$work/$1" && packages_install "$1"
}

# installed PACKAGES VERSION: DKMS, module and command are of that version, and of none
# else.
installed()
{
	install_packages "$1" && all_of "$2"
}

all_of()
{
	dkms_has "$1" && [ "$(tcpadvisor --version)" = "tcpadvisor $1" ] &&
		[ "$(dkms status tcpadvisor -k "$kernel" | wc -l)" = 1 ] &&
		[ "$(ls -d /usr/src/tcpadvisor-[0-9]*)" = "/usr/src/tcpadvisor-$1" ]
}

# By a key of DKMS' own, whose certificate is left beside the packages.
signed()
{
	openssl x509 -inform DER -in /var/lib/dkms/mok.pub -out "$DEBS/mok.pem" || return
	modinfo -k "$kernel" -F signer tcpadvisor | grep . &&
		[ "$(modinfo -k "$kernel" -F sig_hashalgo tcpadvisor)" != "" ]
}

# Of another kernel of the archive, whose packages ask DKMS to build.
second_kernel()
{
	local name=linux-image-cloud-amd64

	apt-get install -y --no-install-recommends "$name" "${name/image/headers}" || return
	second=$(dpkg-query -W -f '${Depends}' "$name" | grep -oE 'linux-image-[^ ,]+')
	second=${second#linux-image-}
	dkms status "tcpadvisor/$version" -k "$second" | grep ': installed' &&
		[ "$(modinfo -k "$second" -F version tcpadvisor)" = "$version" ]
}

second_kernel_goes()
{
	apt-get purge -y --autoremove "linux-image-cloud-amd64" "linux-headers-cloud-amd64" \
		"linux-image-$second" "linux-headers-$second" || return
	! dkms status -k "$second" | grep -E ': (built|installed)' && ! find "/lib/modules/$second" -name 'tcpadvisor*' | grep . &&
		all_of "$version"
}

documented()
{
	cmp /etc/modules-load.d/tcpadvisor.conf /usr/share/doc/tcpadvisor/fleet/modules-load.conf
}

install_step()
{
	ktap_print_header
	need dkms openssl nginx
	ktap_set_plan 6
	check "a machine is set up" make_machine
	check "apt installs $version, DKMS builds for $kernel" installed "$version" "$version"
	check "the module is signed" signed
	check "the sample that loads it at boot comes with it" documented
	check "a second kernel gets its module" second_kernel
	check "which goes with that kernel" second_kernel_goes
	ktap_finished
}

### Off: the next version is built, for hosts that shall not compile

# In a DKMS tree of its own; what comes of it is what DKMS gives to other hosts.
prebuilt()
{
	local trees=(--dkmstree "$work/dkms" --sourcetree "$work/prebuilt/usr/src")

	mkdir "$work/dkms" "$work/prebuilt" &&
		dpkg-deb -x "$DEBS/$next"/tcpadvisor-dkms_*.deb "$work/prebuilt" &&
		dkms add "tcpadvisor/$next" "${trees[@]}" &&
		dkms build "tcpadvisor/$next" -k "$kernel" "${trees[@]}" &&
		dkms mktarball "tcpadvisor/$next" -k "$kernel" "${trees[@]}" \
			--archive "$DEBS/$tarball" && [ -s "$DEBS/$tarball" ]
}

prebuild_step()
{
	ktap_print_header
	ktap_set_plan 1
	check "DKMS makes a tarball of $next, built for $kernel" prebuilt
	ktap_finished
}

### On: what both boots look at

# loaded VERSION: at boot, before nginx, and it is the one that DKMS has built.
loaded()
{
	[ -d "$sysfs" ] && dkms_has "$1" && [ "$(cat /sys/module/tcpadvisor/version)" = "$1" ] &&
		[ "$(cat /sys/module/tcpadvisor/srcversion)" = "$(modinfo -F srcversion tcpadvisor)" ]
}

recommends()
{
	says '^# tcpadvisor netns=' cat "$sysfs/recommend"
}

# No listener here called listen(2) before the module was there to see it.
all_known()
{
	grep -H . "$sysfs"/listeners/*/backlog_requested &&
		! grep -q unknown "$sysfs"/listeners/*/backlog_requested
}

somaxconn()
{
	cat /proc/sys/net/core/somaxconn
}

# Settings of the network.
settings()
{
	sysctl -a 2>/dev/null | grep -E '^net\.(core|ipv4|ipv6)\.'
}

# A burst is refused in part, and that brings advice, whose value stays in $state/advised.
burst_brings_advice()
{
	local before

	before=$(refused)
	burst || return
	[ "$(refused)" -gt "$before" ] && await advised
}

advised()
{
	sed -n 's/^net\.core\.somaxconn = //p' "$sysfs/recommend" >"$state/advised"
	[ -s "$state/advised" ]
}

apply()
{
	tcpadvisor apply --yes --persist && somaxconn &&
		[ "$(somaxconn)" = "$(cat "$state/advised")" ] && [ -e "$journal" ] &&
		grep -x "net.core.somaxconn = $(somaxconn)" "$persisted"
}

### On: an upgrade beside a client

# What changes as long as an installation goes on: what it prints, what is compiled.
progress()
{
	wc -c <"$work/apt"
	find /var/lib/dkms/tcpadvisor -type f | wc -l
}

# The installation of $1, for as long as it goes on.
install_slowly()
{
	local apt now last='' since=$SECONDS

	install_packages "$1" >"$work/apt" 2>&1 &
	apt=$!
	while kill -0 "$apt" 2>/dev/null; do
		now=$(progress)
		[ "$now" = "$last" ] || since=$SECONDS
		last=$now
		if [ $((SECONDS - since)) -gt "$patience" ]; then
			echo "nothing went on for $patience s"
			kill "$apt"
		fi
		pause 5
	done
	cat "$work/apt"
	wait "$apt"
}

# Where DKMS looks for modules that it need not compile, which an emulated guest would
# do for half an hour.
tarball_given()
{
	mkdir -p "$place" && cp "$DEBS/$tarball" "$place"
}

upgraded()
{
	local before place=/usr/share/tcpadvisor-dkms

	before=$(answers)
	tarball_given && install_slowly "$next" && rm -r "$place" || return
	# Debian 12 writes a hyphen.
	grep "Loading tarball for tcpadvisor[-/]$next" "$work/apt" || return
	echo "$(($(answers) - before)) clients meanwhile, $SECONDS s"
	[ "$(answers)" -gt "$before" ] && all_of "$next"
}

# The module that is loaded is the old one still, and apt has said how to change that.
told_to_reload()
{
	[ "$(cat /sys/module/tcpadvisor/version)" = "$version" ] &&
		grep "module $version is loaded.* with $next: modprobe -r tcpadvisor && modprobe tcpadvisor" \
			"$work/apt"
}

reloaded()
{
	local before

	before=$(answers)
	modprobe -r tcpadvisor && modprobe tcpadvisor && loaded "$next" || return
	await answers_above $((before + 2))
}

still_applied()
{
	[ -e "$journal" ] && [ -e "$persisted" ] && tcpadvisor verify
}

exact()
{
	[ "$(cat "$sysfs/exact")" = 1 ] && ! grep -Hv '^0$' "$sysfs"/residual/*
}

first_step()
{
	ktap_print_header
	ktap_set_plan 15
	check "the module is loaded at boot" loaded "$version"
	check "and answers" recommends
	check "what each listener has asked for is known" all_known
	check "nginx asked for 8192 and was capped" listens 8192 128
	settings >"$state/settings"
	check "a burst brings advice" burst_brings_advice
	check "apply --persist" apply
	check "a client is answered" client_start
	check "apt upgrades to $next, DKMS installs what was built" upgraded
	check "the old module counts on meanwhile" counted_on
	check "and apt says how to reload it" told_to_reload
	check "the new one loads under traffic" reloaded
	check "and answers" recommends
	client_stop
	check "no client was refused" all_answered
	check "what was applied still is" still_applied
	check "counts are exact" exact
	ktap_finished
}

### Off: an update of the package, not of what is in it

update_step()
{
	ktap_print_header
	ktap_set_plan 2
	check "apt upgrades to $next+nmu1, DKMS builds" installed "$next+nmu1" "$next"
	check "the module is signed" signed
	ktap_finished
}

### On: a kernel that wants signatures

only_module_missing()
{
	[ ! -d "$sysfs" ] && systemctl is-active nginx
}

enforced()
{
	grep -x Y /sys/module/module/parameters/sig_enforce
}

locked_down()
{
	grep -F '[integrity]' /sys/kernel/security/lockdown
}

# refused COMMAND...: to load it is, in words that have the command's make sense.
refuses()
{
	! "$@" >"$work/said" 2>&1 && grep 'Key was rejected' "$work/said" && return
	cat "$work/said"
	return 1
}

explains()
{
	says '"Key was rejected".*Secure Boot' tcpadvisor status
}

# Whoever enforces them, DKMS' key is not enrolled.
refused_step()
{
	ktap_print_header
	ktap_set_plan 4
	check "$2" "$1"
	check "the module was not loaded at boot, and all else was" only_module_missing
	check "modprobe says: Key was rejected" refuses modprobe tcpadvisor
	check "the command says what that means" explains
	ktap_finished
}

# The module without its signature, in $work.
unsigned()
{
	local file

	file=$(modinfo -n tcpadvisor)
	case $file in
	*.xz) xz -dc "$file" >"$work/tcpadvisor.ko" ;;
	*) cp "$file" "$work/tcpadvisor.ko" ;;
	esac
	strip -g "$work/tcpadvisor.ko" && [ -z "$(modinfo -F signer "$work/tcpadvisor.ko")" ]
}

enrolled_step()
{
	ktap_print_header
	ktap_set_plan 7
	check "the kernel is locked down" locked_down
	check "signatures are enforced" enforced
	check "the module, signed by DKMS, is loaded at boot" loaded "$next"
	check "and answers" recommends
	check "without its signature" unsigned
	rmmod tcpadvisor
	check "it is refused" refuses insmod "$work/tcpadvisor.ko"
	check "the command says what that means" explains
	ktap_finished
}

### On: the last boot

rolled_back()
{
	tcpadvisor rollback && [ "$(somaxconn)" = 128 ] && [ ! -e "$journal" ] && [ ! -e "$persisted" ]
}

# nginx is capped anew.
restarted()
{
	systemctl restart nginx && await listens 8192 128
}

purged()
{
	apt-get purge -y tcpadvisor tcpadvisor-dkms
}

unloaded()
{
	[ ! -d "$sysfs" ] && [ ! -d /sys/module/tcpadvisor ] && [ -z "$(dkms status tcpadvisor)" ]
}

no_units()
{
	! systemctl list-units --all --plain --no-legend '*tcpadvisor*' | grep . &&
		! systemctl list-unit-files --no-legend '*tcpadvisor*' | grep .
}

same_settings()
{
	settings | diff "$state/settings" -
}

last_step()
{
	local advised

	advised=$(cat "$state/advised")
	ktap_print_header
	ktap_set_plan 15
	check "the module is loaded at boot" loaded "$next"
	check "and answers" recommends
	check "what each listener has asked for is known" all_known
	check "somaxconn is $advised, nginx has all of it" listens 8192 "$advised"
	check "what was applied still is" still_applied
	check "the same burst is served" burst_is_served
	check "rollback" rolled_back
	check "nginx starts again and is capped" restarted
	check "a burst brings advice" burst_brings_advice
	check "apply --persist" apply
	check "purge" purged
	check "nothing is loaded" unloaded
	check "no setting differs from those of the first boot" same_settings
	check "no unit is left" no_units
	check "no file is left" nothing_left "$state/files"
	ktap_finished
}

case ${1-} in
packages) build_packages ;;
install | prebuild | first | update | enrolled | last) "$1_step" ;;
enforced) refused_step enforced "signatures are enforced" ;;
locked) refused_step locked_down "the kernel is locked down" ;;
*)
	echo "usage: fleet.sh STEP" >&2
	exit 2
	;;
esac
