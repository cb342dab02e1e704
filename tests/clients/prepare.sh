#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# prepare.sh CACHE examples EXAMPLE...
# prepare.sh CACHE package PACKAGE
# prepare.sh CACHE installed PROGRAM...
#
# examples: fetch the source of the DPDK that is installed and build its examples (paths below its
# folder "examples") in CACHE/examples, against the installed libraries.
# package: fetch a package of Debian with what it needs and lacks here, and unpack it into
# CACHE/PACKAGE. Nothing is installed.
# installed: these programs must be installed.
# The second run is instant. Exit status 77, with the reason, when something cannot be had.

set -euo pipefail

if (($# < 3)); then
	echo "usage: prepare.sh CACHE examples EXAMPLE... | CACHE package PACKAGE | CACHE installed PROGRAM..." >&2
	exit 1
fi
cache=$1 what=$2
shift 2
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)

lacks() {
	echo "$*"
	exit 77
}

fetch_examples() {
	local version work
	version=$(dpkg-query -W -f '${source:Version}' libdpdk-dev 2>/dev/null) ||
		lacks "DPDK is not one of Debian's packages here, so its source is not known"
	[[ $(cat "$cache/version" 2>/dev/null) != "$version" ]] || return 0
	work=$(mktemp -d "${TMPDIR:-/tmp}/syncline.XXXXXX")
	# shellcheck disable=SC2064 # its value of now
	trap "rm -rf '$work'" EXIT
	"$top/tools/fetch-source.sh" dpdk "$version" "$work" >"$cache/log" 2>&1 ||
		lacks "DPDK's source package cannot be had: $(tail -n 1 "$cache/log")"
	rm -rf "$cache/examples"
	cp -a "$work/examples" "$cache/"
	echo "$version" >"$cache/version"
}

build_examples() {
	local example
	command -v make >/dev/null || lacks "no make, which builds DPDK's examples: apt-get install make"
	fetch_examples
	for example; do
		make -s -C "$cache/examples/$example" shared >"$cache/log" 2>&1 || {
			echo "example $example is not built: $(grep -m 1 -i error "$cache/log" || tail -n 1 "$cache/log")"
			exit 1
		}
	done
}

unpack_package() {
	local package=$1 debs=$cache/debs deb
	[[ ! -e $cache/$package/ready ]] || return 0
	rm -rf "${cache:?}/$package" "$debs"
	mkdir -p "$debs/archives/partial" "$cache/$package"
	apt-get -q -o Dir::Cache="$debs" -o APT::Sandbox::User=root install -y --no-install-recommends \
		--download-only --reinstall "$package" >"$cache/log" 2>&1 ||
		lacks "$package cannot be had: $(tail -n 1 "$cache/log")"
	for deb in "$debs"/archives/*.deb; do dpkg -x "$deb" "$cache/$package"; done
	rm -rf "$debs"
	touch "$cache/$package/ready"
}

check_programs() {
	local program
	for program; do
		[[ -x $program ]] || lacks "there is no $program: apt-get install dpdk-dev"
	done
}

case $what in
examples) build_examples "$@" ;;
package) unpack_package "$1" ;;
installed) check_programs "$@" ;;
esac
