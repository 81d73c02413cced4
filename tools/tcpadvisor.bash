# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Completion of tcpadvisor(8) for bash: commands, options, and what is there to
# name: knobs, listeners, namespaces.

# The listeners of this namespace, without their cookies.
_tcpadvisor_listeners()
{
	local dir

	for dir in /sys/kernel/tcpadvisor/listeners/*@*; do
		dir=${dir##*/}
		[ "$dir" = '*@*' ] || echo "${dir%@*}"
	done
}

_tcpadvisor_netns()
{
	local file

	for file in /run/netns/*; do
		[ ! -e "$file" ] || echo "${file##*/}"
	done
}

_tcpadvisor_knobs()
{
	tcpadvisor explain 2>/dev/null
}

# Words for the argument of option $1; fails if it takes none.
_tcpadvisor_argument()
{
	case $1 in
	--netns) _tcpadvisor_netns ;;
	--only | --except) _tcpadvisor_knobs | grep -F . && _tcpadvisor_listeners ;;
	--trial | --interval | -i | --time | -t) printf '%s\n' 10s 60s 5m ;;
	--sort | --columns) printf '%s\n' LISTENER PID PROGRAM QUEUE PEAK WAIT-MS SYNQ REFUSED \
		AT-SYN AT-ACK SYNQ-DROP OTHER COOKIES VERDICT ADVISED UNIT CONTAINER POD ;;
	--count | --top | --at-least) ;;
	*) return 1 ;;
	esac
}

_tcpadvisor_options()
{
	local words="--json --netns --all-netns --sysroot --no-color --help"

	case $1 in
	'') words+=" --version" ;;
	status) words+=" --interval --check" ;;
	listeners) words+=" --sort --columns --no-headings --csv" ;;
	apply) words+=" --yes --dry-run --live --at-least --persist --trial --only --except --allow-lower" ;;
	rollback) words+=" --dry-run --yes --only --except --forget --end-trial" ;;
	watch) words+=" --count --log --time" ;;
	metrics) words+=" --top --openmetrics" ;;
	record) words+=" --interval --count --time --csv" ;;
	esac
	echo "${words// /$'\n'}"
}

_tcpadvisor()
{
	local commands="status listeners timewait ports explain apply rollback verify"
	local cur prev word command='' words=() line=()
	commands+=" watch metrics record help"

	# Addresses hold colons, where bash would begin new words: go by blanks alone.
	cur=${COMP_LINE:0:COMP_POINT}
	read -ra line <<<"${cur%"${cur##* }"}"
	cur=${cur##* }
	prev=${line[-1]}
	for word in "${line[@]:1}"; do
		case " $commands " in
		*" $word "*) command=$word; break ;;
		esac
	done
	COMPREPLY=()
	if [ "$prev" = --sysroot ]; then
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
	fi
	if ! mapfile -t words < <(_tcpadvisor_argument "$prev") || [ ${#words[@]} = 0 ]; then
		case $cur:$command in
		-*) mapfile -t words < <(_tcpadvisor_options "$command") ;;
		*:) read -ra words <<<"$commands" ;;
		*:listeners) mapfile -t words < <(_tcpadvisor_listeners) ;;
		*:help) read -ra words <<<"$commands" ;;
		*:explain) mapfile -t words < <(_tcpadvisor_knobs; _tcpadvisor_listeners) ;;
		esac
	fi
	# Not compgen -W, which runs what looks like a command in a namespace's name.
	for word in "${words[@]}"; do
		[[ $word != "$cur"* ]] || COMPREPLY+=("$word")
	done
	# What bash takes for the word starts after the last colon.
	[[ $cur != *:* || $COMP_WORDBREAKS != *:* ]] ||
		COMPREPLY=("${COMPREPLY[@]#"${cur%:*}:"}")
}

complete -F _tcpadvisor tcpadvisor
