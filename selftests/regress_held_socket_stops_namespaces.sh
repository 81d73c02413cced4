#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Symptom: while a process had a listener's socket locked, in a system call whose
# argument it did not let come, no network namespace could be made or end, and the
# module could not be unloaded.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# A namespace is made, and ends.
namespace()
{
	unshare --net touch "$tmp/made" &
	await [ -e "$tmp/made" ]
}

# In the end, even if it takes its time.
unloads()
{
	{ module_unload && touch "$tmp/unloaded"; } &
	await [ -e "$tmp/unloaded" ]
}

plan 4
module_unload || bail_out "cannot unload the module"
agent sock sock_agent
family 4
sock socket 4
fd=$reply
sock bind "$fd" "$any" 8080
sock listen "$fd" 4
try sock hold "$fd" || skip_all "needs CONFIG_USERFAULTFD"
module_load interval_ms=100
check "a listener that is held is shown all the same" await listener_dir 8080
check "a namespace can be made" namespace
check "the module can be unloaded" unloads
check "the socket was held all the time" try sock let
finish
