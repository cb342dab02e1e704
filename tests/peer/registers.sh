#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# registers.sh CACHE
#
# The register rows beside those of DPDK's e1000 driver: registers.py on the header of Debian's
# source package, which is fetched once, or on the header that SL_E1000_REGS_H names. Prints
# verdicts, one a line, and END.

set -euo pipefail

cache=${1:?usage: registers.sh CACHE}
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
header=${SL_E1000_REGS_H-$cache/e1000_regs.h}

skip() {
	echo "SKIP registers: $*"
	echo END
	exit 0
}

if [[ -z ${SL_E1000_REGS_H-} && ! -s $header ]]; then
	mkdir -p "$cache"
	work=$(mktemp -d "${TMPDIR:-/tmp}/syncline.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	"$top/tools/fetch-source.sh" dpdk "$work" >"$cache/log" 2>&1 ||
		skip "DPDK's source package cannot be had: $(tail -n 1 "$cache/log")"
	found=$(find "$work/drivers/net" -path '*/e1000/base/e1000_regs.h' -print -quit)
	[[ -n $found ]] || skip "DPDK's source package has no e1000_regs.h"
	cp "$found" "$header"
fi
[[ -r $header ]] || skip "there is no $header"
python3 "$top/tests/peer/registers.py" "$header" || true
