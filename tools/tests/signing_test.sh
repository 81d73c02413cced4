#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Without the module, it is said if this kernel loads only modules that are signed.

. "$(dirname "$0")/lib.sh"

rejected='"Key was rejected"'

says_nothing()
{
	! complains "$rejected"
}

parameter()
{
	mkdir -p "$root/sys/module/module/parameters"
	echo "$1" >"$root/sys/module/module/parameters/sig_enforce"
}

lockdown()
{
	mkdir -p "$root/sys/kernel/security"
	echo "$1" >"$root/sys/kernel/security/lockdown"
}

new_root
rm -r "$sysfs"
run status
ok "nothing is said of keys" says_nothing
parameter N
lockdown "[none] integrity confidentiality"
run status
ok "nor where any module loads" says_nothing
lockdown "none [integrity] confidentiality"
run status
ok "it is where the kernel is locked down" complains "$rejected"
lockdown "[none] integrity confidentiality"
parameter Y
run status
ok "and where signatures are enforced" complains "$rejected"
ok "that is a failure" [ "$rc" = 1 ]
finish
