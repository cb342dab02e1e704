#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# sl-perf from its command line, with trials of milliseconds: what is measured is of no
# interest here, the form is. perf.sh PROGRAM SOURCE-DIR. Exit 0 passed, 1 failed.
set -u

prog=$1
source=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
short=(--trial 0.02 --sum 1 --trials 2 --no-huge)

fail() {
	printf 'FAILED: %s\n' "$*"
	[[ ! -s $dir/out ]] || cat "$dir/out"
	failed=1
}

# expect CODE PATTERN ARGS...: exit code, and a pattern in what is printed.
expect() {
	local code=$1 pattern=$2 rc=0
	shift 2
	timeout -k 5 100 "$prog" "$@" >"$dir/out" 2>&1 </dev/null || rc=$?
	((rc == code)) || fail "$*: exit code $rc, expected $code"
	grep -Eq -- "$pattern" "$dir/out" || fail "$*: nothing like '$pattern' was printed"
}

# measure PATTERN ARGS...: the same of a run that must measure. A machine with other work may leave
# a device thread aside for all of a trial: then with longer ones.
measure() {
	local trial rc
	for trial in 0.02 0.2 1; do
		rc=0
		timeout -k 5 200 "$prog" run "${@:2}" --trial "$trial" >"$dir/out" 2>&1 </dev/null || rc=$?
		((rc == 2)) || break
	done
	((rc == 0)) || fail "${*:2}: exit code $rc"
	grep -Eq -- "$1" "$dir/out" || fail "${*:2}: nothing like '$1' was printed"
}

valid() {
	python3 "$source/tools/check_json.py" "$source/docs/reference/sl-perf.schema.json" "$1" >"$dir/out" ||
		fail "$1 does not fit the schema"
}

# json FILE PYTHON-EXPRESSION over r
json() {
	python3 -c 'import json, sys
r = json.load(open(sys.argv[1]))
sys.exit(0 if eval(sys.argv[2]) else 1)' "$1" "$2" >"$dir/out" 2>&1 || fail "$1: not so: $2"
}

# Usage.
expect 0 'Usage: sl-perf COMMAND' --help
expect 0 'Usage: sl-perf run' run --help
expect 1 "'fly' is no command; commands: run" fly
expect 1 "--suite: 'fast' is not allowed; allowed: quick full cycles" run --processes 1 --suite fast
expect 1 "--sizes: '63' is not allowed; allowed: whole numbers from 64 to 9728, or imix" run --sizes 63
expect 1 "--coherency: 'both' is not allowed; allowed: coherent explicit" run --coherency both
expect 1 "--trial: '0' is not allowed; allowed: a number from 0.005 to 600" run --trial 0
expect 1 "'--speed' is not an option" run --speed
expect 1 "--out wants a value" run --out
expect 1 "--cpus: '99999' is not allowed" run --processes 1 --cpus 99999
cpu=$(taskset -cp $$ | sed 's/.*: //; s/[,-].*//')
perf=$prog
prog=taskset
expect 2 'nothing that was asked for can be measured: 1 CPUs can forward' -c "$cpu" "$perf" run --processes 1 --suite mrr --cores 2 --queues 2
expect 0 'left out: cycles/64/f1/q2/c2/b32/coherent: more lcores than the CPUs that can forward, 1' -c "$cpu" "$perf" run \
	--processes 2 --suite cycles --coherency coherent --cores 1,2 --queues 2 --sizes 64 "${short[@]}" --out "$dir/left.json"
json "$dir/left.json" '[x["name"] for x in r["left_out"]] == ["cycles/64/f1/q2/c2/b32/coherent"]'
json "$dir/left.json" '[x["name"] for x in r["results"]] == ["cycles/64/f1/q2/c1/b32/coherent"]'
expect 0 'cycles/64' -c "$cpu" "$perf" run --processes 1 --suite cycles --sizes 64 "${short[@]}"
prog=$perf
# The software NIC as another device: what it is is told, and what it has not is left out.
expect 0 'Devices, the first when none is named: 82576 .*82599' run --help
expect 1 "--device: '82598' is not allowed; allowed: 82576 .*82599" run --device 82598
expect 1 'give the one or the others' run --device 82599 --tester 1:0.0 --dut 2:0.0
expect 2 'i211 has 2 queues each way; ask for fewer --queues' run --device i211 --processes 1 --suite mrr --queues 4
expect 0 'left out: cycles/64/f1/q4/c1/b32/coherent: more queues than the device has, 2' run --device i211 --processes 1 \
	--suite cycles --coherency coherent --sizes 64 --queues 2,4 "${short[@]}" --out "$dir/i211.json"
