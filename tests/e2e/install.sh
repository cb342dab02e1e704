#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# install.sh BUILD VERSION: what "meson install" puts below a folder works there, and where that folder
# is moved to: programs find the driver, DPDK's own testpmd takes it by what pkg-config says, manual
# pages name every option, bash completes; and an uninstall leaves nothing.
set -u

build=$(realpath "$1")
version=$2
# Not below /tmp: EAL refuses drivers that anybody could have put there.
work=$(mktemp -d "$build/install.XXXXXX")
trap 'rm -rf "$work"' EXIT
export ASAN_OPTIONS=detect_leaks=0
failed=0

fail() {
	printf 'FAILED: %s\n' "$*"
	if [[ -s $work/out ]]; then cat "$work/out"; fi
	failed=1
}

# runs WORD...: it ends with success, and its output is in $work/out.
runs() {
	timeout -k 5 100 "$@" >"$work/out" 2>&1 </dev/null || fail "$*: exit code $?"
}

eal=(-l 0 --no-huge --no-pci --no-shconf --no-telemetry --log-level 3 -m 256 --vdev "net_syncline_soft0,wire=loop")
# forwards PROGRAM [EAL-OPTION...]: with the installed driver, and no other.
forwards() {
	runs "$1" "${eal[@]}" "${@:2}" -- --tx-first 1 --duration 0.1
	grep -q '^loss    0 of [1-9]' "$work/out" || fail "$1 forwards nothing"
}

DESTDIR=$work/root runs meson install -C "$build" --no-rebuild
prefix=$(find "$work/root" -path '*/bin/sl-testpmd' -printf '%h\n')
prefix=${prefix%/bin}
plugin=$(find "$prefix" -name librte_net_syncline.so)
pc=$(find "$prefix" -name net_syncline.pc -printf '%h\n')

forwards "$prefix/bin/sl-testpmd"
used=$(cd "$prefix/bin" && ldd ./sl-testpmd | awk '/librte_net_syncline/ { print $3 }')
[[ $(realpath "$used") == "$plugin" ]] || fail "sl-testpmd takes the driver from ${used:-nowhere}"
for program in sl-testpmd sl-perf sl-peers sl-report sl-softnic; do
	runs "$prefix/bin/$program" --version
	grep -q "^$program $version" "$work/out" || fail "$program --version"
done
runs "$prefix/bin/sl-perf" run --no-huge --suite cycles --sizes 64 --coherency coherent --processes 2 --trial 0.02 --out "$work/r.json"
runs "$prefix/bin/sl-report" export --format csv "$work/r.json"

# What pkg-config says.
told=$(PKG_CONFIG_PATH=$pc PKG_CONFIG_SYSROOT_DIR=$work/root pkg-config --variable=plugin net_syncline)
[[ $told == "$plugin" || $work/root$told == "$plugin" ]] || fail "pkg-config: the driver is in '$told', it lies in $plugin"

# Manual pages: every option of the program's help, where pages were made.
if [[ -e $prefix/share/man/man1/sl-testpmd.1 ]]; then
	for program in sl-testpmd sl-peers sl-softnic "sl-perf run" "sl-perf compare" "sl-report export"; do
		page=$prefix/share/man/man1/${program// /-}.1
		# shellcheck disable=SC2086 # a program and its command
		for option in $("$prefix/bin/"${program} --help | grep -oE '^ +--[a-z-]+' | tr -d ' '); do
			grep -qF -- "${option//-/\\-}" "$page" || fail "${page##*/}: no word of $option"
		done
	done
else
	echo "manual pages: not made here, there is no help2man"
fi

# Completion.
# complete PROGRAM WORD...: what bash offers for the last word, in $work/out.
completes() {
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	_syncline "$1" "${@: -1}" "${@: -2:1}"
	printf '%s\n' "${COMPREPLY[@]}" >"$work/out"
}
# shellcheck source=apps/install/completion.bash
source "$prefix/share/bash-completion/completions/sl-perf"
PATH=$prefix/bin:$PATH
completes sl-perf ''
[[ $(grep -cxE 'run|compare|report|export' "$work/out") == 4 ]] || fail "sl-perf: commands are not completed"
completes sl-perf run --si
grep -qx -- --sizes "$work/out" || fail "sl-perf run: --sizes is not completed"
completes sl-testpmd -l 0 -- --dur
[[ $(<"$work/out") == --duration ]] || fail "sl-testpmd: --duration is not completed"
completes sl-softnic --dev
[[ $(<"$work/out") == --device ]] || fail "sl-softnic: --device is not completed"

# Elsewhere: nothing in it is bound to its first place.
mkdir "$work/moved"
cp -a "$prefix/." "$work/moved"
mv "$prefix" "$prefix.gone"
forwards "$work/moved/bin/sl-testpmd"
mv "$prefix.gone" "$prefix"

runs ninja -C "$build" uninstall
left=$(find "$work" -path "$work/root/*" ! -type d)
[[ -z $left ]] || fail "left by uninstall: $left"
exit $failed
