#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# Instructions per packet of the coherent path, with the sync calls compiled in
# and compiled out: they must be equal, or coherent mode pays for them. The rarest call
# is made in every fourth round; what shows in less than every tenth is code laid out
# in another order, met once in a while.
#
# Both drivers are built here without the passes that estimate before the calls
# have folded to nothing (branch guesses, partial inlining, cloning): those may
# lay out the same code in another order, a few instructions apart.
#
# usage: callgrind.sh SOURCE BUILD [meson option...]
#   BUILD    folder below which the two are built
set -eu

rounds=200
src=$1
build=$2
shift 2
# It would lead the second program to the first one's driver.
unset LD_LIBRARY_PATH
# The first call through a lazy entry would count the dynamic linker's work.
export LD_BIND_NOW=1

command -v valgrind >/dev/null || { echo "skipped: valgrind is not installed"; exit 77; }

flags="-fno-guess-branch-probability -fno-partial-inlining -fno-ipa-cp -fno-ipa-sra"

# variant NAME MESON-OPTION...: a build of the driver and the program alone.
variant()
{
	dir=$build/ipp-$1
	shift
	if [ ! -f "$dir/build.ninja" ]; then
		meson setup "$dir" "$src" -Dapps=false -Dc_args="$flags" "$@" \
			>"$build/ipp.log" 2>&1 || { cat "$build/ipp.log"; exit 1; }
	fi
	ninja -C "$dir" tests/e2e/ipp >"$build/ipp.log" 2>&1 || { cat "$build/ipp.log"; exit 1; }
	ldd "$dir/tests/e2e/ipp" | grep -q "$dir/.*pmd/librte_net_syncline.so" ||
		{ echo "$dir/tests/e2e/ipp runs another build's driver"; exit 1; }
}

variant in -Dsync_calls=true "$@"
variant out -Dsync_calls=false "$@"

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

with_calls=$(instructions "$build/ipp-in")
without_calls=$(instructions "$build/ipp-out")
for n in "$with_calls" "$without_calls"; do
	[ "${n:-0}" -gt 0 ] || { echo "callgrind counted nothing"; exit 1; }
done
packets=$((rounds * 32))
echo "instructions per packet, receive and transmit, coherent:"
echo "  sync calls in   $((with_calls / packets)).$((with_calls * 10 / packets % 10))  ($with_calls in all)"
echo "  sync calls out  $((without_calls / packets)).$((without_calls * 10 / packets % 10))  ($without_calls in all)"
if [ "$((with_calls - without_calls))" -gt "$((rounds / 10))" ]; then
	echo "they differ: coherent mode pays for its sync calls"
	exit 1
fi
