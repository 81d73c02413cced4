# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What kind of guest the kernels of debug.config are run in: the array `guest`,
# options of selftests/vm/vm. What such guests say goes to build/sanitize.
#
# The clock counts instructions: a sleep takes no time, and no patience runs out
# because the host is busy. Memory is small because kmemleak looks through each
# page in use, of which KASAN's shadow is an eighth of all, twice after each test.
# No five-level page tables, with which KASAN takes an interrupt in the middle of
# identify_cpu() for a wild access. No "rep movsb" and the like, which is emulated
# byte by byte. No 512 old pseudo terminals, a third of a boot.

# Who sources this uses it.
# shellcheck disable=SC2034
guest=(--icount --cpus 2 --memory 1024 --append no5lvl
       --append "clearcpuid=erms,fsrm,fsrs" --append pty.legacy_count=0)

mkdir -p build/sanitize || exit
