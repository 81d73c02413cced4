#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A pattern in sysctl.d sets a key at boot as well, unless some file names the key, or
# excludes it by "-key".

. "$(dirname "$0")/lib.sh"

set_by()
{
	run explain somaxconn
	grep -o 'set at boot by .*' "$tmp/out" | sed "s|$root||"
}

is_set_by()
{
	local got

	got=$(set_by)
	[ "$got" = "$1" ] || { echo "said: $got"; return 1; }
}

new_root
conf=$root/etc/sysctl.d
echo 'net.core.* = 99' >"$conf/10-all.conf"
ok "a pattern sets it" is_set_by "set at boot by /etc/sysctl.d/10-all.conf to 99"
echo '-net.core.somax* = 98' >"$conf/20-all.conf"
ok "the last one does" is_set_by "set at boot by /etc/sysctl.d/20-all.conf to 98"
echo '-net.core.somaxconn' >"$conf/05-not.conf"
ok "unless the key is excluded" is_set_by ""
echo 'net.core.somaxconn = 97' >"$conf/00-it.conf"
ok "or named, wherever" is_set_by "set at boot by /etc/sysctl.d/00-it.conf to 97"
rm "$conf"/*
echo 'net.core.* = 99' >"$conf/99-all.conf"
advise <<<"net.core.somaxconn 128 8192"
ok "our own file names it" exits 0 apply --yes --persist
ok "so that a later pattern does not win" [ ! -s "$tmp/err" ]
finish
