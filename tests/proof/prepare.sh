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
rm -rf "$cache/root" "$cache/debs"
mkdir -p "$cache/lists/partial" "$cache/debs/archives/partial" "$cache/root"
: >"$cache/status"
archive_sources "$cache/sources.list.d" trixie
# Against an empty status: what is installed here is of another release.
apt=(-q -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$cache/sources.list.d"
	-o Dir::State::Lists="$cache/lists" -o Dir::State::status="$cache/status"
	-o Dir::Cache="$cache/debs" -o APT::Sandbox::User=root)
if ! { apt-get "${apt[@]}" update && apt-get "${apt[@]}" install -y --no-install-recommends --download-only cbmc; } \
	>"$cache/apt.log" 2>&1; then
	skip "cbmc of Debian 13 cannot be fetched: $(tail -n 1 "$cache/apt.log")"
fi
for deb in "$cache"/debs/archives/*.deb; do dpkg -x "$deb" "$cache/root"; done
rm -rf "$cache/debs"
touch "$ready"
