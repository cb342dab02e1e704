#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# registers.sh CACHE
#
# The register rows beside those of DPDK's e1000 and ixgbe drivers: registers.py on the headers of
# Debian's source package, which are fetched once, or on those that SL_E1000_REGS_H and
# SL_IXGBE_TYPE_H name; and the features table beside theirs: features.py. Prints verdicts, one a
# line, and END.

set -euo pipefail

cache=${1:?usage: registers.sh CACHE}
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
igb=${SL_E1000_REGS_H-$cache/e1000_regs.h}
ixgbe=${SL_IXGBE_TYPE_H-$cache/ixgbe_type.h}

skip() {
	echo "SKIP registers: $*"
	echo END
	exit 0
}

fetch_headers() {
	local work header found
	mkdir -p "$cache"
	work=$(mktemp -d "${TMPDIR:-/tmp}/syncline.XXXXXX")
	# shellcheck disable=SC2064 # its value of now
	trap "rm -rf '$work'" EXIT
	"$top/tools/fetch-source.sh" dpdk "$work" >"$cache/log" 2>&1 ||
		skip "DPDK's source package cannot be had: $(tail -n 1 "$cache/log")"
	cp "$work"/doc/guides/nics/features/{igb,ixgbe}.ini "$cache/" ||
		skip "DPDK's source package has no features tables"
	for header in e1000/base/e1000_regs.h ixgbe/base/ixgbe_type.h; do
		found=$(find "$work/drivers/net" -path "*/$header" -print -quit)
		[[ -n $found ]] || skip "DPDK's source package has no $header"
		cp "$found" "$cache/${header##*/}"
	done
}

# show COMMAND...: its verdicts. Without its END it broke off, and this script ends without END too.
show() {
	local said
	said=$("$@") || true
	grep -v '^END$' <<<"$said" || true
	grep -qx END <<<"$said" || exit 1
}

[[ -s $igb && -s $ixgbe && -s $cache/igb.ini && -s $cache/ixgbe.ini ]] || fetch_headers
for family in igb ixgbe; do
	[[ -r ${!family} ]] || skip "there is no ${!family}"
	show python3 "$top/tests/peer/registers.py" --family "$family" "${!family}"
done
show python3 "$top/tests/peer/features.py" "$top/docs/features.ini" "$top/docs/reference/net_syncline.md" \
	"$cache/igb.ini" "$cache/ixgbe.ini"
echo END
