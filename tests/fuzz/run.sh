#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# run.sh BUILD-FOLDER WORK-FOLDER SECONDS
#
# Lets each fuzz target work from the committed corpus, SECONDS in all. One line for each:
# "PASS name: figures" or "FAIL name: how to replay it"; then "END".

set -euo pipefail
top=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${1:?run.sh: BUILD-FOLDER is missing}
work=${2:?run.sh: WORK-FOLDER is missing}
seconds=${3:?run.sh: SECONDS is missing}
seed=${SL_SEED:-1}
targets="bursts control vfu"
read -ra names <<<"$targets"
# What EAL keeps at the end is no leak of ours; the targets see to it that nothing of the driver's is left.
export ASAN_OPTIONS=detect_stack_use_after_return=1:detect_leaks=0:${ASAN_OPTIONS-}
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1:${UBSAN_OPTIONS-}
mkdir -p "$work"
work=$(cd "$work" && pwd)

rc=0
for name in "${names[@]}"; do
	rm -rf "${work:?}/$name"
	mkdir "$work/$name"
	found=0
	# New inputs go to the first folder; the committed ones are read only.
	"$build/tests/fuzz/fuzz_$name" -seed="$seed" -max_total_time=$((seconds / ${#names[@]})) \
		-max_len=1024 -entropic=0 -timeout=60 -artifact_prefix="$work/$name-" \
		"$work/$name" "$top/corpus/$name" >"$work/$name.log" 2>&1 </dev/null || found=$?
	figures=$(sed -n 's/^told: //p' "$work/$name.log" | tail -n 1)
	if ((found == 0)) && [[ -n $figures ]]; then
		echo "PASS $name: seed $seed: $figures"
		continue
	fi
	input=$(sed -n 's/.*Test unit written to //p' "$work/$name.log" | tail -n 1)
	echo "FAIL $name: seed $seed: see $work/$name.log; again by: $build/tests/fuzz/fuzz_$name ${input:-(no input was saved)}"
	rc=1
done
echo END
exit $rc