expect 0 'cycles/64/f1/q1/c1/b32/coherent  82599, rx .* ixgbe, tx .* ixgbe' run --device 82599 --suite cycles --sizes 64 \
	--processes 2 "${short[@]}" --out "$dir/82599.json"
measure 'mrr/64/f100/q16/c1/b32/coherent  82599' --device 82599 --suite mrr --sizes 64 --flows 100 --queues 16 --processes 1 \
	--no-huge --out "$dir/live.json"
for file in 82599 live; do
	valid "$dir/$file.json"
	json "$dir/$file.json" 'all(x["config"]["nic"] == "82599" for x in r["results"])'
done
expect 2 "/nonexistent/r.json cannot be written" run --processes 1 --suite cycles --sizes 64 "${short[@]}" --out /nonexistent/r.json

# Instructions, where there is a counter for them: the same each time, so one run is enough to compare.
if ! command -v valgrind >/dev/null; then
	echo "instructions: not tried, valgrind is not installed"
elif grep -q __asan_init "$prog"; then
	expect 2 'callgrind runs no build with AddressSanitizer' run --suite instructions --sizes 64 --processes 1 --no-huge
else
	for file in first second; do
		expect 0 'instructions/64' run --suite instructions --sizes 64 --processes 2 --no-huge --out "$dir/$file.json"
		valid "$dir/$file.json"
	done
	json "$dir/first.json" '[len(m["samples"]) for x in r["results"] for m in x["metrics"].values()] == [1] * 6'
	expect 0 '0 regression, 0 progression, 6 same' compare "$dir/first.json" "$dir/second.json"
	# The process under callgrind has the same device.
	expect 0 'instructions/64/f1/q1/c1/b32/coherent  82599, rx .* ixgbe' run --device 82599 --suite instructions --sizes 64 \
		--coherency coherent --processes 1 --no-huge --out "$dir/first.json"
fi
mkdir "$dir/bin"
ln -s "$(command -v cat)" "$(command -v grep)" "$(command -v timeout)" "$dir/bin/"
PATH=$dir/bin expect 2 'callgrind is not there|callgrind runs no build' run --suite instructions --sizes 64 --processes 1 --no-huge

# The quick suite in two processes: a list of samples from each.
measure 'ndrpdr/64/f1/q1/c1/b32/coherent' --suite quick --processes 2 "${short[@]}" --out "$dir/quick.json"
valid "$dir/quick.json"
json "$dir/quick.json" 'len([x for x in r["results"] if x["measure"] != "instructions"]) == 8 and not r["interrupted"]'
json "$dir/quick.json" 'all(len(m["samples"]) == 2 for x in r["results"] for m in x["metrics"].values() if m["unit"] not in ("ns", "instructions/packet"))'
json "$dir/quick.json" 'all(x["config"]["nic"] == "82576" for x in r["results"])'
json "$dir/quick.json" 'any("ndr_pps" in x["metrics"] and "idle_p99_ns" in x["metrics"] for x in r["results"])'
json "$dir/quick.json" 'all(sum(b[1] for b in t["latency_ns"]["buckets"]) == t["latency_ns"]["count"] for x in r["results"] for t in x["trials"] if "latency_ns" in t)'
json "$dir/quick.json" 'all(t["corrupt"] == 0 and t["received"] <= t["offered"] for x in r["results"] for t in x["trials"])'

# Every measure, and the frames that take other paths.
measure 'soak' --suite coherency,loss,b2b,scaling,soak,latency --sizes 64 --bursts 32 --soak 0.05 --processes 1 \
	"${short[@]}" --out "$dir/all.json"
valid "$dir/all.json"
json "$dir/all.json" '{x["measure"] for x in r["results"]} == {"coherency", "loss", "b2b", "scaling", "soak", "latency"}'
expect 0 'mrr/9000' run --suite mrr,cycles --sizes 9000,imix --flows 1,100 --processes 1 "${short[@]}" --trial 0.2 --trials 4 \
	--out "$dir/sizes.json"
valid "$dir/sizes.json"
json "$dir/sizes.json" 'all(max(s) > 0 for x in r["results"] for m in x["metrics"].values() for s in m["samples"])'

