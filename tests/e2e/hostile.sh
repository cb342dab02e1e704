#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# hostile.sh PROGRAM SOURCE: result files whose strings are commands of gnuplot's, markup, formulas,
# line ends, orders to terminals: in every form that sl-perf writes they are data.
set -u

prog=$(realpath "$1")
source=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
export LC_ALL=C.UTF-8 SL_NO_HUGE=1

fail() {
	printf 'FAILED: %s\n' "$*"
	head -n 20 "$dir/out"
	failed=1
}

"$prog" run --suite mrr,cycles,coherency,loss,latency,scaling --sizes 64 --bursts 32 --processes 1 --trial 0.02 --sum 1 --trials 2 \
	--out "$dir/base.json" >"$dir/out" 2>&1 || fail "no result to start from"
mkdir "$dir/results" "$dir/it's"
python3 - "$dir" <<'END' || fail "no hostile results"
import copy, json, sys
folder = sys.argv[1]
base = json.load(open(f"{folder}/base.json"))
owned = f"touch {folder}/owned"
texts = [
    f"'\n system(\"{owned}\")\n#", f"'; system(\"{owned}\"); set title '", f"\"\nE\nsystem \"{owned}\"\n", f"`{owned}`",
    f"'.system(\"{owned}\").'", f"64\" 1\n! {owned}\nE\n", "</td><script>alert(1)</script>", "\"><img src=x onerror=y>",
    "=HYPERLINK(\"http://x\")", "+1", "-1", "@SUM(A1)", "a,b\"c\r\n2", "a\nsl_perf_x{} 1", "a\\", "\\\"} 1", " ", "",
    "\x1b]0;x\x07\x1b[2J", "\x9b31m", "caf\u00e9 \U0001f600", "x" * 5000, "\u00e9" * 3000, "%s%n%1$s", "{/=40 x}^2",
]
def walk(j, f):
    if isinstance(j, dict):
        return {k: walk(v, f) if k not in ("program", "better", "goal") else v for k, v in j.items()}
    if isinstance(j, list):
        return [walk(v, f) for v in j]
    return f(j) if isinstance(j, str) else j
for n, text in enumerate(texts):
    r = copy.deepcopy(base)
    # What is drawn has to be of a measure; all else is the text.
    r["environment"] = walk(r["environment"], lambda s: text)
    r["environment"]["time"] = "2026-01-01T00:00:00Z"
    for i, x in enumerate(r["results"]):
        x["name"] = x["name"] + text
        cabled = {"device": "cabled"} if n % 2 else {}
        x["config"] = {**walk(x["config"], lambda s: text), **cabled, "queues": i + 1}
        # The plots of one mode would show nothing.
        if n % 3:
            x["config"]["coherency"] = "coherent"
        for m in x["metrics"].values():
            m["unit"] = text
    json.dump(r, open(f"{folder}/results/{n}.json", "w"))
r = copy.deepcopy(base)
r["results"][0]["metrics"]["x 1\nsl_perf_y"] = next(iter(r["results"][0]["metrics"].values()))
json.dump(r, open(f"{folder}/name.json", "w"))
json.dump({"kind": "syncline-peers", "format": 1, "environment": {"cpu": texts[6]}, "contenders": [
    {"name": texts[7], "what": texts[6]}], "points": [{"device": texts[6], "queues": 1, "offloads": False, "size": 64,
    "burst": 32, "op": texts[6], "cycles_per_packet": {texts[7]: {"median": 1, "spread": 1}, "igb": {"median": 1, "spread": 1}},
    "ratios": {texts[6]: 1}}]}, open(f"{folder}/peers.json", "w"))
END

# page FILE: it has the tags and attributes that pages have, and no others.
page() {
	python3 - "$1" <<-'END' >>"$dir/out" 2>&1 || fail "$2: the page has tags of the result's"
	import sys
	from html.parser import HTMLParser
	class Page(HTMLParser):
	    def handle_starttag(self, tag, attributes):
	        assert tag not in ("script", "img", "iframe", "object"), tag
	        for name, value in attributes:
	            assert not name.startswith("on"), name
	            assert name not in ("href", "src", "xlink:href") or value.startswith("#"), value
	text = open(sys.argv[1], encoding="utf-8").read()
	assert text.rstrip().endswith("</html>")
	Page().feed(text)
	END
}

# quiet WHAT: no order to the terminal in what it printed.
quiet() {
	if grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$dir/out"; then fail "$1: it gives the terminal orders"; fi
}

for result in "$dir"/results/*.json; do
	name=$(basename "$result")
	if command -v gnuplot >/dev/null; then
		# Pictures are drawn from the same scripts.
		png=()
		if [[ $name == [01].json ]]; then png=(--png "$dir/it's"); fi
		"$prog" report "$result" "$dir/base.json" "$result" --out "$dir/r.html" "${png[@]}" >"$dir/out" 2>&1 ||
			fail "report $name: exit code $?"
		quiet "report $name"
		page "$dir/r.html" "$name"
	fi
	"$prog" compare "$result" "$dir/base.json" >"$dir/out" 2>&1
	quiet "compare $name"
	"$prog" compare "$result" "$result" >"$dir/out" 2>&1
	quiet "compare $name with itself"
	for form in csv openmetrics influx; do
		rc=0
		"$prog" export --format $form --out "$dir/export" "$result" >"$dir/out" 2>&1 || fail "export $form $name: exit code $?"
		python3 "$source/tools/check_export.py" $form "$dir/export" 5 >"$dir/out" 2>&1 || rc=$?
		((rc == 0 || rc == 77)) || fail "export $form $name cannot be read"
	done
done
if command -v gnuplot >/dev/null; then
	"$prog" report --peers "$dir/peers.json" --out "$dir/r.html" >"$dir/out" 2>&1 || fail "report --peers: exit code $?"
	page "$dir/r.html" peers
	[[ $(head -c 4 "$dir/it's/rate.png" | tail -c 3) == PNG ]] || fail "--png: no picture in a folder with a quote"
fi
"$prog" export --format openmetrics "$dir/name.json" >"$dir/out" 2>&1
[[ $? == 1 ]] || fail "a metric's name of any text: it was taken"
[[ ! -e $dir/owned ]] || fail "a result's string was run"
exit $failed
