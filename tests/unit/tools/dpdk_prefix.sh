#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# dpdk_prefix.sh TOP: "build --dpdk PREFIX" and "test matrix" on folders that look like an installed DPDK: what they
# refuse, with which words, and what they build and test where. Meson and Ninja are stand-ins; what meson.build itself
# refuses, the real one says.
# shellcheck disable=SC2016 # the inner shell's
set -u

top=$1
work=$(realpath "$(mktemp -d)")
trap 'rm -rf "$work"' EXIT
failed=0
real_meson=$(command -v meson)
real_path=$PATH
export SL_NO_HUGE=1 SL_TEST_LOG=$work/log PATH=$work/bin:$PATH
unset SL_VERBOSE SL_DPDK_HEADERS SL_DPDK_PREFIXES PKG_CONFIG_PATH

# stand_in NAME: a program of the lines that come in.
stand_in() {
	mkdir -p "$work/bin"
	{ echo '#!/usr/bin/env bash' && cat; } >"$work/bin/$1"
	chmod +x "$work/bin/$1"
}

stand_in meson <<'END'
case $1 in
setup)
	echo "$CC $2 ${*:3}" >>"$SL_TEST_LOG"
	mkdir -p "$2/meson-info" "$2/meson-logs"
	echo "{\"directories\": {\"source\": \"$PWD\", \"build\": \"$PWD/$2\"}}" >"$2/meson-info/meson-info.json"
	touch "$2/build.ninja"
	;;
test)
	# meson test -C DIR --suite syncline:SUITE ...
	echo "test $3 ${5#*:}" >>"$SL_TEST_LOG"
	echo '{"name": "one", "result": "OK", "duration": 1, "returncode": 0}' >"$3/meson-logs/${5#*:}.json"
	;;
