#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tables/cells has what each CPU counted for a listener, and tables/mibs what the kernel
# counted on it: what the counters and the residual are the sums of.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

cells=$sysfs/tables/cells
mibs=$sysfs/tables/mibs
names=(ListenOverflows ListenDrops TCPReqQFullDrop TCPReqQFullDoCookies SyncookiesSent)

# The rows of table $1: what is no blank, after the head.
rows()
{
	tail -n +3 "$1" | sed -e 's/ *$//' -e '/^$/d'
}

# In which places listener $1 has counted: words and numbers of CPUs.
places()
{
	rows "$cells" | awk -v name="$1" '$1 == name { print $2 }' | xargs
}

# How many SYNs listener $1 has in cells that all CPUs share. The last refusal may be in
# an open snapshot, which is its CPU's; a SYN never is.
shared_syns()
{
	rows "$cells" | awk -v name="$1" '$1 == name && $2 == "shared" { print $5 }'
}

# Σ of column $2 over all rows of table $1, of those of listener $3 if that is given.
column()
{
	reply=$(tail -n +2 "$1" | awk -v column="$2" -v name="${3-}" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) at = i; next }
		NF && (name == "" || $1 == name) { n += $at }
		END { printf "%d", at ? n : -1 }')
}

# What the rows of listener $1 count, as counts() has it.
sums()
{
	local counter all=

	for counter in "${counters[@]}"; do
		column "$cells" "$counter" "$1"
		[ "$reply" = 0 ] || all+="$counter=$reply "
	done
	reply=${all% }
}

# The rows of listener $1 add up to what directory $2 has: packets may still wait for
# their CPU.
same_sums()
{
	sums "$1"
	added=$reply
	counts "$2"
	[ "$added" = "$reply" ]
}

# check_sums DESCRIPTION NAME DIRECTORY
check_sums()
{
	patience=5 await same_sums "$2" "$3" || true
	ktap_print_msg "$2: $reply"
	check_eq "$1" "$added" "$reply"
}

# What the kernel has counted and is nobody's, by the rows of tables/mibs: not the
# residual, which does not have what was counted before the module was loaded.
nobodys()
{
	local name counted all=

	for name in "${names[@]}"; do
		column "$mibs" "$name"
		counted=$reply
		column "$mibs" "attributed_$name"
		all+="$((counted - reply)) "
	done
	reply=$all
}

# All that the kernel has counted: by the rows of tables/mibs, and as it says.
kernels()
{
	local name

	for name in "${names[@]}"; do
		column "$mibs" "$name"
		echo "$name $reply"
	done
}

says()
{
	local name

	mib_read
	for name in "${names[@]}"; do
		echo "$name ${mib[$name]}"
	done
}

# In a namespace of its own the table says whose it is, names its columns, and has no row.
elsewhere()
{
	local other

	other=$(unshare -n sh -c "readlink /proc/self/ns/net; cat $cells" |
		sed '3d; s/ *$//; /^$/d')
	[[ $other =~ ^'net:['([0-9]+)']'$'\n''# tcpadvisor cells '.*netns=([0-9]+)[^$'\n']*$ ]] &&
		[ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ]
}

plan 18
[ "$(nproc)" -ge 2 ] || skip_all "needs 2 CPUs"
module_load max_listeners=16 interval_ms=100
agents
family 4
check_eq "who has counted nothing has no row" "$(rows "$cells")" ""
nobodys
nobodys=$reply
mib_mark

listener "$any" 8080 4
name=${dir##*/}
wire to "$server" 8080
handshakes 1000 5
wire send S "$peer" 2000 3
check_eq "few events are counted in what all CPUs share" "$(shared_syns "$name")" 8
check_sums "and that is all of them" "$name" "$dir"
column "$cells" syns_queued "$name"
check_eq "SYNs that were taken are told from those that were not" "$reply" 5
sock close "$fd"
await_value $sysfs/closed/listeners 1
check_eq "a listener that is gone has no rows" "$(rows "$cells")" ""

# The load has a process on each CPU.
listener "$any" 8080 4
name=${dir##*/}
sock serve "$fd" late
"$here/syn_load" "$localhost" 8080 4000 120 0 0 1 1 >/dev/null
sock rest
check_sums "all rows are all of them" "$name" "$dir"
check_eq "of many most are counted by the CPU that they come to" \
	"$(places "$name")" "shared 0 1"
for queue in accept syn; do
	get "$dir/${queue}_queue_peak"
	check_eq "the deepest $queue queue that one has met is the peak" \
		"$(rows "$cells" | awk -v name="$name" -v column=$queue '
			BEGIN { at = column == "accept" ? 3 : 4 }
			$1 == name && $at > most { most = $at } END { print most + 0 }')" \
		"$reply"
done

for port in 8081 8082 8083; do
	listener "$any" $port 1
done
sock socket 4
fd=$reply
sock bind "$fd" "$any" 8084
sock listen "$fd" 1
await_value $sysfs/untracked/listeners 1
wire to "$server" 8084
wire send S "$peer" 3000 9
check_eq "listeners without an entry have the rows of who stands in" \
	"$(shared_syns untracked)" 9
check_sums "and that is all that is untracked" untracked $sysfs/untracked

check_eq "Σ of what the kernel counted on each CPU is its counter" "$(kernels)" "$(says)"
check_exact "sums equal the kernel's counters"
sum accept_overflows_syn accept_overflows_ack
ours=$reply
column "$mibs" attributed_ListenOverflows
check_eq "Σ of what is attributed is ours" "$reply" "$ours"
get "$sysfs/hooks"
if [ "$reply" = ftrace ]; then
	nobodys
	check_eq "what is nobody's is no more than it was" "$reply" "$nobodys"
else
	skip "what is nobody's is no more than it was" "a kprobe is skipped while another runs"
fi
check_eq "anybody may read what the kernel counted" "$(as_user cat "$mibs" | sha256sum)" \
	"$(sha256sum <"$mibs")"
check "of cells, of which there may be very many, root alone" eval "! as_user cat $cells 2>&-"
check "in another namespace there is none of it" elsewhere
finish
