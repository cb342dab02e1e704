#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# sl_report.sh PROGRAM RESULT: sl-report reads a result that is kept here: as CSV, as a page, beside itself and
# beside one that is slower; and says what it is not for.
set -u

program=$1
result=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# gives STATUS PATTERN WORD...: what the program exits with, and a pattern in what it says.
gives() {
	local want=$1 pattern=$2 out rc=0
	shift 2
	out=$("$program" "$@" 2>&1) || rc=$?
	if [[ $rc != "$want" ]] || ! grep -qE -- "$pattern" <<<"$out"; then
		printf 'FAILED: %s: status %s, wanted %s and "%s"; said:\n%s\n' "$*" "$rc" "$want" "$pattern" "$out"
		failed=1
	fi
}

gives 0 ',cycles,64,1,1,1,32,coherent,step,.*,rx_cycles,cycles/packet,2,0,6.797' export --format csv "$result"
gives 0 '^sl_perf_' export --format openmetrics "$result"
# Three processes are too few to say "same".
gives 4 '3 with not enough samples' compare "$result" "$result"
# With more of the same processes, and with all figures doubled.
python3 - "$result" "$work/more.json" "$work/slower.json" <<'END'
import json, sys
for name, factor in (sys.argv[2], 1), (sys.argv[3], 2):
    result = json.load(open(sys.argv[1]))
    for metric in result["results"][0]["metrics"].values():
        metric["samples"] = [[factor * v for v in process] for process in 8 * metric["samples"]]
    json.dump(result, open(name, "w"))
END
gives 0 '3 same' compare "$work/more.json" "$work/more.json"
gives 3 '3 regression' compare "$work/more.json" "$work/slower.json"
gives 0 '3 progression' compare "$work/slower.json" "$work/more.json"
gives 1 'sl-report: compare: --against builds and measures, .* use "sl-perf compare"' compare --against HEAD
gives 1 "sl-report: 'run' is no command; commands: compare, report, export" run
gives 0 'Usage: sl-report compare \[OPTION...\] BASE NEW' compare --help
if "$program" compare --help | grep -q -- '--against'; then
	echo "FAILED: help tells of --against"
	failed=1
fi
if command -v gnuplot >/dev/null; then
	gives 0 '1 results' report "$result" --out "$work/page.html"
	grep -q '<svg' "$work/page.html" || { echo "FAILED: no plot in the page"; failed=1; }
else
	echo "report is not tried: gnuplot is not installed"
fi
exit "$failed"
