#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# releases.sh TOP: "perf releases" on stand-ins for sl-peers: what it tells of a release that is slower, and of a
# program that fails.
# shellcheck disable=SC2016 # the stand-ins'
set -u

top=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# build NAME CYCLES: a build whose sl-peers takes so many cycles for rx+tx of a packet, with bursts of 32.
build()
{
	mkdir -p "$work/$1/apps/peers"
	{
		printf '#!/usr/bin/env bash\n'
		printf 'out=${!#}\n'
		printf 'cat >"$out" <<X\n{"environment": {"cpu": "none", "tsc_hz": 1e9, "dpdk": "DPDK %s"}, "points": [\n' "$1"
		printf '{"op": "rx", "offloads": false, "size": 64, "burst": 32, "cycles_per_packet": {"coherent": {"median": 5}}},\n'
		printf '{"op": "rx+tx", "offloads": false, "size": 64, "burst": 32, "cycles_per_packet": {"coherent": {"median": %s}}}\n' "$2"
		printf ']}\nX\n'
	} >"$work/$1/apps/peers/sl-peers"
	chmod +x "$work/$1/apps/peers/sl-peers"
}

# expect STATUS WORDS BUILD...
expect()
{
	local status=$1 words=$2 out rc=0
	shift 2
	out=$("$top/apps/peers/releases.py" --rounds 3 "$@" 2>&1) || rc=$?
	if [[ $rc != "$status" || $out != *"$words"* ]]; then
		printf 'FAIL: status %s with "%s" wanted of %s; it gave %s and\n%s\n' "$status" "$words" "$*" "$rc" "$out"
		failed=1
	fi
}

build 22.11.11 10
build 23.11.7 10.2
build 25.11.2 10.4
mkdir -p "$work/broken/apps/peers"
printf '#!/bin/sh\necho no core; exit 5\n' >"$work/broken/apps/peers/sl-peers"
chmod +x "$work/broken/apps/peers/sl-peers"

expect 0 "x1.020" "$work/22.11.11" "$work/23.11.7"
expect 3 "DPDK 25.11.2: coherent, 64 bytes, bursts of 32, rx+tx: 1.040 of 22.11.11" \
	"$work/22.11.11" "$work/23.11.7" "$work/25.11.2"
# Slower is what the first was, too.
expect 0 "x0.962" "$work/25.11.2" "$work/22.11.11"
expect 1 "no other release: set SL_DPDK_PREFIXES" "$work/22.11.11"
expect 1 "ended with status 5: no core" "$work/22.11.11" "$work/broken"
expect 2 "--rounds 2: allowed: 3 or more" --rounds 2 "$work/22.11.11"
exit $failed