# Comparing: with itself; with what is worse; with what is no result.
expect 0 'Usage: sl-perf compare' compare --help
expect 4 'not enough samples' compare "$dir/quick.json" "$dir/quick.json"
expect 1 'none.json cannot be read' compare "$dir/none.json" "$dir/quick.json"
expect 1 'wants two files, BASE and NEW; 1 given' compare "$dir/quick.json"
expect 1 "--margin: '200' is not allowed" compare --margin 200 a b
printf '{"program": "sl-perf", "schema": 2}' >"$dir/bad.json"
expect 1 'schema is 2; this sl-perf .* reads 1' compare "$dir/bad.json" "$dir/quick.json"
printf '{"program": ' >"$dir/bad.json"
expect 1 'is no JSON: line 1' report "$dir/bad.json" --out "$dir/r.html"
python3 - "$dir/quick.json" "$dir" <<'END'
import json, random, sys
r = json.load(open(sys.argv[1]))
r["results"] = r["results"][:1]
random.seed(1)
for name, mean in ("base", 60), ("same", 60), ("worse", 64):
    for m in r["results"][0]["metrics"].values():
        m["samples"] = [[random.gauss(mean, 0.2)] for _ in range(12)]
    json.dump(r, open(f"{sys.argv[2]}/{name}.json", "w"))
END
expect 0 '0 regression, 0 progression, 3 same' compare "$dir/base.json" "$dir/same.json" --json "$dir/c.json"
json "$dir/c.json" 'r["exit_code"] == 0 and all(x["verdict"] == "same" for x in r["rows"])'
expect 3 '3 regression, 0 progression, 0 same' compare "$dir/base.json" "$dir/worse.json"
# Other conditions: told beside the verdict, and the exit code is another.
python3 - "$dir" <<'END'
import json, sys
folder = sys.argv[1]
r = json.load(open(f"{folder}/worse.json"))
r["environment"]["hugepages"]["used"] = not r["environment"]["hugepages"]["used"]
r["environment"]["governor"] = "powersave" if r["environment"]["governor"] != "powersave" else "performance"
json.dump(r, open(f"{folder}/huge.json", "w"))
END
expect 5 'regression, under other conditions: hugepages' compare "$dir/base.json" "$dir/huge.json" --json "$dir/c.json"
grep -q '^note: hugepages differs: ' "$dir/out" || fail "hugepages are not noted"
grep -q '^3 of the regressions may be of the conditions' "$dir/out" || fail "no word on conditions"
json "$dir/c.json" 'r["exit_code"] == 5 and all(x["conditions_differ"].startswith("hugepages") for x in r["rows"])'
expect 0 'progression, under other conditions: hugepages' compare "$dir/huge.json" "$dir/base.json"
# Another device is another condition; a result that names none is of the first there was.
python3 - "$dir" <<'END'
import json, sys
folder = sys.argv[1]
r = json.load(open(f"{folder}/base.json"))
del r["results"][0]["config"]["nic"]
json.dump(r, open(f"{folder}/old.json", "w"))
r = json.load(open(f"{folder}/worse.json"))
r["results"][0]["config"]["nic"] = "82599"
json.dump(r, open(f"{folder}/other.json", "w"))
END
for file in base old; do
	expect 5 'regression, under other conditions: nic' compare "$dir/$file.json" "$dir/other.json"
	grep -q '^note: .* differs: .*"82576".*, then .*"82599"' "$dir/out" || fail "$file: devices are not noted"
done
expect 3 '3 regression' compare "$dir/old.json" "$dir/worse.json"
expect 0 '0 regression, 3 progression' compare "$dir/worse.json" "$dir/base.json"
expect 1 "'no-such-rev' is no revision here" compare --against no-such-rev --source "$source"
expect 1 'is in none' compare --against HEAD --source "$dir"

# A report, and the forms for others.
if command -v gnuplot >/dev/null; then
	expect 0 '[345] plots, 3 results' report "$dir/quick.json" "$dir/all.json" "$dir/sizes.json" --out "$dir/r.html" --png "$dir/png"
	grep -q '</html>' "$dir/r.html" || fail "the page has no end"
	! grep -Eq '(src|href)="?https?:' "$dir/r.html" || fail "the page asks others for something"
	cat >"$dir/peers.json" <<-'END'
		{"kind": "syncline-peers", "format": 1, "environment": {"cpu": "a & b"},
		 "contenders": [{"name": "igb", "what": "a driver"}], "points": [
		 {"device": "same core", "queues": 1, "offloads": false, "size": 64, "burst": 32, "op": "rx+tx",
		  "cycles_per_packet": {"igb": {"median": 60.1, "spread": 1.5}, "coherent": {"median": 30, "spread": 1}},
		  "ratios": {"coherent/igb": 0.5, "coherent82599/ixgbe": 0.6}}]}
	END
	expect 0 '2 plots, 0 results, peers' report --peers "$dir/peers.json" --out "$dir/r.html"
	grep -q '60.1 <small>&plusmn;1.5</small>' "$dir/r.html" || fail "the page has no table of peers"
	expect 1 'is no result of peers, format 1' report --peers "$dir/quick.json" --out "$dir/r.html"
	expect 0 '4 plots, 1 results' report "$dir/all.json" --out "$dir/r.html" --png "$dir/png"
	for plot in latency loss scaling price; do
		grep -q "<figure id=\"$plot\">" "$dir/r.html" || fail "the page has no $plot"
		[[ $(head -c 4 "$dir/png/$plot.png" | tail -c 3) == PNG ]] || fail "$plot.png is none"
	done
