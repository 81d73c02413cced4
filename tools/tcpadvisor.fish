# SPDX-License-Identifier: GPL-2.0
#
# Completion of tcpadvisor(8) for fish.

set -l commands status listeners timewait ports explain apply rollback verify watch metrics record help

function __tcpadvisor_listeners
    for dir in /sys/kernel/tcpadvisor/listeners/*@*
        string replace -r '@.*' '' -- (basename $dir)
    end
end

function __tcpadvisor_what
    tcpadvisor explain 2>/dev/null
    __tcpadvisor_listeners
end

function __tcpadvisor_in
    __fish_seen_subcommand_from $argv
end

complete -c tcpadvisor -f
complete -c tcpadvisor -n "not __tcpadvisor_in $commands" -a "$commands"
complete -c tcpadvisor -n "__tcpadvisor_in help" -a "$commands"
complete -c tcpadvisor -l json -d "machine-readable output"
complete -c tcpadvisor -l netns -x -a "(path basename /run/netns/*)" -d "a network namespace"
complete -c tcpadvisor -l all-netns -d "every network namespace"
complete -c tcpadvisor -l sysroot -x -a "(__fish_complete_directories)" -d "a recorded host"
complete -c tcpadvisor -l no-color -d "no colours"
complete -c tcpadvisor -s h -l help -d "a summary"
complete -c tcpadvisor -s V -l version -d "the version"
complete -c tcpadvisor -n "__tcpadvisor_in status" -s i -l interval -x -a "1s 10s 60s"
complete -c tcpadvisor -n "__tcpadvisor_in status" -l check -d "one line, for Nagios"
complete -c tcpadvisor -n "__tcpadvisor_in listeners" -l sort -x -d "by a column"
complete -c tcpadvisor -n "__tcpadvisor_in listeners" -l columns -x -d "these columns"
complete -c tcpadvisor -n "__tcpadvisor_in listeners" -s H -l no-headings -d "only the rows"
complete -c tcpadvisor -n "__tcpadvisor_in listeners" -l csv -d "comma-separated values"
complete -c tcpadvisor -n "__tcpadvisor_in listeners" -a "(__tcpadvisor_listeners)"
complete -c tcpadvisor -n "__tcpadvisor_in metrics" -l top -x -d "how many one by one"
complete -c tcpadvisor -n "__tcpadvisor_in metrics" -l openmetrics -d "OpenMetrics 1.0"
complete -c tcpadvisor -n "__tcpadvisor_in explain" -a "(__tcpadvisor_what)"
complete -c tcpadvisor -n "__tcpadvisor_in apply rollback" -s y -l yes -d "do it"
complete -c tcpadvisor -n "__tcpadvisor_in apply rollback" -s n -l dry-run -d "only show it"
complete -c tcpadvisor -n "__tcpadvisor_in apply rollback" -l only -x -a "(__tcpadvisor_what)"
complete -c tcpadvisor -n "__tcpadvisor_in apply rollback" -l except -x -a "(__tcpadvisor_what)"
complete -c tcpadvisor -n "__tcpadvisor_in apply" -l live -d "running listeners too"
complete -c tcpadvisor -n "__tcpadvisor_in apply" -l at-least -x -d "backlog of running listeners"
complete -c tcpadvisor -n "__tcpadvisor_in apply" -l persist -d "over a reboot"
complete -c tcpadvisor -n "__tcpadvisor_in apply" -l trial -x -a "10s 60s 5m"
complete -c tcpadvisor -n "__tcpadvisor_in apply" -l allow-lower
complete -c tcpadvisor -n "__tcpadvisor_in rollback" -l forget
complete -c tcpadvisor -n "__tcpadvisor_in rollback" -l end-trial
complete -c tcpadvisor -n "__tcpadvisor_in watch" -s c -l count -x
complete -c tcpadvisor -n "__tcpadvisor_in watch" -s t -l time -x -a "10s 60s 5m"
complete -c tcpadvisor -n "__tcpadvisor_in watch" -l log
complete -c tcpadvisor -n "__tcpadvisor_in record" -s i -l interval -x -a "1s 10s 60s"
complete -c tcpadvisor -n "__tcpadvisor_in record" -s c -l count -x
complete -c tcpadvisor -n "__tcpadvisor_in record" -s t -l time -x -a "10s 60s 5m"
complete -c tcpadvisor -n "__tcpadvisor_in record" -l csv -d "comma-separated values"
