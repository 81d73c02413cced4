#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# With --json every command prints one object, also where it fails before it has
# begun or after it has looked; the object's exit status is the command's.

. "$(dirname "$0")/lib.sh"

if ! have python3; then
	skip "JSON of failures" "needs python3"
	finish
fi

# One object on standard output that has the exit status and what went wrong.
is_object()
{
	python3 - "$tmp/out" "$rc" <<-'END'
		import json, sys
		text = open(sys.argv[1]).read().strip()
		document, end = json.JSONDecoder().raw_decode(text)
		assert not text[end:], "more than one"
		assert document["schema"] == 1
		assert document["exit_status"] == int(sys.argv[2]), document
		assert document["errors"], "no reason"
	END
}

# failing DESCRIPTION STATUS ARGUMENT...
failing()
{
	local what=$1

	shift
	ok "$what" exits "$@" --json
	ok "$what: one object" is_object
}

new_root
advise_two
failing "explain nonsense" 2 explain nonsense
failing "a listener that is not there" 1 explain :8081
mkdir -m 777 "$root/var/lib/tcpadvisor"
failing "a journal that anybody could write" 1 apply --yes
failing "rollback too" 1 rollback
rmdir "$root/var/lib/tcpadvisor"
mkdir -m 700 "$root/var/lib/tcpadvisor"
echo nonsense >"$root/var/lib/tcpadvisor/journal"
chmod 666 "$root/var/lib/tcpadvisor/journal"
failing "a journal of somebody else" 1 apply --yes
rm -r "$root/var/lib/tcpadvisor"
rm -r "$sysfs"
failing "no module" 1 status -i 0
failing "no module for watch" 1 watch -n 1
finish
