# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# Our driver beside DPDK's own on the same ports: figures, never a verdict of the suite.

case_peers() {
	if ! command -v dpdk-testpmd >/dev/null; then
		why="dpdk-testpmd is not installed"
		return 77
	fi
	"$top/peers.sh" "$build" 3 3 >/mnt/peers 2>&1 || { why=$(tail -n 1 /mnt/peers) && return 1; }
	why=$(sed -n 's/^median: //p' /mnt/peers)
}

run_case "io forwarding beside net_e1000_igb, three pairs" case_peers
