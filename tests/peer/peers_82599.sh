#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# peers_82599.sh SL-PEERS: our driver and net_ixgbe on 82599s of their own in one run, with as many queues as there may
# be; net_ixgbe once more with its doorbells stored plainly. The form is looked at, not the figures. Exit 0 passed, 1 failed.
set -u

prog=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

"$prog" --who coherent,ixgbe82599 --queues 1,16 --bursts 32 --sizes 64 --rounds 3 --device same --json "$dir/r.json" \
	>"$dir/out" 2>&1 </dev/null || { cat "$dir/out" && exit 1; }
python3 - "$dir/r.json" <<'END' || { cat "$dir/out" && exit 1; }
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    result = json.load(file)
who = {c["name"]: c for c in result["contenders"]}
names = {"coherent", "ixgbe", "ixgbe+store", "coherent82599", "explicit82599"}
assert set(who) == names, f"contenders: {sorted(who)}"
for name in ("coherent82599", "explicit82599"):
    assert who[name]["rx_path"].endswith(" ixgbe") and who[name]["tx_path"].endswith(" ixgbe"), f"paths: {who[name]}"
assert not who["coherent"]["tx_path"].endswith(" ixgbe"), f"paths: {who['coherent']}"
assert {p["queues"] for p in result["points"]} == {1, 16} and len(result["points"]) == 12, "not each point is there"
for point in result["points"]:
    cycles = point["cycles_per_packet"]
    assert set(cycles) == names and all(c["median"] > 0 for c in cycles.values()), f"{point['queues']} queues: {cycles}"
    for ratio in ("coherent82599/ixgbe", "coherent82599/ixgbe+store", "coherent82599/coherent"):
        assert point["ratios"][ratio] > 0, f"no {ratio}: {point['ratios']}"
END

"$prog" --who ixgbe82598 >"$dir/out" 2>&1 && { echo "FAILED: --who ixgbe82598 is nobody, and was taken" && exit 1; }
grep -q -- '--who ixgbe82598: allowed, each once: .*ixgbe82599 .*coherent82599' "$dir/out" || { cat "$dir/out" && exit 1; }
exit 0
