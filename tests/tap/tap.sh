#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# tap.sh TESTPMD MODE: real kernel traffic between two namespaces that only
# sl-testpmd joins, in coherency mode MODE. Exit 0 passed, 1 failed, 77 skipped.

set -uo pipefail

SL_TOP=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly SL_TOP
# shellcheck source=tools/common.sh
source "$SL_TOP/tools/common.sh"
# shellcheck source=tools/setup.sh
source "$SL_TOP/tools/setup.sh"
# shellcheck source=tools/lab.sh
source "$SL_TOP/tools/lab.sh"

readonly TCP_BYTES=$((32 * 1024 * 1024))

fail() {
	printf 'FAIL: %s\n' "$*"
	exit 1
}

expect_ping() {
	local out
	out=$(lab_ping "$1" "$2") || fail "ping of $1 bytes: $out"
	printf 'ping of %s bytes: %s\n' "$1" "$out"
}

testpmd=$1
mode=$2
obstacle=$(lab_obstacle)
if [[ -n $obstacle ]]; then
	printf 'skipped: %s\n' "$obstacle"
	exit 77
fi
ensure_hugepages
trap 'lab_down' EXIT
trap 'exit 1' INT TERM HUP

lab_up "$testpmd" "$mode" || fail "the lab did not come up"
# The shortest frame, the longest of this MTU, and every length around a line's end.
expect_ping 0 20
expect_ping 56 20
expect_ping 1472 50
for size in 15 16 17 21 22 23 64 85 86 87 1471; do expect_ping "$size" 3; done
lab_tcp "$TCP_BYTES" ||
	fail "TCP: $LAB_TCP_BYTES of $TCP_BYTES bytes, sums $LAB_SUM_A and $LAB_SUM_B"
printf 'TCP: %s bytes in %s ms, sha256 %s at both ends\n' "$LAB_TCP_BYTES" "$LAB_TCP_MS" "$LAB_SUM_A"
lab_stop_testpmd || fail "sl-testpmd ended with status $?"
trap - EXIT
lab_down
