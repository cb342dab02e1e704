#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# driver-headers.sh: prints the folder with the driver headers of the installed DPDK, which it
# fetches when libdpdk-dev has none; for builds that are not the front script's.
set -euo pipefail
unset CDPATH
SL_CALLER=$PWD
SL_TOP=$(dirname "$(dirname "$(readlink -f -- "${BASH_SOURCE[0]}")")")
readonly SL_CALLER SL_TOP
# shellcheck source=tools/common.sh
source "$SL_TOP/tools/common.sh"
# shellcheck source=tools/setup.sh
source "$SL_TOP/tools/setup.sh"
ensure_driver_headers
# What DPDK's own installation has needs no folder: any will do.
printf '%s\n' "${SL_HEADERS:-$SL_TOP/lib/hw}"
