#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# prepare_vfio_user.sh CACHE
#
# Fetch and unpack into CACHE the QEMU that speaks vfio-user: 10.1 was the first, which Debian 12
# and its backports are too old for. That of Debian 13's backports wants that release's C library,
# so it comes with all that it links with and is started by its own loader:
#
#   L=CACHE/root/usr/lib/x86_64-linux-gnu
#   "$L/ld-linux-x86-64.so.2" --library-path "$L" CACHE/root/usr/bin/qemu-system-x86_64
#
# Nothing is installed. The second run is instant.

set -euo pipefail

cache=${1:?usage: prepare_vfio_user.sh CACHE}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
top=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Counts up when more or other packages are needed.
ready=$cache/ready-1
# shellcheck source=tools/archive.sh
source "$top/../../tools/archive.sh"

[[ ! -e $ready ]] || exit 0
archive_unpack "$cache" "trixie trixie-backports" trixie-backports qemu-system-x86 || {
	tail -20 "$cache/apt.log" >&2
	exit 1
}
touch "$ready"
