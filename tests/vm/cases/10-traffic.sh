# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
# shellcheck disable=SC2034,SC2154 # shared with common.sh
#
# Two ports of ours, cabled to each other.

# shellcheck source=tests/vm/cases/forward.sh
source "$top/cases/forward.sh"

bind "${nic[0]}" vfio-pci
bind "${nic[1]}" vfio-pci

run_case "200000 frames each way, none lost" \
	case_forward 200000 "$app" "${eal[@]}" "${ours[@]}" --
run_case "20000 frames each way, coherency=explicit, none lost" \
	case_forward 20000 "$app" "${eal[@]}" -a "${nic[0]},coherency=explicit" \
	-a "${nic[1]},coherency=explicit" --
run_case "200000 frames each way by dpdk-testpmd, none lost" case_stock 200000

run_case "RSS over 4 queues spreads flows as the Toeplitz hash predicts" case_rss
