#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The KUnit suites of module/kunit: each of their cases is a result here.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

modprobe -n -q tcpadvisor_kunit || skip_all "needs tcpadvisor_kunit, so CONFIG_KUNIT"
# Both have the same place in sysfs.
module_unload || bail_out "cannot unload the module"
modprobe tcpadvisor_kunit || bail_out "cannot load the suites"
rmmod tcpadvisor_kunit
mapfile -t cases < <(log | sed -nE 's/^[^]]*\] {5}((not )?ok [0-9]+ .*)/\1/p')
[ ${#cases[@]} -gt 0 ] || bail_out "no suite ran"
plan ${#cases[@]}
for line in "${cases[@]}"; do
	check "${line#*ok * }" [ "${line%% *}" = ok ]
done
finish
