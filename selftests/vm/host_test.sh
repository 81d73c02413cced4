#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The lab leaves the host as it was: a root whose making is killed half-way, alone
# or with its process group, leaves no mount and no process, and what it had
# unpacked is removed by the next. Makes a real root, as root; needs no guest.
#
# usage: host_test.sh
#
# Its functions are called by way of check.
# shellcheck disable=SC2317

set -u -o pipefail

here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
top=${here%/selftests/vm}
lab=$top/build/vm

. "$here/host.sh"
. "$here/debian.sh"
. "$here/arch.sh"
. "$here/root.sh"

number=0
failed=0

# check DESCRIPTION COMMAND...
check()
{
	local what=$1
	shift

	number=$((number + 1))
	if "$@"; then
		echo "ok $number - $what"
	else
		echo "not ok $number - $what"
		failed=1
	fi
}

# Until the command ($@) succeeds; false if it does not for three minutes.
await()
{
	local end=$((SECONDS + 180))

	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return
		sleep 0.1
	done
}

# The root being made has a /proc, in whatever namespace that is.
has_proc()
{
	grep -qs " $place/root.new/proc proc " /proc/[0-9]*/mounts
}

unmounted()
{
	! grep " $place/" /proc/self/mounts
}

# No process works inside of the root.
deserted()
{
	local process

	for process in /proc/[0-9]*; do
		[[ $(readlink "$process/root") != "$place"/* ]] || return
	done
}

# Where the test failed there are mounts, in which rm has no business.
clean_up()
{
	awk -v place="$place/" 'index($2, place) == 1 { print $2 }' \
		/proc/self/mounts | sort -r | xargs -r umount
	rm -rf --one-file-system "$place"
}

host_prepare
mkdir -p "$lab"
place=$(mktemp -d "$lab/host-test.XXXXXX") || exit
trap clean_up EXIT

echo "TAP version 13"
echo "1..7"
series=host-test
recipe="amd64 trixie"
arch=amd64
export -f root_make root_bootstrap root_packages root_pin logged say die
export -f arch_foreign
export -f debian_bootstrap debian_source debian_mirrors debian_serves
export here place series recipe arch
for sign in '' -; do
	setsid bash -c root_make &
	maker=$!
	check "a root is being made" await has_proc
	kill -KILL -- "$sign$maker"
	wait "$maker" 2>/dev/null
	check "killed${sign:+ with its group}, it leaves no mount" unmounted
	check "nor a process that goes on" await deserted
done

# There is no such suite: it ends as soon as it has begun.
recipe="amd64 none"
(root_make) 2>/dev/null
check "the next removes what it left" [ ! -e "$place/root.new" ]
exit $failed
