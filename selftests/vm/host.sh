# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The host: messages, locks, and the programs the lab needs on it.
# Sourced by vm and linux-source. Touches nothing but missing packages.

# What happens, for a person; never on stdout, which is the command's.
say()
{
	printf 'vm: %s\n' "$*" >&2
}

# The lab itself failed, as against the guest or the command in it.
die()
{
	say "$*"
	exit 125
}

# Run a long command with its output in a log: $1 log, the rest the command.
# A failure shows the log's end.
logged()
{
	local log=$1
	shift

	mkdir -p "${log%/*}"
	"$@" >"$log" 2>&1 </dev/null && return
	tail -n 40 "$log" >&2
	say "failed: $1; the whole output is in $log"
	return 1
}

# Change the lock on descriptor $1 to -s or -x ($2); $3 says what is awaited.
host_lock()
{
	flock -n "$2" "$1" && return
	say "waiting for $3"
	flock "$2" "$1"
}

# The package of each thing the lab needs here and has not got.
host_missing()
{
	command -v mmdebstrap >/dev/null || echo mmdebstrap
	command -v flock >/dev/null || echo util-linux
	command -v xz >/dev/null || echo xz-utils
	[ -e /usr/share/keyrings/debian-archive-keyring.gpg ] ||
		echo debian-archive-keyring
}

# Have what the lab needs: nobody else installs meanwhile, as apt serves one.
host_prepare()
{
	local lock

	[ "$(id -u)" = 0 ] || die "must run as root (chroot, mount)"
	[ -n "$(host_missing)" ] || return 0
	mkdir -p "$lab"
	exec {lock}>"$lab/host.lock"
	! command -v flock >/dev/null || flock "$lock"
	host_install_missing
	exec {lock}>&-
}

# Install what is missing where that is possible, else say what to install.
host_install_missing()
{
	local missing

	mapfile -t missing < <(host_missing | sort -u)
	[ "${#missing[@]}" -gt 0 ] || return 0
	command -v apt-get >/dev/null ||
		die "please install (Debian's names): ${missing[*]}"
	say "installing on this host: ${missing[*]}"
	logged "$lab/host-packages.log" host_install "${missing[@]}" ||
		die "could not install: ${missing[*]}"
}

host_install()
{
	export DEBIAN_FRONTEND=noninteractive

	apt-get install -y --no-install-recommends "$@" && return
	apt-get update
	apt-get install -y --no-install-recommends "$@"
}
