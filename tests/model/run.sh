#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# run.sh WORK-FOLDER
#
# Checks the models of the ring protocol with spin: each as it is, over all its
# states, and once for each of its BUG_ switches, which must be found. One line
# per run: "PASS name: words" or "FAIL name: reason"; then "END".

set -euo pipefail
top=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=${1:?run.sh: WORK-FOLDER is missing}
mkdir -p "$work"
work=$(cd "$work" && pwd)
command -v spin >/dev/null || { printf 'SKIP models: spin is not installed\nEND\n' && exit 0; }

# verify MODEL SWITCH: leaves the verifier's report in $dir/out.
verify() {
	dir=$work/$1-${2:-right}
	rm -rf "$dir"
	mkdir -p "$dir"
	cp "$top/$1.pml" "$top/cache.pml" "$dir/"
	(cd "$dir" && spin -a ${2:+-D"$2"} "$1.pml" >spin.log &&
		cc -O2 -w -DSAFETY -DCOLLAPSE -DVECTORSZ=2048 -o pan pan.c &&
		timeout 120 ./pan -m2000000 >out 2>&1) || true
}

# field WORDS: the number before them in the report.
field() {
	sed -n "s/^ *\([0-9.e+]*\) $1.*/\1/p" "$dir/out" | head -n 1
}

rc=0 dir=
for model in rx tx; do
	verify $model
	states=$(field "states, stored")
	if grep -q 'errors: 0' "$dir/out" && ! grep -q 'max search depth too small\|Search not completed' "$dir/out"; then
		echo "PASS $model: no error in all ${states:-?} states ($(sed -n 's/^pan: elapsed time //p' "$dir/out"))"
	else
		echo "FAIL $model: see $dir/out"
		rc=1
	fi
	for switch in CHECK_END $(grep -o 'BUG_[A-Z][A-Z_]*' "$top/$model.pml" | sort -u); do
		verify $model "$switch"
		if grep -q 'errors: 1' "$dir/out"; then
			(cd "$dir" && spin -t -T -D"$switch" "$model.pml" >story 2>&1) || true
			what=$(grep -E '^ *[TR][0-9]' "$dir/story" | tail -n 1 | sed 's/^ *//') || true
			echo "PASS $model, $switch: found (${what:-the end is reached})"
		else
			echo "FAIL $model, $switch: not found; see $dir/out"
			rc=1
		fi
	done
done
echo END
exit $rc
