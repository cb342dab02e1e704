#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# Instructions per packet of the coherent path, with the sync calls compiled in
# and compiled out: they must be equal to a hundredth, or coherent mode pays for them.
#
# usage: callgrind.sh SOURCE BUILD [meson option...]
#   BUILD    build folder with the sync calls in; one without is made below it
set -eu

rounds=200
src=$1
build=$2
shift 2
without=$build/nosync
# It would lead the second program to the first one's driver.
unset LD_LIBRARY_PATH
# The first call through a lazy entry would count the dynamic linker's work.
export LD_BIND_NOW=1

command -v valgrind >/dev/null || { echo "skipped: valgrind is not installed"; exit 77; }

if [ ! -f "$without/build.ninja" ]; then
	meson setup "$without" "$src" -Dsync_calls=false -Dapps=false "$@" >"$build/nosync.log" 2>&1 ||
		{ cat "$build/nosync.log"; exit 1; }
fi
ninja -C "$without" tests/e2e/ipp >"$build/nosync.log" 2>&1 || { cat "$build/nosync.log"; exit 1; }

lib=pmd/librte_net_syncline.so
if ! ldd "$without/tests/e2e/ipp" | grep -q "$without/.*$lib" || cmp -s "$build/$lib" "$without/$lib"; then
	echo "the second program does not run a driver without sync calls"
	exit 1
fi

# Prints instructions of all bursts; the device and the loop around are not counted.
instructions()
{
	out=$(mktemp)
	valgrind --tool=callgrind --callgrind-out-file=/dev/null --collect-atstart=no \
		--toggle-collect=forward_burst "$1/tests/e2e/ipp" coherent $rounds >"$out" 2>&1 ||
		{ cat "$out" >&2; rm -f "$out"; return 1; }
	sed -n 's/.*Collected : *//p' "$out"
	rm -f "$out"
}

with_calls=$(instructions "$build")
without_calls=$(instructions "$without")
for n in "$with_calls" "$without_calls"; do
	[ "${n:-0}" -gt 0 ] || { echo "callgrind counted nothing"; exit 1; }
done
packets=$((rounds * 32))
echo "instructions per packet, receive and transmit, coherent:"
echo "  sync calls in   $((with_calls / packets)).$((with_calls * 10 / packets % 10))  ($with_calls in all)"
echo "  sync calls out  $((without_calls / packets)).$((without_calls * 10 / packets % 10))  ($without_calls in all)"
# A hundredth of an instruction is the compiler's choice of registers on a path
# taken once a ring; a sync call that costs anything costs one a burst at least.
diff=$((with_calls - without_calls))
if [ "${diff#-}" -gt $((packets / 100)) ]; then
	echo "they differ: coherent mode pays for its sync calls"
	exit 1
fi
