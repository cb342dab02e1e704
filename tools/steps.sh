# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# A test run as steps: builds one at a time, then steps side by side, then those
# that want the machine for themselves. However it ends, nothing of it runs on.
# shellcheck disable=SC2030,SC2031,SC2034 # a step's own sums come back in a file; others use SL_JOBS

# What a step counts; of the whole run in the end.
SL_PASSED=0
SL_FAILED=0
SL_SKIPPED=0
# Processes that a step is to use: its lane's part of the CPUs.
SL_JOBS=1

# Steps as shell words: WAY NEEDS COMMAND..., in the order in which they start.
SL_BUILDS=()
SL_BESIDE=()
SL_ALONE=()
declare -A SL_RUNNING=() SL_STEP_BEGAN=()
SL_LEFT_OUT=" "
SL_TIMES=()

# step WAY NEEDS COMMAND...: a step of the run. COMMAND counts in SL_PASSED, SL_FAILED and SL_SKIPPED, in a
# shell of its own. WAY is when it runs:
#   build   before all others, with all CPUs; makes what it is NEEDS of
#   beside  next to another one, each with half of the CPUs; steps that take long come first
#   alone   at the end, next to nothing: what a busy machine would disturb
# NEEDS is what builds make, such as "build" or "build,bench", or - for nothing. When a build counts a failure or
# a skip, what needs it is left out.
step() {
	local words
	printf -v words '%q ' "$@"
	case $1 in
	build) SL_BUILDS+=("$words") ;;
	beside) SL_BESIDE+=("$words") ;;
	alone) SL_ALONE+=("$words") ;;
	*) die "step: '$1' is no way to run; ways: build, beside, alone" ;;
	esac
}

# Run all of them. The run's sums are in SL_PASSED, SL_FAILED and SL_SKIPPED then.
run_steps() {
	local words lanes cpus
	cpus=$(cpus_allowed | wc -l)
	lanes=$((cpus > 1 ? 2 : 1))
	begin_run
	SL_JOBS=$cpus
	for words in ${SL_BUILDS[@]+"${SL_BUILDS[@]}"}; do
		begin_step "$words"
		end_step
	done
	SL_JOBS=$(((cpus + lanes - 1) / lanes))
	for words in ${SL_BESIDE[@]+"${SL_BESIDE[@]}"}; do
		while ((${#SL_RUNNING[@]} >= lanes)); do end_step; done
		begin_step "$words"
	done
	while ((${#SL_RUNNING[@]})); do end_step; done
	SL_JOBS=$cpus
	for words in ${SL_ALONE[@]+"${SL_ALONE[@]}"}; do
		begin_step "$words"
		while ((${#SL_RUNNING[@]})); do end_step; done
	done
}

# Every process of the run has its name in the environment, wherever it goes.
begin_run() {
	SL_RUN=$(mktemp -d "${TMPDIR:-/tmp}/syncline-test.XXXXXX")
	export SL_TEST_RUN=${SL_TEST_RUN-}:${SL_RUN##*/}: SL_FAILURES=$SL_RUN/failures
	trap end_run EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

# begin_step WORDS: in the background, in a process group of its own, where Ctrl-C has its usual effect.
begin_step() {
	local need
	local -a words
	eval "words=($1)"
	for need in ${words[1]//,/ }; do
		if [[ ${words[0]} != build && $SL_LEFT_OUT == *" $need "* ]]; then return; fi
	done
	set -m
	(
		SL_PASSED=0 SL_FAILED=0 SL_SKIPPED=0
		"${words[@]:2}"
		echo "$SL_PASSED $SL_FAILED $SL_SKIPPED" >"$SL_RUN/$BASHPID"
	) </dev/null &
	set +m
	SL_RUNNING[$!]=$1
	SL_STEP_BEGAN[$!]=$SECONDS
}

# Wait until one of those that run has ended, and add what those counted that have.
end_step() {
	local pid rc
	((${#SL_RUNNING[@]})) || return 0
	# Says "no such job" of one that ended before it was asked.
	wait -n "${!SL_RUNNING[@]}" 2>/dev/null || true
	for pid in "${!SL_RUNNING[@]}"; do
		if kill -0 "$pid" 2>/dev/null; then continue; fi
		rc=0
		wait "$pid" || rc=$?
		add_step "$pid" "$rc"
	done
}

# add_step PID STATUS
add_step() {
	local pid=$1 rc=$2 passed=0 failed=0 skipped=0
	local -a words
	eval "words=(${SL_RUNNING[$pid]})"
	unset "SL_RUNNING[$pid]"
	SL_TIMES+=("$((SECONDS - SL_STEP_BEGAN[$pid])) s: ${words[*]:2}")
	if ((rc != 0)) || ! read -r passed failed skipped 2>/dev/null <"$SL_RUN/$pid"; then
		failed=1
		say "FAIL ${words[*]:2}: ended with status $rc before its end"
	fi
	SL_PASSED=$((SL_PASSED + passed))
	SL_FAILED=$((SL_FAILED + failed))
	SL_SKIPPED=$((SL_SKIPPED + skipped))
	# What needs nothing is never left out.
	if [[ ${words[0]} == build && ${words[1]} != - ]] && ((failed + skipped > 0)); then SL_LEFT_OUT+="${words[1]} "; fi
}

# Print every failure again at the end, because that is where readers of an hour's output look first.
told_again() {
	[[ -s $SL_FAILURES ]] || return 0
	printf '==> what failed, once more:\n' >&2
	sed 's/^/      /' "$SL_FAILURES" >&2
}

# The steps that took longest: "SECONDS s: WORDS", one a line.
longest_steps() {
	printf '%s\n' ${SL_TIMES[@]+"${SL_TIMES[@]}"} | sort -rn | head -n "$1"
}

# Processes of this run that are there, one a line.
of_this_run() {
	env -u SL_TEST_RUN grep -lzs "^SL_TEST_RUN=.*:${SL_RUN##*/}:" /proc/[0-9]*/environ |
		sed 's|/proc/\([0-9]*\)/.*|\1|'
}

# At every end: what still runs, of a run that was interrupted or of a test that lost it, is ended.
end_run() {
	local pid left tries
	trap '' INT TERM HUP
	for pid in "${!SL_RUNNING[@]}"; do kill -TERM -- "-$pid" 2>/dev/null || true; done
	for ((tries = 0; tries < 100; tries++)); do
		left=$(of_this_run) || true
		[[ -n $left ]] || break
		# What cleans up after itself has three seconds for it.
		# shellcheck disable=SC2086 # a list
		if ((tries == 0)); then kill -TERM $left 2>/dev/null || true; fi
		# shellcheck disable=SC2086
		if ((tries >= 30)); then kill -KILL $left 2>/dev/null || true; fi
		env -u SL_TEST_RUN sleep 0.1
	done
	rm -rf "$SL_RUN"
}
