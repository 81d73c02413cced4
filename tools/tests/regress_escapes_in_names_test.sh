#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Names that somebody else chose, of namespaces, of files in sysctl.d, of
# directories in sysfs, steer no terminal and break no JSON.

. "$(dirname "$0")/lib.sh"

escape=$'a\033[2J\302\233b\377\u202ec\u00fc'
shown='a?[2J??b????cü'

# Nothing but text on either stream.
is_plain()
{
	! LC_ALL=C grep -q $'[\001-\010\013-\037\177]\|\302[\200-\237]\|\377\|\342\200\256' \
		"$tmp/out" "$tmp/err"
}

# One document, in UTF-8.
is_json()
{
	python3 -c '
import json, sys
json.loads(open(sys.argv[1], "rb").read().decode())' "$tmp/out"
}

if [ "${1-}" = inside ]; then
	tool=$BUILD/tcpadvisor
	mount -t tmpfs none /run && mkdir /run/netns && : >"/run/netns/$escape" &&
		mount --bind "/proc/$2/ns/net" "/run/netns/$escape" || exit
	"$tool" status --all-netns "${@:3}" >"$tmp/out" 2>"$tmp/err"
	ok "a namespace's name ${3-}" is_plain
	ok "is shown without what is unfit ${3-}" grep -qF "$shown" "$tmp/out"
	[ "${3-}" != --json ] || ok "in one JSON document" is_json
	finish
fi

new_root
sysctl net.core.somaxconn 128
echo "net.core.somaxconn = 99" >"$root/etc/sysctl.d/99-$escape.conf"
run explain somaxconn
ok "a file in sysctl.d" is_plain
ok "is named" says "99-$shown.conf"
run explain somaxconn --json
ok "in JSON" is_json
ok "too" is_plain
advise <<<"net.core.somaxconn 128 256"
run apply --persist
ok "in a warning" complains "99-$shown.conf: sets net.core.somaxconn to 99"
ok "without escapes" is_plain

new_root
mkdir "$sysfs/listeners/$escape"
run listeners
ok "a directory in sysfs" is_plain
ok "is named too" complains "listeners/$shown"
run listeners --json
ok "also for JSON" is_json

if unshare -mn true 2>/dev/null; then
	unshare -n sleep 300 &
	other=$!
	until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do
		kill -0 $other || exit
	done
	unshare -m "$0" inside $other >"$tmp/inside"
	ok "--all-netns" awk '/^not ok/ { bad = 1 } END { exit bad }' "$tmp/inside"
	unshare -m "$0" inside $other --json >"$tmp/inside"
	ok "--all-netns --json" awk '/^not ok/ { bad = 1 } END { exit bad }' "$tmp/inside"
else
	skip "a namespace's name" "cannot make one"
fi
finish
