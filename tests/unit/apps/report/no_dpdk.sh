#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# no_dpdk.sh TOP: -Dreport_only=true builds where pkg-config knows of nothing but jansson and cmocka, no DPDK above
# all; what it built reads results, and is linked with neither DPDK nor libnuma.
set -u

top=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/pkgconfig"
for name in jansson cmocka; do
	dir=$(pkg-config --variable=pcfiledir "$name") || { echo "SKIP: pkg-config finds no $name" && exit 77; }
	cp "$dir/$name.pc" "$work/pkgconfig/"
done
export PKG_CONFIG_LIBDIR=$work/pkgconfig
unset PKG_CONFIG_PATH

if pkg-config --exists libdpdk; then
	echo "FAILED: DPDK is not hidden"
	exit 1
fi
if ! { meson setup "$work/build" "$top" -Dreport_only=true && ninja -C "$work/build"; } >"$work/log" 2>&1; then
	tail -n 30 "$work/log"
	echo "FAILED: it does not build without DPDK"
	exit 1
fi
if ldd "$work/build/apps/report/sl-report" | grep -E 'librte|libnuma'; then
	echo "FAILED: it is linked with these"
	exit 1
fi
meson test -C "$work/build" --no-rebuild >"$work/log" 2>&1 || { cat "$work/log" && exit 1; }
grep -q '^Ok: *3 ' "$work/log" || { cat "$work/log" && echo "FAILED: not all three tests ran" && exit 1; }
