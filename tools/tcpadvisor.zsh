#compdef tcpadvisor
# SPDX-License-Identifier: GPL-2.0
#
# Completion of tcpadvisor(8) for zsh.

_tcpadvisor_listeners()
{
	local -a names

	names=(/sys/kernel/tcpadvisor/listeners/*@*(N:t))
	compadd -- ${names%@*}
}

_tcpadvisor_knobs()
{
	compadd -- ${(f)"$(tcpadvisor explain 2>/dev/null)"}
}

_tcpadvisor_what()
{
	_tcpadvisor_knobs
	_tcpadvisor_listeners
}

_tcpadvisor_columns()
{
	compadd -- LISTENER PID PROGRAM QUEUE PEAK WAIT-MS SYNQ REFUSED AT-SYN AT-ACK SYNQ-DROP \
		OTHER COOKIES VERDICT ADVISED UNIT CONTAINER POD
}

_tcpadvisor()
{
	local -a all commands
	local word command

	commands=(status listeners timewait ports explain apply rollback verify watch metrics record help)
	all=(--json '--netns:name:_files -W /run/netns' --all-netns '--sysroot:directory:_files -/'
		--no-color '(-h --help)'{-h,--help} '(-V --version)'{-V,--version})
	for word in ${words[2,CURRENT-1]}; do
		(( ${commands[(Ie)$word]} )) && command=$word && break
	done
	case $command in
	status) all+=('(-i --interval)'{-i,--interval}':span:(1s 10s 60s)' --check) ;;
	listeners) all+=('--sort:column:_tcpadvisor_columns' '--columns:columns:_tcpadvisor_columns'
		'(-H --no-headings)'{-H,--no-headings} --csv '*:filter:_tcpadvisor_listeners') ;;
	explain) all+=('*:what:_tcpadvisor_what') ;;
	apply) all+=('(-n --dry-run)'{-y,--yes} '(-y --yes)'{-n,--dry-run} --live --persist
		'--at-least:backlog:' '--trial:span:(10s 60s 5m)' '*--only:what:_tcpadvisor_what'
		'*--except:what:_tcpadvisor_what' --allow-lower) ;;
	rollback) all+=('(-y --yes)'{-n,--dry-run} '(-n --dry-run)'{-y,--yes}
		'*--only:what:_tcpadvisor_what' '*--except:what:_tcpadvisor_what' --forget --end-trial) ;;
	watch) all+=('(-c --count)'{-c,--count}':count:' '(-t --time)'{-t,--time}':span:(10s 60s 5m)' --log) ;;
	metrics) all+=('--top:count:' --openmetrics) ;;
	record) all+=('(-i --interval)'{-i,--interval}':span:(1s 10s 60s)' '(-c --count)'{-c,--count}':count:'
		'(-t --time)'{-t,--time}':span:(10s 60s 5m)' --csv) ;;
	help) all+=("*:command:($commands)") ;;
	'') all+=("1:command:($commands)") ;;
	esac
	# The command is no operand of its own.
	if [[ -n $command ]]; then
		words=(tcpadvisor ${words[2,-1]:#$command})
		(( CURRENT-- ))
	fi
	_arguments -s $all
}

_tcpadvisor "$@"
