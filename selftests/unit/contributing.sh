#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What CONTRIBUTING.md says of a new sysctl key is true: the patches printed there,
# and no other change, make a copy of the tree that passes the unit tests and in
# which module's text, command, its allow-list and catalogue know the key.

set -u -o pipefail

cd "$(dirname "$(readlink -f "$0")")/../.." || exit
place=build/contributing
tree=$place/tree
key=net.ipv4.tcp_retries1

# The patches of the page; what is no longer there to be changed fails.
follow_page()
{
	# The backquotes are Markdown's.
	# shellcheck disable=SC2016
	sed -n '/^```diff$/,/^```$/ { /^```/ !p }' CONTRIBUTING.md | tee "$place/patch" |
		patch -d "$tree" -p1 -F0
}

only_what_is_listed()
{
	[ "$(sed -n 's,^+++ b/,,p' "$place/patch" | sort -u)" = \
		"$(diff -rq . "$tree" -x build -x .git | sed -n 's/^Files \(.*\) and .*/\1/p' |
			sed 's,^\./,,' | sort)" ]
}

# The page is on trial, not the judgement: no sanitizers, no fuzzing.
unit()
{
	make -C "$tree/selftests/unit" BUILD="$PWD/$place/unit" KSFT_DIR="$ksft" \
		SANITIZERS= CHECK_FUZZ_SECONDS=0 -j2 "$@"
}

command()
{
	make -C "$tree/tools" BUILD="$PWD/$place/tools" -j2 all &&
		"$place/tools/tcpadvisor" explain "$key" --sysroot "$place/host" | grep "Raised to 3 then"
}

# A key that is not on the list is a wrong argument.
allowed()
{
	local said

	said=$("$place/tools/tcpadvisor" apply --only "$key" --sysroot "$place/host" 2>&1)
	echo "$said"
	[ -n "$said" ] && [[ $said != *"a sysctl that this tool may set"* ]]
}

step()
{
	local what=$1
	shift

	number=$((number + 1))
	if "$@" >"$place/log" 2>&1; then
		echo "ok $number - $what"
	else
		sed 's/^/# /' "$place/log"
		echo "not ok $number - $what"
		bad=1
	fi
}

ksft=$(selftests/vm/linux-source)/tools/testing/selftests || exit
rm -rf "$place"
mkdir -p "$tree" "$place/host/proc" "$place/host/sys"
scripts/files | tar -c -T - | tar -C "$tree" -x || exit
number=0 bad=0
echo "TAP version 13"
echo "1..6"
step "the page's patches apply" follow_page
step "they touch what they name" only_what_is_listed
step "the catalogue is printed" unit catalogue
step "the unit tests pass" unit check
step "the command explains the key" command
step "and may set it" allowed
[ "$bad" != 0 ] || rm -rf "$place"
exit $bad
