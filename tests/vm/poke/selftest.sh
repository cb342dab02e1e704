#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# selftest.sh POKE: two runs on the software NIC state the same, from the same
# seed too; and the comparison sees what differs, what is known and what is not.

set -u
poke=$1
seed=${SL_SEED:-$RANDOM}
echo "SL_SEED=$seed"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

die() {
	echo "selftest: $*" >&2
	exit 1
}

# verdict WANTED WHAT: of the last comparison, whose output is in $dir/out.
verdict() {
	if (($? == 0)); then got=equal; else got=different; fi
	[[ $got == "$1" ]] || { cat "$dir/out" && die "$2: $got, not $1"; }
}

: >"$dir/known"
for i in 1 2; do
	"$poke" soft all >"$dir/all$i" || die "no trace"
	"$poke" --seed "$seed" soft fuzz:20 >>"$dir/all$i" || die "no random trace"
done
[[ $(wc -l <"$dir/all1") -gt 5000 ]] || die "the trace is too short"
"$poke" compare "$dir/all1" "$dir/all2" "$dir/known" >"$dir/out"
verdict equal "two runs"

sed 's,^\(reset/after\.VET\) .*,\1 0x1,' "$dir/all1" >"$dir/changed"
"$poke" compare "$dir/changed" "$dir/all1" "$dir/known" >"$dir/out"
verdict different "a changed value"
grep -q '^DIFF reset/after.VET theirs 0x1 ours 0x81008100$' "$dir/out" || die "it is not named"
echo "why reset/*.VET 0x1 0x8100*" >"$dir/known"
"$poke" compare "$dir/changed" "$dir/all1" "$dir/known" >"$dir/out"
verdict equal "a changed value that is known"
echo "why reset/*.VET 0x2 0x8100*" >"$dir/known"
"$poke" compare "$dir/changed" "$dir/all1" "$dir/known" >"$dir/out"
verdict different "another value than the known one"
echo "why reset/*.VET 0x1 0x8100*" >"$dir/known"
"$poke" compare "$dir/all1" "$dir/all2" "$dir/known" >"$dir/out"
verdict different "a row that nothing needs"

: >"$dir/known"
grep -v '^reset/after.VET ' "$dir/all1" >"$dir/less"
"$poke" compare "$dir/less" "$dir/all1" "$dir/known" >"$dir/out"
verdict different "a fact that one side lacks"
"$poke" compare "$dir/all1" "$dir/less" "$dir/known" >"$dir/out"
verdict different "a fact that the other side lacks"
echo "why reset/*.VET - *" >"$dir/known"
"$poke" compare "$dir/less" "$dir/all1" "$dir/known" >"$dir/out"
verdict equal "a fact that is known to lack"
