#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Where a system call fails, what was done is said (64), what was not is not
# half done, and what could not be recorded is not done at all.

. "$(dirname "$0")/lib.sh"

if ! have strace || ! strace -qq -o /dev/null true 2>/dev/null; then
	skip "failing system calls" "needs strace, and leave to trace"
	finish
fi

# injected STATUS FILE INJECTION ARGUMENT...: run with calls on FILE failing.
injected()
{
	local want=$1 file=$2 injection=$3

	shift 3
	strace -qq -o "$tmp/strace" -P "$root/$file" -e inject="$injection" \
		"$plain" --sysroot "$root" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	rc=$?
	[ "$rc" = "$want" ] || { echo "exit status $rc, expected $want"; return 1; }
}

fresh()
{
	new_root
	advise_two
}

untouched()
{
	is_sysctl net.core.somaxconn 128 && is_sysctl net.ipv4.tcp_syncookies 0
}

syncookies=proc/sys/net/ipv4/tcp_syncookies
somaxconn=proc/sys/net/core/somaxconn
journal=var/lib/tcpadvisor/journal

fresh
ok "the second of two is refused" injected 64 $syncookies write:error=EINVAL apply --yes
ok "the first is done" is_sysctl net.core.somaxconn 8192
ok "the second says why" complains "tcp_syncookies: the kernel refuses the value as out of its range"
ok "and what is in force" says "net.ipv4.tcp_syncookies  0 -> 1  failed: refused; it is as it was"
ok "rollback undoes the first" exits 0 rollback
ok "all restored" untouched

fresh
ok "a value that does not stick" injected 64 $syncookies write:retval=2 apply --yes
ok "is noticed by reading back" complains "tcp_syncookies: wrote 1, but reads back 0"

fresh
ok "one of one is refused" injected 1 $syncookies write:error=EINVAL apply --yes \
	--only net.ipv4.tcp_syncookies
ok "leaves nothing to undo" no_journal

fresh
ok "what --persist needs failed" injected 64 $somaxconn write:error=EINVAL apply --yes --persist
ok "so it is not persisted" says "not tried, because net.core.somaxconn failed"
ok "the file has the other only" [ "$(grep -c "^net" "$root/$conf")" = 1 ]

# The journal comes first.
for injection in write:error=ENOSPC fsync:error=EIO; do
	fresh
	mkdir -m 700 "$root/var/lib/tcpadvisor"
	: >"$root/$journal"
	chmod 600 "$root/$journal"
	ok "the journal fails, $injection" injected 1 $journal $injection apply --yes
	ok "nothing is changed, $injection" untouched
	ok "and it says so, $injection" complains "nothing was changed, because it could not have been undone"
done

fresh
run apply --yes
ok "the journal cannot be written at rollback" injected 0 $journal write:error=ENOSPC rollback
ok "the values are restored all the same" untouched

# The file of --persist is the old one or the new one.
while read -r call file; do
	fresh
	echo "vm.swappiness = 1" >"$root/$conf"
	ok "$call fails in --persist" injected 64 "$file" "$call:error=EIO" apply --yes --persist
	ok "$call: the old file is intact" [ "$(cat "$root/$conf")" = "vm.swappiness = 1" ]
	ok "$call: and nothing is left beside it" \
		[ "$(ls -A "$root/etc/sysctl.d")" = 90-tcpadvisor.conf ]
done <<END
write etc/sysctl.d/.90-tcpadvisor.conf.new
fsync etc/sysctl.d/.90-tcpadvisor.conf.new
rename,renameat,renameat2 etc/sysctl.d
fsync etc/sysctl.d
END

# What must be on disk before what.
order()
{
	strace -qq -y -o "$tmp/strace" -e trace=write,fsync,rename,renameat,renameat2 \
		"$plain" --sysroot "$root" apply --yes --persist >/dev/null 2>&1
	sed -n -e 's/^fsync(.*var.lib>.*/made/p' \
		-e 's/^fsync(.*tcpadvisor>.*/placed/p' \
		-e 's/^write(.*journal>.*begin id=.*/announced/p' \
		-e 's/^write(.*tcpadvisor-journal.*/announced/p' \
		-e 's/^fsync(.*journal>.*/synced/p' \
		-e 's/^write(.*somaxconn>.*/changed/p' \
		-e 's/^fsync(.*90-tcpadvisor.conf.new>.*/written/p' \
		-e 's/^rename.*90-tcpadvisor.conf.*/renamed/p' \
		-e 's/^fsync(.*sysctl.d>.*/kept/p' "$tmp/strace" |
		awk '!seen[$0]++' | paste -sd ' '
}
fresh
got=$(order)
want="made placed announced synced changed written renamed kept"
ok "the order of what goes to disk" [ "$got" = "$want" ]
[ "$got" = "$want" ] || echo "# $got"

# A power loss must not leave what nobody remembers: the record goes last.
undo_order()
{
	strace -qq -y -o "$tmp/strace" -e trace=write,fsync,unlink,unlinkat \
		"$plain" --sysroot "$root" rollback >/dev/null 2>&1
	sed -n -e 's/^unlink.*"90-tcpadvisor.conf".*/removed/p' \
		-e 's/^fsync(.*sysctl.d>.*/kept/p' \
		-e 's/^write(.*somaxconn>.*/restored/p' \
		-e 's/^write(.*journal>.*end id=.*/recorded/p' \
		-e 's/^unlink.*"journal".*/forgotten/p' "$tmp/strace" |
		awk '{ last[$0] = NR } END {
			print last["removed"] < last["kept"],
				last["kept"] < last["forgotten"],
				last["restored"] < last["forgotten"],
				last["recorded"] < last["forgotten"] }'
}
got=$(undo_order)
ok "the order in which it is undone" [ "$got" = "1 1 1 1" ]
[ "$got" = "1 1 1 1" ] || echo "# $got"

# Output that goes nowhere.
fresh
full()
{
	"$tool" --sysroot "$root" "$@" >/dev/full 2>"$tmp/err"
	[ $? = 1 ]
}
ok "standard output is full" full listeners --json
ok "said" complains "standard output"

finish