fi
# export_form FORM: those who read it can.
export_form() {
	local rc=0
	"$prog" export --format "$1" --out "$dir/export" "$dir/quick.json" || fail "export --format $1: exit code $?"
	python3 "$source/tools/check_export.py" "$1" "$dir/export" 20 >"$dir/out" || rc=$?
	((rc == 0 || rc == 77)) || fail "export --format $1 cannot be read"
}
expect 0 '^time,git,measure' export --format csv "$dir/quick.json"
expect 0 '^# EOF' export --format openmetrics "$dir/quick.json"
expect 0 '^sl_perf,measure=' export --format influx "$dir/quick.json"
for form in csv openmetrics influx; do export_form "$form"; done
expect 1 "--format: 'xml' is not allowed; allowed: csv, openmetrics, influx" export --format xml "$dir/quick.json"

# A signal ends it; what is done is kept.
"$prog" run --suite cycles,mrr --sizes 64 --coherency coherent --trial 5 --processes 2 --no-huge --out "$dir/cut.json" \
	>"$dir/out" 2>&1 &
pid=$!
for ((i = 0; i < 600; i++)); do
	! grep -q mrr "$dir/out" || break
	sleep 0.1
done
sleep 0.3
kill -INT $pid
wait $pid || fail "a signal: exit code $?"
valid "$dir/cut.json"
json "$dir/cut.json" 'r["interrupted"] and r["results"][0]["measure"] == "cycles"'

# until_true COMMAND...: within a minute.
until_true() {
	for ((i = 0; i < 600; i++)); do
		! "$@" || return 0
		sleep 0.1
	done
	fail "never: $*"
}

# shellcheck disable=SC2317 # called by name
is_gone() {
	! kill -0 "$pid" 2>/dev/null
}

# shellcheck disable=SC2317
holds_files() {
	find "$dir/tmp" -mindepth 1 | grep -q .
}

# shellcheck disable=SC2317
is_empty() {
	! holds_files
}

# A process of it waits until somebody reads the pipe.
# shellcheck disable=SC2317
waits_for_reader() {
	local of
	for of in "$pid" $(pgrep -P "$pid"); do
		grep -q pipe_write "/proc/$of/wchan" 2>/dev/null && return 0
	done
	# A kernel that hides it.
	[[ $(cat "/proc/$pid/wchan") == 0 ]] && sleep 2
}

# One signal ends it when nobody takes what it prints: of the process that measures, and of a short one.
mkfifo "$dir/fifo"
exec 7<>"$dir/fifo"
head -c 65536 /dev/zero >&7
for processes in 1 2; do
	rm -f "$dir/cut.json"
	"$prog" run --suite cycles,mrr --sizes 64 --coherency coherent --trial 5 --processes $processes --no-huge --out "$dir/cut.json" \
		>&7 2>&1 </dev/null &
	pid=$!
	until_true waits_for_reader
	kill -INT $pid
	until_true is_gone
	kill -KILL $pid 2>/dev/null
	wait $pid || fail "a signal when nobody reads, --processes $processes: exit code $?"
done
# The result itself has nobody: that is an error.
"$prog" run --suite cycles --sizes 64 --coherency coherent --processes 1 "${short[@]}" >&7 2>"$dir/out" </dev/null &
pid=$!
until_true waits_for_reader
kill -TERM $pid
until_true is_gone
kill -KILL $pid 2>/dev/null
wait $pid && fail "no reader for a result: exit code 0"
grep -q 'standard output cannot be written' "$dir/out" || fail "no reader for a result: it is not said"
exec 7>&-

# However it ends, nothing of it stays on disk.
suites=(mrr)
! command -v valgrind >/dev/null || suites+=(instructions)
mkdir "$dir/tmp"
for suite in "${suites[@]}"; do
	TMPDIR=$dir/tmp "$prog" run --suite "$suite" --sizes 64 --coherency coherent --trial 5 --processes 2 --no-huge >/dev/null 2>"$dir/out" &
	pid=$!
	until_true holds_files
	kill -KILL $pid
	wait $pid 2>/dev/null
	until_true is_empty
done

exit $failed
