#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The commands of README.md, block by block as they stand there, in a throw-away root:
# scripts/readme-test. `make demo` and `make test` are run by that, outside.
#
# In place of what a root has not got there is: sudo, which runs the command; apt-get,
# which does not ask; modprobe and mokutil, which load and enrol nothing but want the
# module and the certificate; reboot, which does nothing. URL is a repository of these
# sources. What takes all of it back again, comes last.

# shellcheck source=selftests/host/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"

stub()
{
	printf '#!/bin/sh\n%s\n' "$2" >"$work/bin/$1"
	chmod +x "$work/bin/$1"
}

# Blocks of commands, as lines of their own; what begins with # is no command but what
# one has printed.
commands()
{
	awk '/^```/ { inside = !inside; next_is_first = inside; next }
		next_is_first { output = /^#/; next_is_first = 0 }
		inside && !output { sub(/ +#.*/, ""); print }' "$sources/README.md"
}

make_repository()
{
	export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t

	cp -R "$sources" "$work/repository" && cd "$work/repository" &&
		git init -q && git add -A && git commit -q -m sources
}

# run LINE: as somebody types it, after those before.
run()
{
	cd "$(cat "$work/where")" || return
	# Of the same shell, for it may change the directory.
	PATH=$work/bin:$PATH eval "${1//URL/$work/repository}" && pwd >"$work/where"
}

ktap_print_header
need dkms make gcc openssl git
mkdir "$work/bin" "$work/home"
echo "$work/home" >"$work/where"
# What runs them expands the dollars.
# shellcheck disable=SC2016
{
	stub sudo 'exec "$@"'
	stub apt-get 'exec /usr/bin/apt-get -y "$@"'
	stub reboot 'exit 0'
	stub mokutil 'exec openssl x509 -inform DER -noout -in "$2"'
	stub modprobe "exec /usr/sbin/modprobe -S $kernel -n -v \"\$@\" | grep tcpadvisor"
}
# Commands of this and other kernels alike.
export KVER=$kernel
mapfile -t lines < <(commands | grep -v '^make \(demo\|test\)$')
mapfile -t last < <(printf '%s\n' "${lines[@]}" | grep uninstall)
mapfile -t lines < <(printf '%s\n' "${lines[@]}" | grep -v uninstall)
ktap_set_plan $((${#lines[@]} + ${#last[@]} + 4))
depmod "$kernel"
check "the sources are a repository" make_repository
check "README has commands" [ "${#lines[@]}" -ge 5 ]
host_files >"$work/before"
for line in "${lines[@]}"; do
	check "$line" run "$line"
done
check "the command is there" /usr/local/sbin/tcpadvisor --version
for line in "${last[@]}"; do
	check "$line" run "$line"
done
check "nothing is left" nothing_left "$work/before"
ktap_finished
