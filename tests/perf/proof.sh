#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# Does "sl-perf compare --against" tell a change from noise on this machine?
#
# proof.sh BUILD [COMPARISONS [ROUNDS]]
#
# Compares the last commit with itself, COMPARISONS times (20), and with a copy of it whose
# transmit is 5 % slower: per packet of receive and transmit together, by a loop that is tried
# out first. Each comparison is ROUNDS (20) pairs of processes. A false alarm is a verdict of
# regression or progression, of any metric, where nothing changed; a slow-down is found when
# "cycles" is said to be a regression. Exit status 0: no false alarm, and 19 of 20 found.
#
# PROOF_PREFIX: words put before each comparison, "nice -n -10" say.

set -euo pipefail
unset "${!GIT_@}"

top=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$(realpath "${1:?usage: proof.sh BUILD [COMPARISONS [ROUNDS]]}")
comparisons=${2:-20}
rounds=${3:-20}
work=$top/.cache/perf-proof
perf=$build/apps/perf/sl-perf
read -ra prefix <<<"${PROOF_PREFIX-}"
run_options=(--suite cycles --sizes 64 --coherency coherent --trial 0.2)
slower=1.05

die() {
	echo "proof: $*" >&2
	exit 2
}

# A copy of the last commit, made anew when that is another.
copy() {
	local dir=$work/$1
	if [[ ! -d $dir/.git ]]; then git clone -q --shared "$top" "$dir"; fi
	git -C "$dir" fetch -q origin HEAD
	git -C "$dir" checkout -q --force --detach "$(git -C "$top" rev-parse HEAD)"
}

# The driver's transmit function, and SL_PLANTED turns of a loop behind each burst.
plant() {
	local file=$work/slow/pmd/eth/sl_rxq.c
	python3 - "$file" <<-'END' || die "pmd/eth/sl_rxq.c has no place to plant at"
		import re
		import sys
		text = open(sys.argv[1]).read()
		at = text.rindex("#include")
		at = text.index("\n", at) + 1
		wrapper = """#include <stdlib.h>

		static eth_tx_burst_t planted_burst;
		static unsigned long planted_turns;

		static uint16_t
		planted(void *txq, struct rte_mbuf **pkts, uint16_t n)
		{
			const uint16_t sent = planted_burst(txq, pkts, n);

			for (unsigned long i = planted_turns; i != 0; i--)
				__asm__ volatile("" : "+r"(i));
			return sent;
		}
"""
		tail, n = re.subn(r"eth->tx_pkt_burst = ([^;]+);", r"""planted_burst = \1;
			if (getenv("SL_PLANTED") != NULL)
				planted_turns = strtoul(getenv("SL_PLANTED"), NULL, 10);
			eth->tx_pkt_burst = planted;""", text[at:], count=1)
		open(sys.argv[1], "w").write(text[:at] + wrapper + tail)
		sys.exit(n != 1)
	END
}

# compare COPY JSON [ROUNDS]: its exit status; what it says is in COPY.log.
compare() {
	local rc=0
	${prefix[@]+"${prefix[@]}"} "$perf" compare --source "$work/$1" --against HEAD --rounds "${3:-$rounds}" \
		--json "$2" -- "${run_options[@]}" >"$work/$1.log" 2>&1 || rc=$?
	case $rc in 0 | 3 | 4) ;; *) tail -n 5 "$work/$1.log" >&2 && die "a comparison ended with status $rc" ;; esac
}

# cell JSON METRIC KEY
cell() {
	python3 -c 'import json, sys
rows = {row["name"].rsplit(" ", 1)[1]: row for row in json.load(open(sys.argv[1]))["rows"]}
print(rows[sys.argv[2]][sys.argv[3]])' "$@"
}

# verdicts JSON: of all metrics, on a line.
verdicts() {
	python3 -c 'import json, sys
for row in json.load(open(sys.argv[1]))["rows"]:
    print("%s %.3f %s;" % (row["name"].rsplit(" ", 1)[1], row["ratio"], row["verdict"]), end=" ")
print()' "$1"
}

# Turns of the loop that make the whole 5 % slower, from four tries: first in proportion, then between the
# nearest on either side. The first turns cost little: they run beside what the burst left to do.
find_turns() {
	local ratio turns=40 tried=
	for ((try = 0; try < 4; try++)); do
		SL_PLANTED=$turns compare slow "$work/try.json" 20
		ratio=$(cell "$work/try.json" cycles ratio)
		echo "planted $turns turns a burst: ratio $ratio" >&2
		tried+=" $turns $ratio"
		# shellcheck disable=SC2086
		turns=$(python3 -c 'import sys
want, *words = [float(v) for v in sys.argv[1:]]
tried = sorted(zip(words[1::2], words[::2]))
below = [t for t in tried if t[0] < want]
above = [t for t in tried if t[0] >= want]
if below and above:
    (r0, n0), (r1, n1) = below[-1], above[0]
    turns = n0 + (n1 - n0) * (want - r0) / (r1 - r0)
else:
    r, n = tried[-1] if below else tried[0]
    turns = n * min(max((want - 1) / max(r - 1, 0.005), 0.5), 2)
print(max(1, round(turns)))' "$slower" $tried)
	done
	export SL_PLANTED=$turns
}

# mean_ratio: of "cycles" over all comparisons with the slower copy.
mean_ratio() {
	for ((i = 1; i <= comparisons; i++)); do cell "$work/slow-$i.json" cycles ratio; done |
		awk '{ sum += $1 } END { printf "%.3f", sum / NR }'
}

mkdir -p "$work"
copy same
copy slow
plant
start=$SECONDS
find_turns
alarms=0 unsure=0 found=0
for ((i = 1; i <= comparisons; i++)); do
	compare same "$work/same-$i.json"
	said=$(verdicts "$work/same-$i.json")
	case $said in
	*regression* | *progression*) alarms=$((alarms + 1)) ;;
	*"not enough"*) unsure=$((unsure + 1)) ;;
	esac
	echo "same $i: $said"
	compare slow "$work/slow-$i.json"
	echo "slow $i: $(verdicts "$work/slow-$i.json")"
	if [[ $(cell "$work/slow-$i.json" cycles verdict) == regression ]]; then found=$((found + 1)); fi
done
echo "a build with itself: $alarms false alarms in $comparisons comparisons ($unsure with not enough samples)"
echo "5 % slower ($SL_PLANTED turns a burst, $(mean_ratio) on average): found in $found of $comparisons"
echo "$rounds rounds each, $((SECONDS - start)) s"
((alarms == 0 && found * 20 >= comparisons * 19))
