#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# --help, the manual page and the completion speak of the same commands and
# options; help fits a screen; colour is for terminals.

. "$(dirname "$0")/lib.sh"

page=$here/../tcpadvisor.8
commands=$("$tool" --help | sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/\1/p')

# The long options in the help of command $1, or of all.
options()
{
	"$tool" ${1:+"$1"} --help | sed -nE 's/^ +(-[a-zA-Z], )?(--[a-z-]+) .*/\2/p' | sort -u |
		grep -vxF -e --help -e --version
}

fits()
{
	"$tool" ${1:+"$1"} --help |
		awk 'length > 79 { print; wide = 1 } END { exit wide || NR > 24 }'
}

in_page()
{
	grep -q "^\.It.* -${1#--}\( \|$\)" "$page"
}

# What bash offers after the words "$@", the last one being completed.
complete_words()
{
	bash -c '
		. "$0"
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		COMP_LINE="$*"
		COMP_POINT=${#COMP_LINE}
		PATH=$TOOL_PATH:$PATH
		_tcpadvisor
		printf "%s\n" "${COMPREPLY[@]}"' "$here/../tcpadvisor.bash" "$@"
}
export TOOL_PATH=${tool%/*}

offers()
{
	local want=$1

	shift
	complete_words "$@" | grep -xF -e "$want" >/dev/null
}

# A namespace may be called anything.
inert()
{
	name="\$(touch $tmp/touched)" bash -c '
		. "$0"
		_tcpadvisor_netns() { echo "$name"; }
		COMP_WORDS=(tcpadvisor --netns "")
		COMP_CWORD=2
		COMP_LINE="tcpadvisor --netns "
		COMP_POINT=${#COMP_LINE}
		_tcpadvisor
		[ "${COMPREPLY[*]}" = "$name" ]' "$here/../tcpadvisor.bash" &&
		[ ! -e "$tmp/touched" ]
}

# zsh and fish have it in a file of their own, which needs them to be run.
in_others()
{
	grep -qE -e "(^|[^a-z-])$1([^a-z-]|\$)" "$here/../tcpadvisor.zsh" &&
		grep -qE -e "-l ${1#--}( |\$)" "$here/../tcpadvisor.fish"
}

# The same of a command.
command_in_others()
{
	grep -qE "^	commands=.* ?\(?$1[ )]|^	commands=\($1 " "$here/../tcpadvisor.zsh" &&
		grep -qE "^set -l commands.* $1( |\$)" "$here/../tcpadvisor.fish"
}

ok "help fits a screen" fits
ok "and is what the command help says" cmp <("$tool" --help) <("$tool" help)
for option in $(options); do
	ok "$option is in the manual page" in_page "$option"
	ok "$option is completed" offers "$option" tcpadvisor --
	ok "$option is completed by zsh and fish" in_others "$option"
done
for command in $commands; do
	ok "help of $command fits a screen" fits "$command"
	ok "$command is in the manual page" grep -q "^\.It Cm $command" "$page"
	ok "$command is completed" offers "$command" tcpadvisor ''
	ok "$command is completed by zsh and fish" command_in_others "$command"
	ok "help $command is its --help" cmp <("$tool" "$command" --help) <("$tool" help "$command")
	for option in $(options "$command"); do
		ok "$command $option is in the manual page" in_page "$option"
		ok "$command $option is completed" offers "$option" tcpadvisor "$command" --
		ok "$command $option is completed by zsh and fish" in_others "$option"
	done
done
# Columns, as the command names them where there is none of a name.
new_root
run listeners --columns FD
heads=$(sed -n 's/.*expected of //p' "$tmp/err" | tr , ' ')
ok "the command names its columns" [ "$heads" ]
for column in $heads; do
	ok "column $column is completed" offers "$column" tcpadvisor listeners --columns ''
	ok "column $column is completed by zsh" grep -qE "[	 ]$column( |\$)" \
		"$here/../tcpadvisor.zsh"
done
ok "a knob is completed" offers net.core.somaxconn tcpadvisor explain net.core.so
ok "for --only too" offers net.core.somaxconn tcpadvisor apply --only net.core.so
for shell in bash zsh fish; do
	if have $shell; then
		ok "$shell can read its file" $shell -n "$here/../tcpadvisor.$shell"
	else
		skip "$shell can read its file" "needs $shell"
	fi
done

# bash makes words of what is between colons.
after_colon()
{
	bash -c '
		. "$0"
		_tcpadvisor_listeners() { echo 0.0.0.0:80; echo 0.0.0.0:443; echo "[::]:80"; }
		COMP_LINE="tcpadvisor apply --only 0.0.0.0:"
		COMP_WORDS=(tcpadvisor apply --only 0.0.0.0 :)
		COMP_CWORD=4
		COMP_POINT=${#COMP_LINE}
		PATH=$TOOL_PATH:$PATH
		_tcpadvisor
		[ "${COMPREPLY[*]}" = "80 443" ]' "$here/../tcpadvisor.bash"
}
ok "an address after its colon too" after_colon
ok "a name that looks like a command is not run" inert
for status in EXIT_DONE=0 EXIT_FAILED=1 EXIT_USAGE=2 EXIT_PARTLY=64; do
	ok "exit status ${status#*=} is in the manual page" grep -qx ".It ${status#*=}" "$page"
done
if have mandoc; then
	ok "the page's footer names the project" [ "$(mandoc "$page" | tail -n 1 |
		grep -c '^tcpadvisor')" = 1 ]
	ok "the manual page is well-formed" mandoc -T lint -W warning "$page"
else
	skip "the manual page is well-formed" "needs mandoc"
fi

# Escape sequences, as a terminal would get them.
on_terminal()
{
	env -u NO_COLOR TERM=xterm "${variables[@]}" script -qec \
		"$tool --sysroot $root $*" /dev/null </dev/null | grep -c $'\033'
}

if have script; then
	new_root
	listener 0.0.0.0:80@1 verdict=app-slow accept_overflows_ack=5
	variables=(A=1)
	ok "colour on a terminal" [ "$(on_terminal listeners)" -gt 0 ]
	ok "not with --no-color" [ "$(on_terminal --no-color listeners)" = 0 ]
	variables=(NO_COLOR=1)
	ok "nor with NO_COLOR" [ "$(on_terminal listeners)" = 0 ]
	variables=(TERM=dumb)
	ok "nor on a dumb one" [ "$(on_terminal listeners)" = 0 ]
	variables=(A=1)
	ok "nor in JSON" [ "$(on_terminal listeners --json)" = 0 ]
	ok "nor in a pipe" [ "$(env -u NO_COLOR TERM=xterm "$tool" --sysroot "$root" listeners |
		grep -c $'\033')" = 0 ]
else
	skip "colour" "needs script"
fi

if have readelf; then
	elf=$(readelf -hdsW "$BUILD/tcpadvisor")
	ok "the command is hardened: PIE" grep -q 'Type: *DYN' <<<"$elf"
	ok "bound at start" grep -q BIND_NOW <<<"$elf"
	ok "with canaries" grep -q __stack_chk_fail <<<"$elf"
	ok "with checked copies" grep -q __snprintf_chk <<<"$elf"
else
	skip "the command is hardened" "needs readelf"
fi

finish
