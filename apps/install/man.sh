#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# man.sh HELP2MAN VERSION OUT SUMMARY PROGRAM [COMMAND]
#
# The manual page OUT of a program, or of one of its commands, from its own --help: options are
# described once, in the program. SUMMARY is its line in a list of pages.
set -eu
help2man=$1 version=$2 out=$3 summary=$4 program=$(realpath -- "$5")
shift 5
name=${out##*/}
name=${name%.1}
# The page is named after what is run: a command of a program is run by a name of its own.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '#!/bin/sh\nexec "%s" %s "$@"\n' "$program" "$*" >"$work/$name"
chmod +x "$work/$name"
# Leak checks of a build with AddressSanitizer are not for here.
export ASAN_OPTIONS=detect_leaks=0
"$help2man" --no-info --source="Syncline $version" --version-string="$version" --name="$summary" \
	--output="$out" "$work/$name"
