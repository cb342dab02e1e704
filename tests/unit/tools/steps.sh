#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# What runs beside what in a test run, what is counted, and that a run that is interrupted
# leaves nothing running. steps.sh TOP.

set -euo pipefail

SL_TOP=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

# check NAME GOT WANT
check() {
	if [[ $2 == "$3" ]]; then
		echo "ok: $1"
	else
		printf 'FAILED: %s: got\n%s\nwant\n%s\n' "$1" "$2" "$3"
		failed=1
	fi
}

# A run of two CPUs: steps come in file $2; its last words are the sums.
cat >"$dir/run" <<'END'
set -euo pipefail
SL_TOP=$1
source "$SL_TOP/tools/common.sh"
source "$SL_TOP/tools/steps.sh"
cpus_allowed() { printf '0\n1\n'; }
say_story() { echo "$*" >>"$dir/story"; }
# A step of so many passed, failed and skipped tests, that says when it begins and ends.
fake() {
	say_story "begin $1"
	"${@:5}"
	SL_PASSED=$2 SL_FAILED=$3 SL_SKIPPED=$4
	say_story "end $1 jobs $SL_JOBS"
}
until_said() { until grep -qxF "$1" "$dir/story"; do sleep 0.02; done; }
deaf() { (
	trap '' TERM INT HUP
	say_story deaf
	while :; do sleep 100; done
); }
lost() {
	(setsid sleep 1000 >/dev/null 2>&1 &)
	say_story lost
	sleep 1000
}
source "$2"
run_steps
told_again
echo "$SL_PASSED $SL_FAILED $SL_SKIPPED"
END
export dir

# run: steps on standard input.
run() {
	: >"$dir/story"
	cat >"$dir/steps"
	bash "$dir/run" "$SL_TOP" "$dir/steps" 2>"$dir/err"
}

# Two beside each other, the third behind them, what is alone when all have ended; builds before that.
sums=$(run <<'END'
	step alone x fake alone 1 0 0
	step beside x fake first 10 1 0 until_said "begin second"
	step beside x,y fake second 100 0 2 until_said "end first jobs 1"
	step beside - fake third 1000 0 0 until_said "end second jobs 1"
	step build x fake build 1 0 0
END
)
check "sums of all" "$sums" "1112 1 2"
check "begins and ends" "$(sort "$dir/story")" "$(printf '%s\n' 'begin alone' 'begin build' 'begin first' 'begin second' \
	'begin third' 'end alone jobs 2' 'end build jobs 2' 'end first jobs 1' 'end second jobs 1' 'end third jobs 1')"
check "the first and the last" "$(sed -n '1,2p;9,$p' "$dir/story")" "$(printf '%s\n' 'begin build' 'end build jobs 2' \
	'begin alone' 'end alone jobs 2')"

# Without what it needs a step is left out; one that dies is a failure, and the others go on.
sums=$(run <<'END'
	step build x fake x 0 1 0
	step build y fake y 0 0 1
	step build - fake nothing 0 1 0
	step beside x fake of_x 1 0 0
	step alone z,y fake of_y 1 0 0
	step beside z fake dies 1 0 0 false
	step beside z fake of_z 1 0 0
	step beside - fake of_none 1 0 0
END
)
check "sums when builds and a step fail" "$sums" "2 3 1"
check "left out" "$(grep -c 'of_[xy]' "$dir/story" || true)" 0
check "the one that died is named, and once more at the end" "$(grep -c 'FAIL fake dies 1 0 0 false: ended with status 1' "$dir/err")" 2
check "nothing else is told again" "$(sed '1,/once more:$/d' "$dir/err")" \
	"      FAIL fake dies 1 0 0 false: ended with status 1 before its end"

# What a step says of its failures is told again too; a run without one has nothing to tell.
run >/dev/null <<'END'
	step beside - fake says 1 1 0 say "suite: FAIL the case"
END
check "a step's own words are told again" "$(tail -n 2 "$dir/err")" "$(printf '%s\n' '==> what failed, once more:' '      suite: FAIL the case')"
run >/dev/null <<'END'
	step beside - fake well 1 0 0 say "suite: PASS the case"
END
check "nothing failed, nothing is told again" "$(grep -c 'once more' "$dir/err" || true)" 0

# Whatever way it ends: steps, what they started, what will not hear, and what left its session and its parent.
left() {
	{ grep -lzs "^SL_STEPS_TEST=$dir\$" /proc/[0-9]*/environ || true; } | wc -l
}

# interrupted SIGNAL STATUS
interrupted() {
	local rc=0 pid i
	: >"$dir/story"
	printf 'step beside - fake %s 1 0 0 %s\n' one deaf two lost >"$dir/steps"
	# As from a terminal, with SIGINT and SIGHUP heard: a shell starts what it does not wait for
	# without the first, nohup without the second.
	SL_STEPS_TEST=$dir python3 -c 'import os, signal, sys
for s in signal.SIGINT, signal.SIGHUP:
    signal.signal(s, signal.SIG_DFL)
os.execvp("bash", ["bash"] + sys.argv[1:])' "$dir/run" "$SL_TOP" "$dir/steps" >/dev/null 2>&1 &
	pid=$!
	for ((i = 0; i < 3000; i++)); do
		if grep -q deaf "$dir/story" && grep -q lost "$dir/story"; then break; fi
		sleep 0.02
	done
	check "$1: they run" "$(($(left) > 4))" 1
	kill "-$1" "$pid"
	wait "$pid" || rc=$?
	check "$1: status" "$rc" "$2"
	check "$1: left running" "$(left)" 0
}
interrupted TERM 143
interrupted INT 130
interrupted HUP 129

exit $failed
