#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# fetch-source.sh PACKAGE [VERSION] OUTDIR
#
# Fetch a Debian source package and unpack its upstream source into OUTDIR
# (Debian's patches are not applied). VERSION: that source version; without
# it the one the archive offers. Uses the system's own sources and keys, but a
# list and a state folder of its own: the system's lists stay as they are, and
# no root is needed.

set -euo pipefail

if (($# < 2 || $# > 3)); then
	echo "usage: fetch-source.sh PACKAGE [VERSION] OUTDIR" >&2
	exit 1
fi
package=$1
out=${!#}
version=
if (($# == 3)); then version="=$2"; fi
mkdir -p "$out"
out=$(cd "$out" && pwd)

work=$(mktemp -d "${TMPDIR:-/tmp}/fetch-source.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/sources.list.d" "$work/lists/partial" "$work/cache/archives/partial" "$work/get"

# Debian's own entries, each turned into its deb-src twin.
n=0
for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
	[[ -r $f ]] || continue
	n=$((n + 1))
	sed -n 's/^[[:space:]]*deb[[:space:]]/deb-src /p' "$f" >"$work/sources.list.d/$n.list"
done
for f in /etc/apt/sources.list.d/*.sources; do
	[[ -r $f ]] || continue
	n=$((n + 1))
	sed 's/^Types:.*/Types: deb-src/' "$f" >"$work/sources.list.d/$n.sources"
done

apt() {
	apt-get -q -o Dir::Etc::SourceList=/dev/null \
		-o Dir::Etc::SourceParts="$work/sources.list.d" \
		-o Dir::State::Lists="$work/lists" \
		-o Dir::Cache="$work/cache" \
		-o APT::Sandbox::User=root "$@"
}

# An unreachable third-party entry must not stand in the way: the get decides.
apt update || echo "apt-get update reported errors; trying all the same" >&2
(cd "$work/get" && apt source --download-only "$package$version")
set -- "$work"/get/*.orig.tar.*
for tarball in "$@"; do
	case "$tarball" in
	*.asc) ;;
	*.tar.*) tar -C "$out" --strip-components=1 -xf "$tarball" ;;
	esac
done
