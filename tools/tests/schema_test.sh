#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Documentation/json/tcpadvisor.schema.json describes every field of every document
# that the golden tests have a command print, and says what each means.

. "$(dirname "$0")/lib.sh"

schema=$here/../../Documentation/json/tcpadvisor.schema.json

# Whether the documents in the files ($@), as the golden tests keep them, are as
# described. Against a document's own command, or what is wrong is not said well.
documents_fit()
{
	/usr/bin/python3 - "$schema" "$@" <<-'END'
		import json, re, sys
		import jsonschema

		schema = json.load(open(sys.argv[1]))
		seen, wrong = 0, 0
		for name in sys.argv[2:]:
		    text = re.sub(r"(?ms)^--- standard error.*?^--- exit", "--- exit",
		                  open(name).read())
		    text = re.sub(r"(?m)^(--- exit|\$) .*\n?", "", text).strip()
		    while text:
		        document, end = json.JSONDecoder().raw_decode(text)
		        text = text[end:].strip()
		        command = document["command"]
		        if set(document) <= {"schema", "command", "exit_status", "errors"}:
		            command = "failure"
		        one = {"$ref": "#/$defs/document_" + command, "$defs": schema["$defs"]}
		        for error in jsonschema.Draft202012Validator(one).iter_errors(document):
		            print(name, command, list(error.absolute_path), error.message)
		            wrong += 1
		        seen += 1
		print(seen, "documents,", wrong, "errors")
		sys.exit(wrong or not seen)
	END
}

# Every field says what it is.
fields_described()
{
	/usr/bin/python3 - "$schema" <<-'END'
		import json, sys

		schema = json.load(open(sys.argv[1]))
		bare = []

		def look(path, node):
		    if isinstance(node, list):
		        for i, item in enumerate(node):
		            look(path + [str(i)], item)
		    elif isinstance(node, dict):
		        for name, field in node.get("properties", {}).items():
		            ok = {"const", "$ref", "description"} & set(field) or "properties" in field
		            bare.extend([] if ok else [path + [name]])
		        for name, item in node.items():
		            look(path + [name], item)

		look([], schema)
		print(bare)
		sys.exit(bool(bare))
	END
}

is_schema()
{
	/usr/bin/python3 -c '
import json, jsonschema, sys
jsonschema.Draft202012Validator.check_schema(json.load(open(sys.argv[1])))' "$schema"
}

# A field that nobody has described is found.
unknown_is_found()
{
	sed 's/"exit_status"/"nobody_knows": 1, &/' "$here/golden/timewait-json" >"$tmp/unknown"
	! documents_fit "$tmp/unknown"
}

# Those that hold documents, and one more.
mapfile -t documents < <(grep -l '^{' "$here"/golden/*)
new_root
run explain --json
mv "$tmp/out" "$tmp/knobs"
documents+=("$tmp/knobs")

if /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
	ok "it is a schema" is_schema
	ok "it describes each field" fields_described
	ok "all documents are as described" documents_fit "${documents[@]}"
	for command in status listeners timewait ports explain apply rollback watch; do
		ok "$command is among them" grep -qE "\"command\": ?\"$command\"" "${documents[@]}"
	done
	ok "a field that is not described is found" unknown_is_found
else
	skip "JSON is as its schema says" "needs python3-jsonschema"
fi
finish
