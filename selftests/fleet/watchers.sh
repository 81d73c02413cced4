# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Debian's prometheus, prometheus-node-exporter and prometheus-alertmanager on the
# metrics of tcpadvisor(8), with the rules of Documentation/fleet, and a receiver that
# writes down what it is told. Sourced by tests of alerts; $work is a directory of
# theirs, and metrics_into DIRECTORY theirs to write what
# tcpadvisor-metrics.service does.
#
# Prometheus looks every two seconds, and the rules look back half a minute instead of
# five.

watchers=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
patience=240

await()
{
	local end=$((SECONDS + patience))

	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return
		sleep 0.2
	done
}

# All that is needed is here; else $missing names the first that is not.
watchers_here()
{
	for missing in python3 prometheus prometheus-node-exporter prometheus-alertmanager \
		promtool; do
		command -v "$missing" >/dev/null || return
	done
}

rules()
{
	sed -E 's/\[5m\]/[30s]/' "$watchers/../../Documentation/fleet/alerts.yml"
}

configure()
{
	rules >"$work/alerts.yml"
	cat >"$work/prometheus.yml" <<-END
		global: {scrape_interval: 2s, evaluation_interval: 2s}
		rule_files: [$work/alerts.yml]
		scrape_configs:
		  - job_name: node
		    static_configs: [{targets: ["127.0.0.1:9100"]}]
		alerting:
		  alertmanagers:
		    - static_configs: [{targets: ["127.0.0.1:9093"]}]
	END
	cat >"$work/alertmanager.yml" <<-END
		route: {receiver: told, group_by: [alertname, netns], group_wait: 1s, group_interval: 2s}
		receivers:
		  - name: told
		    webhook_configs: [{url: "http://127.0.0.1:9099/", send_resolved: true}]
	END
	promtool check config "$work/prometheus.yml"
}

# What tcpadvisor-metrics.timer does, oftener.
write_metrics()
{
	while metrics_into "$work/textfile"; do
		sleep 1
	done
}

# All times of the timeline are from now on.
start_watchers()
{
	start=$(date +%s.%N)
	mkdir "$work/textfile"
	write_metrics >"$work/textfile.log" 2>&1 &
	python3 "$watchers/receiver.py" 9099 "$start" >"$work/told" &
	prometheus-node-exporter --collector.disable-defaults --collector.textfile \
		--collector.textfile.directory="$work/textfile" \
		--web.listen-address=127.0.0.1:9100 >"$work/node-exporter.log" 2>&1 &
	prometheus-alertmanager --config.file="$work/alertmanager.yml" \
		--storage.path="$work/alertmanager" --cluster.listen-address= \
		--web.listen-address=127.0.0.1:9093 >"$work/alertmanager.log" 2>&1 &
	prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" \
		--web.listen-address=127.0.0.1:9090 >"$work/prometheus.log" 2>&1 &
}

# What Prometheus answers to query $1: a value a line.
query()
{
	python3 - "$1" <<-'END' 2>"$work/query.log"
		import json, sys, urllib.parse, urllib.request
		url = "http://127.0.0.1:9090/api/v1/query?query=" + urllib.parse.quote(sys.argv[1])
		for series in json.load(urllib.request.urlopen(url))["data"]["result"]:
		    print(series["value"][1])
	END
}

# answers QUERY PATTERN
answers()
{
	query "$1" | grep -qxE "$2"
}

# Each group of rules was looked at after the time $1.
looked_since()
{
	python3 - "$1" <<-'END' 2>"$work/query.log"
		import datetime, json, sys, urllib.request
		url = "http://127.0.0.1:9090/api/v1/rules"
		for group in json.load(urllib.request.urlopen(url))["data"]["groups"]:
		    last = group["lastEvaluation"]
		    when = datetime.datetime.fromisoformat(last[:19] + "+00:00")
		    assert when.timestamp() > float(sys.argv[1])
	END
}

rules_looked()
{
	await looked_since "$(date +%s)"
}

# A receiver was told something that matches $1.
told()
{
	grep -qE "$1" "$work/told"
}

# note TEXT: a line of the timeline of our own, with the receiver's time.
note()
{
	printf '%6.1f -- %s\n' "$(awk -v now="$(date +%s.%N)" -v start="$start" \
		'BEGIN { print now - start }')" "$*" >>"$work/notes"
}

# All that was told, and noted, by time.
timeline()
{
	sort -n "$work/notes" "$work/told" | sed 's/^/# /'
}
