#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Documentation/fleet: the alerts fire when they should, and only then; alerts and
# dashboard know no metric that `tcpadvisor metrics` does not have, nor queries that
# Prometheus does not understand; the sample for modprobe has every parameter.

. "$(dirname "$0")/lib.sh"

fleet=$here/../../Documentation/fleet

# The names of metrics, as they are printed.
metrics()
{
	sed -n 's/^METRIC(.*, \([A-Z]*\), "\(.*\)",$/\1 \2/p' "$here/../command/metrics.def" |
		sed 's/^COUNTER \(.*\)/\1_total/; s/^INFO \(.*\)/\1_info/; s/^GAUGE //'
}

# All names in the files ($@) that look like one of ours.
names()
{
	grep -ohE '\btcpadvisor_[a-z0-9_]+' "$@" | grep -v '_refused:' | sort -u
}

all_known()
{
	metrics | sort >"$tmp/known"
	names "$@" >"$tmp/used"
	# "netns:tcpadvisor_refused" is a rule's own.
	sed -i '/^tcpadvisor_refused$/d' "$tmp/used"
	[ -s "$tmp/used" ] && ! comm -13 "$tmp/known" "$tmp/used" | grep .
}

# The queries of the dashboard as rules, for promtool.
queries()
{
	/usr/bin/python3 -c '
import json, sys
dashboard = json.load(open(sys.argv[1]))
rules = [{"record": "query", "expr": target["expr"]}
         for panel in dashboard["panels"] for target in panel["targets"]]
for i, rule in enumerate(rules):
    rule["record"] += str(i)
assert rules
print(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))' "$fleet/dashboard.json"
}

queries_parse()
{
	queries >"$tmp/queries.yml" && promtool check rules "$tmp/queries.yml"
}

# Panels have titles and numbers of their own and lie side by side.
panels_fit()
{
	/usr/bin/python3 -c '
import json, sys
panels = json.load(open(sys.argv[1]))["panels"]
assert len({p["id"] for p in panels}) == len({p["title"] for p in panels}) == len(panels)
seen = set()
for p in panels:
    g = p["gridPos"]
    cells = {(x, y) for x in range(g["x"], g["x"] + g["w"]) for y in range(g["y"], g["y"] + g["h"])}
    assert g["x"] + g["w"] <= 24 and not cells & seen, p["title"]
    seen |= cells' "$fleet/dashboard.json"
}

all_parameters()
{
	local name seen=

	while read -r name; do
		grep -q "^# $name (" "$fleet/modprobe.conf" &&
			grep -q "^options tcpadvisor .*\<$name=" "$fleet/modprobe.conf" || return
		seen=1
	done < <(sed -n 's/^module_param_cb(\([a-z_]*\),.*/\1/p' "$here/../../module/params.c")
	[ "$seen" ]
}

ok "all metrics of the alerts are there" all_known "$fleet/alerts.yml"
ok "and all of the dashboard" all_known "$fleet/dashboard.json"
ok "and of the alerts' test" all_known "$fleet/alerts_test.yml"
ok "the sample for modprobe has every parameter" all_parameters
if have /usr/bin/python3; then
	ok "the dashboard's panels fit" panels_fit
else
	skip "the dashboard's panels fit" "needs python3"
fi
if have promtool; then
	ok "the alerts fire when they should" promtool test rules "$fleet/alerts_test.yml"
	ok "Prometheus understands the dashboard" queries_parse
else
	skip "the alerts fire when they should" "needs promtool, of Debian's prometheus"
	skip "Prometheus understands the dashboard" "needs promtool, of Debian's prometheus"
fi
finish
