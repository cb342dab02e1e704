# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# The device here and our software NIC get the same register accesses and
# frames: what they show must be equal, but for what tests/vm/poke/known.txt
# lists and docs/reference/softnic.md explains.
# shellcheck disable=SC2154 # build, nic and log are common.sh's

poke=$build/tests/vm/poke/poke
known=$top/poke/known.txt

# both QUIET [--seed N] GROUP: one run on each; a difference has its line in the log.
both() {
	local options=(--quiet "$1")
	shift
	if [[ $1 == --seed ]]; then
		options+=(--seed "$2")
		shift 2
	fi
	timeout "$hang" "$poke" "${options[@]}" "vfio:${nic[0]},${nic[1]}" "$@" >/mnt/theirs 2>>"$log" &&
		timeout "$hang" "$poke" "${options[@]}" soft "$@" >/mnt/ours 2>>"$log" &&
		"$poke" compare /mnt/theirs /mnt/ours "$known" >>"$log"
}

# What a slow machine shows only later is asked for again, with more patience.
case_diff() {
	bind "${nic[0]}" vfio-pci && bind "${nic[1]}" vfio-pci || return 1
	both 30 "$@" || { : >"$log" && both 300 "$@"; } || {
		why="the traces differ"
		return 1
	}
	why=$(tail -n 1 "$log")
}

# Each reason has its row in the docs.
case_reasons() {
	local reason
	while read -r reason; do
		grep -q "^| $reason |" "$top/../../docs/reference/softnic.md" || why+="${why:+, }$reason"
	done < <(awk '!/^#/ && NF { print $1 }' "$known" | sort -u)
	[[ -z $why ]] || { why="docs/reference/softnic.md has no row for: $why" && return 1; }
}

# Random operations: the seed is in the case's name, SL_SEED repeats the second.
case_fuzz() {
	case_diff --seed "$1" fuzz:40
}

run_case "differences have their reasons" case_reasons
for group in reset masks phy nvm irq filter rx rss tx ring; do
	run_case "as the software NIC: $group" case_diff "$group"
done
for seed in 1 "${SL_SEED:-$RANDOM}"; do
	run_case "as the software NIC: random, seed $seed" case_fuzz "$seed"
done