esac
END
# A folder that its file "broken" names is not built.
stand_in ninja <<'END'
if [[ $2 == *"$(cat broken 2>/dev/null || echo none)"* ]]; then echo "error: as asked for" && exit 1; fi
END
stand_in dpkg-query <<'END'
case "$*" in
*source:Version*) echo "${SL_TEST_VERSION-1}" ;;
*) printf 'installed %s\n' "${@:3}" ;;
esac
END
stand_in clang <<<'exit 0'
# An archive that has the sources of SL_TEST_SOURCES, or none.
stand_in apt-get <<'END'
[[ ${*: -1} != update ]] || exit 0
cp "$SL_TEST_SOURCES"/"${*: -1}"/* . 2>/dev/null && exit
echo "E: Failed to fetch ${*: -1}: 404  Not Found" >&2
exit 100
END

# dpdk PREFIX RELEASE [FOLDER]: what looks like that release, with driver headers.
dpdk() {
	local pc=$1/${3-lib/pkgconfig}
	mkdir -p "$pc" "$1/include"
	touch "$1"/include/{bus_driver,dev_driver,bus_pci_driver,bus_vdev_driver,ethdev_driver,ethdev_pci,ethdev_vdev}.h
	printf '%s\n' "prefix=$1" 'libdir=${prefix}/lib' 'Name: DPDK' 'Description: a folder' "Version: $2" \
		'Cflags: -I${prefix}/include' >"$pc/libdpdk.pc"
}

# run STATUS WORDS...: the front script, called in the folder $work/here.
run() {
	local want=$1 rc=0
	shift
	rm -f "$SL_TEST_LOG"
	touch "$SL_TEST_LOG"
	(cd "$work/here" && "$work/tree/syncline" "$@") >"$work/out" 2>&1 </dev/null || rc=$?
	((rc == want)) || fail "syncline $*: status $rc, not $want"
}

fail() {
	printf 'FAILED: %s\n' "$1"
	tail -n 20 "$work/out" | sed 's/^/  | /'
	failed=1
}

# said TEXT...: each of them is in one line of what it printed.
said() {
	local lines
	lines=$(<"$work/out")
	for text; do
		lines=$(grep -F -- "$text" <<<"$lines") || { fail "'$text' is not said, with '$1'" && return; }
	done
	echo "ok: $1"
}

# headers FOLDER: the seven, as a DPDK's source has them.
headers() {
	local h
	mkdir -p "$1"
	for h in bus_driver dev_driver bus_pci_driver bus_vdev_driver ethdev_driver ethdev_pci ethdev_vdev; do
		echo "of $1" >"$1/$h.h"
	done
}

# logged LINE...: that is all that was set up and tested since.
logged() {
	if [[ $(sort "$SL_TEST_LOG") == "$(printf '%s\n' "$@" | sort)" ]]; then echo "ok: ${1-nothing built}"; else
		fail "done was: $(sort "$SL_TEST_LOG"); and not: $(printf '%s\n' "$@" | sort)"
	fi
}

# refused PREFIX TEXT...: nothing is built, and in one line that is said.
refused() {
	run 1 build --dpdk "$1"
	said "${@:2}"
	[[ ! -s $SL_TEST_LOG ]] || fail "something was built"
}

mkdir -p "$work/here" "$work/tree/tests/vm" "$work/tree/.cache/dpdk-headers-1"
touch "$work/tree/.cache/dpdk-headers-1/.complete"
cp -a "$top/syncline" "$top/tools" "$work/tree/"
cp -a "$top/tests/vm/options.sh" "$work/tree/tests/vm/"
dpdk "$work/new" 25.11.2
dpdk "$work/other" 25.11.2
dpdk "$work/here/rel" 23.11.7 lib64/pkgconfig

# --- what is refused: what was wrong, the value, what to give ---

wanted="folder that DPDK 22.11 or newer was installed to"
run 1 build --dpdk
said "--dpdk takes one word"
run 1 build --dpdk ""
said "--dpdk takes one word"
run 1 build --dpdk "$work/new" "$work/other"
said "--dpdk takes one word"
refused "$work/none" "build --dpdk: there is no folder $work/none." "$wanted"
refused nowhere "there is no folder $work/here/nowhere." "$wanted"
refused "$work/new/lib/pkgconfig/libdpdk.pc" "libdpdk.pc is a file" "$wanted"
mkdir -p "$work/empty/lib"
refused "$work/empty" "there is no DPDK in $work/empty: no libdpdk.pc in its lib/pkgconfig," "$wanted"
for bad in "a blank" "a,comma" "a:colon" "a'quote" 'a$' "a+plus"; do
	dpdk "$work/$bad" 25.11.2
	refused "$work/$bad" "'$work/$bad' has characters" "only letters, digits and . _ - @ /"
done
dpdk "$work/old" 21.11.9
refused "$work/old" "DPDK 21.11.9 in $work/old is too old" "$wanted"
cp -a "$work/new" "$work/copied"
refused "$work/copied" "DPDK in $work/copied was copied or moved" "installed to $work/new." "meson configure --prefix=$work/copied"
dpdk "$work/lacks" 25.11.2
echo 'Requires: libnone' >>"$work/lacks/lib/pkgconfig/libdpdk.pc"
refused "$work/lacks" "pkg-config cannot use $work/lacks/lib/pkgconfig/libdpdk.pc: " "libnone"

dpdk "$work/plain" 24.11.6
rm "$work/plain/include/"*
refused "$work/plain" "DPDK 24.11.6 in $work/plain was installed without its driver headers" "-Denable_driver_sdk=true"
said "source of any 24.11 release" "SL_DPDK_HEADERS"
mkdir "$work/headers"
SL_DPDK_HEADERS=$work/headers refused "$work/plain" "SL_DPDK_HEADERS: $work/headers has no bus_driver.h"
headers "$work/headers"

# --- what is built, and where: two prefixes never have one folder ---

# dir VERSION PREFIX
dir() {
	printf 'build-dpdk-%s%s' "$1" "${2//\//+}"
}
set_up="-Dpkg_config_path=$work"
SL_DPDK_HEADERS=$work/headers run 0 build --dpdk "$work/plain"
logged "gcc $(dir 24.11.6 "$work/plain") $set_up/plain/lib/pkgconfig -Ddpdk_driver_headers=$work/headers"
run 0 build --dpdk "$work/new"
logged "gcc $(dir 25.11.2 "$work/new") $set_up/new/lib/pkgconfig"
said "built: $(dir 25.11.2 "$work/new")/"
run 0 build --dpdk "$work/other/"
logged "gcc $(dir 25.11.2 "$work/other") $set_up/other/lib/pkgconfig"
run 0 build --dpdk rel
logged "gcc $(dir 23.11.7 "$work/here/rel") $set_up/here/rel/lib64/pkgconfig"
run 0 build --dpdk ../new
logged
[[ -e $work/tree/$(dir 25.11.2 "$work/new")/build.ninja ]] || fail "the folder is not there"

# Of several architectures' files the compiler's own.
arch=$(gcc -print-multiarch)
if [[ -n $arch ]]; then
	dpdk "$work/multi" 25.11.2 "lib/$arch/pkgconfig"
	dpdk "$work/multi" 25.11.2 lib/aaa-linux-gnu/pkgconfig
	run 0 build --dpdk "$work/multi"
	logged "gcc $(dir 25.11.2 "$work/multi") $set_up/multi/lib/$arch/pkgconfig"
fi

# --- a distribution's DPDK, without driver headers: from its source package, or the user's own ---

# as_debian SOURCES STATUS: "build" where the system's DPDK is Debian's 24.11.6.
as_debian() {
	rm -rf "$work"/tree/build "$work"/tree/.cache/dpdk-headers-24*
	SL_TEST_SOURCES=$1 SL_TEST_VERSION=24.11.6-1 PKG_CONFIG_PATH=$work/plain/lib/pkgconfig run "$2" build
}
as_debian "$work/nothing" 1
said "E: Failed to fetch dpdk=24.11.6-1: 404  Not Found"
said "DPDK's source could not be fetched"
said "from the source of any 24.11 release into one folder, and set SL_DPDK_HEADERS to it" "docs/howto-dpdk-release.md"
said "bus_driver.h dev_driver.h bus_pci_driver.h bus_vdev_driver.h ethdev_driver.h ethdev_pci.h ethdev_vdev.h"
[[ ! -s $SL_TEST_LOG ]] || fail "something was built"
SL_DPDK_HEADERS=$work/headers as_debian "$work/nothing" 0
logged "gcc build -Ddpdk_driver_headers=$work/headers"

# Where the archive has it, the source package's own.
mkdir -p "$work/dpdk-24.11.6/lib" "$work/dpdk-24.11.6/drivers/bus" "$work/archive/dpdk=24.11.6-1"
(cd "$work" && headers dpdk-24.11.6/drivers/bus/all && headers dpdk-24.11.6/lib/eal && rm dpdk-24.11.6/lib/eal/bus_{pci,vdev}_*)
tar -C "$work" -cJf "$work/archive/dpdk=24.11.6-1/dpdk_24.11.6.orig.tar.xz" dpdk-24.11.6
as_debian "$work/archive" 0
logged "gcc build -Ddpdk_driver_headers=$work/tree/.cache/dpdk-headers-24.11.6-1"
[[ $(cat "$work"/tree/.cache/dpdk-headers-24.11.6-1/*.h | wc -l) == 7 ]] || fail "seven headers were not taken"

# The loop that docs/howto-dpdk-release.md tells takes the same ones.
sed -n '/^for h in bus_driver/,/^done/p' "$top/docs/howto-dpdk-release.md" >"$work/loop"
(cd "$work" && rm -rf headers && mkdir headers && bash -e "$work/loop")
SL_DPDK_HEADERS=$work/headers as_debian "$work/nothing" 0
logged "gcc build -Ddpdk_driver_headers=$work/headers"

# --- the matrix ---

# release VERSION PREFIX PC: what is done with a release that is built.
release() {
	local suite d
	d=$(dir "$1" "$2")
	for suite in e2e unit peer e2e_alone; do echo "test $d $suite"; done
	echo "clang ${d/build-/build-clang-} -Dpkg_config_path=$3 -Dtests=false -Dwerror=true"
	echo "gcc $d -Dpkg_config_path=$3 -Dwerror=true"
}

# matrix STATUS SUMS PREFIXES
matrix() {
	rm -rf "$work"/tree/build-*
	SL_DPDK_PREFIXES=$3 run "$1" test matrix
	said "$2"
}

matrix 0 "0 passed, 0 failed, 1 skipped" ""
said "matrix: SKIP no other DPDK" "SL_DPDK_PREFIXES"
matrix 0 "0 passed, 0 failed, 1 skipped" ":"

new=$(release 25.11.2 "$work/new" "$work/new/lib/pkgconfig")
rel=$(release 23.11.7 "$work/here/rel" "$work/here/rel/lib64/pkgconfig")
matrix 0 "8 passed, 0 failed, 0 skipped" "$work/new:rel"
logged "$new" "$rel"
said "matrix: 1 of 12: DPDK 25.11.2, build by gcc"
said "matrix: 12 of 12: DPDK 23.11.7, e2e_alone"
# A prefix that is named twice is one.
matrix 0 "4 passed, 0 failed, 0 skipped" "$work/new::$work/new/"
logged "$new"

# What is no DPDK is one failure, and what cannot be built one of each compiler; the others go on.
matrix 1 "4 passed, 4 failed, 0 skipped" "$work/none:$work/a blank:$work/plain:$work/new"
said "matrix: FAIL SL_DPDK_PREFIXES: there is no folder $work/none."
said "matrix: FAIL SL_DPDK_PREFIXES: '$work/a blank' has characters"
said "matrix: FAIL $work/plain is not built by gcc"
logged "$new"
printf '%s' "+rel" >"$work/tree/broken"
matrix 1 "4 passed, 2 failed, 0 skipped" "rel:$work/new"
said "matrix: FAIL $work/here/rel is not built by gcc"
said "error: as asked for"
printf '%s' "build-clang-dpdk-23.11.7" >"$work/tree/broken"
matrix 1 "8 passed, 1 failed, 0 skipped" "rel:$work/new"
said "matrix: FAIL $work/here/rel is not built by clang"
rm "$work/tree/broken"

# --- the same prefixes for "perf releases" ---

mkdir -p "$work/tree/apps/peers"
printf '%s\n' '#!/bin/sh' 'echo "compares: $*"' >"$work/tree/apps/peers/releases.py"
chmod +x "$work/tree/apps/peers/releases.py"
rm -rf "$work"/tree/build*
SL_DPDK_PREFIXES=$work/new:rel run 0 perf releases --rounds 3
said "compares: --rounds 3 build $(dir 25.11.2 "$work/new") $(dir 23.11.7 "$work/here/rel")"
SL_DPDK_PREFIXES=$work/none run 1 perf releases
said "perf releases: SL_DPDK_PREFIXES: there is no folder $work/none."

# --- what Meson says when it is called by hand ---

# by_hand PREFIX TEXT...
by_hand() {
	rm -rf "$work/by-hand"
	env PATH="$real_path" "$real_meson" setup "$work/by-hand" "$top" "-Dpkg_config_path=$1" >"$work/out" 2>&1 </dev/null &&
		fail "Meson took $1"
	said "${@:2}"
}
by_hand "$work/old/lib/pkgconfig" "Invalid version" "22.11" "21.11.9"
by_hand "$work/plain/lib/pkgconfig" "DPDK 24.11.6 in $work/plain was installed without its driver headers" "-Denable_driver_sdk=true"
by_hand "$work/new/lib/pkgconfig" "$work/new/lib/librte_bus_pci.so" "shared libraries" "bus/pci and bus/vdev"

# --- a dpdk-testpmd that could load no driver ---

mkdir "$work/static" "$work/static/bin"
cp "$(type -P true)" "$work/static/bin/dpdk-testpmd"
rc=0
SL_DPDK_PREFIX=$work/static SL_DPDK_LIBDIR=$work/static/lib "$top/tests/e2e/stock_testpmd.sh" "$work/static/bin/dpdk-testpmd" 82576 \
	>"$work/out" 2>&1 || rc=$?
((rc == 77)) || fail "a testpmd with EAL in it: status $rc, not 77"
said "SKIP: $work/static/bin/dpdk-testpmd has EAL in it" "-Ddefault_library=shared"
exit $failed
