#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# prepare.sh CACHE
#
# Fetch cbmc, the prover, and unpack it into CACHE with all that it links with:
# Debian 12 has one that is too old, the next release has the right one, which
# wants that release's C library. Nothing is installed. The second run is instant.
# Exit status 77 when it cannot be had, with the reason.

set -euo pipefail

cache=${1:?usage: prepare.sh CACHE}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
top=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ready=$cache/ready-1
# shellcheck source=tools/archive.sh
source "$top/../../tools/archive.sh"

skip() {
	echo "$*"
	exit 77
}

[[ ! -e $ready ]] || exit 0
command -v clang >/dev/null || skip "no clang, which finds the reads of what the NIC writes: apt-get install clang"
[[ $(uname -m) == x86_64 ]] || skip "cbmc is fetched for x86-64 alone"
command -v apt-get >/dev/null || skip "no apt-get: cbmc comes from Debian's archive"
archive_unpack "$cache" trixie trixie cbmc ||
	skip "cbmc of Debian 13 cannot be fetched: $(tail -n 1 "$cache/apt.log")"
touch "$ready"
