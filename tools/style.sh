#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# The style suite. One line a check on standard output, "PASS|FAIL|SKIP <tab>
# name <tab> reason"; what is wrong, and where, on standard error.
# "style.sh --fix" formats the code instead.

set -uo pipefail

unset CDPATH
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

# A hook's git has its repository in the environment.
unset "${!GIT_@}"
if [[ $(git rev-parse --show-toplevel 2>/dev/null) != "$(pwd -P)" ]]; then
	printf 'SKIP\tall\tgit does not list the files of %s: %s\n' "$PWD" \
		"$(git rev-parse --show-toplevel 2>&1 | head -n 1 | sed 's,^/,the work tree it finds is /,')"
	exit
fi

# Tracked files, and new ones that nobody ignores.
files() {
	git ls-files -co --exclude-standard -- "$@" | sort -u | while IFS= read -r f; do
		if [[ -f $f ]]; then printf '%s\n' "$f"; fi
	done
}

# verdict NAME: fails when standard input has a line, and shows the first ones.
verdict() {
	local found
	found=$(cat)
	if [[ -z $found ]]; then
		printf 'PASS\t%s\t\n' "$1"
		return
	fi
	head -n 20 <<<"$found" | sed 's/^/      /' >&2
	printf 'FAIL\t%s\t%d places, the first ones above\n' "$1" "$(wc -l <<<"$found")"
}

# needs TOOL NAME: says SKIP when there is no TOOL.
needs() {
	command -v "$1" >/dev/null 2>&1 && return 0
	printf 'SKIP\t%s\t%s is not installed\n' "$2" "$1"
	return 1
}

WORK=$(mktemp -d) || exit 1
trap 'rm -rf "$WORK"' EXIT

# Each check reads all its files in one process: a process for each file is what takes long.
# shellcheck disable=SC2016 # awk's own
check_spdx() {
	local line='SPDX-License-Identifier: BSD-3-Clause'
	files '*.c' '*.h' '*.def' '*.sh' '*.py' '*.ini' '*meson.build' syncline .ci/run >"$WORK/files"
	{
		xargs -r grep -L "$line" <"$WORK/files" | sed 's/$/: no SPDX line/'
		xargs -r awk -v line="$line" '
			index($0, line) { nextfile }
			FNR == 2 { print FILENAME ": no SPDX line at the top"; nextfile }' <"$WORK/files"
	} | verdict "licence line in every file"
}

# Behind the licence a source says in a comment what it is for, and a header in one with @file.
check_heads() {
	files '*.c' | xargs -r awk '
		FNR == 1 { behind = 0 }
		behind == 0 { behind = /\*\/$/ ? FNR : 0; next }
		/^$/ { next }
		{ if (behind > 3 || !/^\/\*/) print FILENAME ": no head comment behind the licence"; nextfile }' |
		verdict "head comment in every source"
	{
		files '*.h' | xargs -r grep -L '@file' | sed 's/$/: no @file/'
		files '*.h' | xargs -r awk '
			/@file/ { nextfile }
			FNR == 14 { print FILENAME ": no @file behind the licence"; nextfile }'
	} | verdict "@file in every header"
}

# What clang-format must have nothing to say about. Tables of macros that are kept in columns are between
# "clang-format off" and "on".
formatted() {
	files '*.c' '*.h'
}

check_format() {
	needs clang-format "clang-format" || return
	formatted | xargs -r clang-format --dry-run 2>&1 | grep 'warning:' |
		verdict "clang-format"
}

# 100 columns are the aim, 120 the end. A tab reaches to the next column that 8 divides.
check_columns() {
	# shellcheck disable=SC2016 # awk's own
	files '*.c' '*.h' | xargs -r awk '
		length > 120 || /\t/ {
			columns = 0
			for (i = 1; i <= length; i++)
				columns = substr($0, i, 1) == "\t" ? columns + 8 - columns % 8 : columns + 1
			if (columns > 120) print FILENAME ":" FNR ": " columns " columns"
		}' | verdict "120 columns at most"
	files '*.c' '*.h' | xargs -r grep -nE '^ {8}' | verdict "tabs indent"
}

# Comments and strings are no code: leave their lines' numbers, not their words. Of each file once, for all checks.
make_code() {
	files '*.c' '*.h' | while IFS= read -r f; do
		mkdir -p "$WORK/code/${f%/*}"
		gcc -fpreprocessed -dD -E -P -w -x c "$f" 2>/dev/null | sed 's/"[^"]*"/""/g' >"$WORK/code/$f"
	done
}

# forbidden NAME REGEX FILES...: no code line may match.
forbidden() {
	local name=$1 regex=$2
	shift 2
	files "$@" | (cd "$WORK/code" && xargs -r grep -HE -- "$regex") | verdict "$name"
}

check_words() {
	make_code
	forbidden "no output or exit from lib and pmd" \
		'(^|[^a-zA-Z_])(printf|puts|putchar|perror|exit|abort|rte_exit|rte_panic)[[:space:]]*\(' \
		'lib/*.c' 'lib/*.h' 'pmd/*.c' 'pmd/*.h'
	# Named constants and tables of bytes may say hex; statements may not.
	forbidden "register bits by name: no bare hex" \
		'^[^#{]*[g-wyz_][^#{]*[^a-zA-Z_0-9{]0[xX][0-9a-fA-F]{2,}' 'pmd/*.c' 'lib/softnic/*.c' 'lib/shm/*.c' 'lib/check/*.c' 'lib/ndis/*.c'
	# What all models share is told by them what to do, and has no register's name.
	forbidden "the software NIC's engines know no family of NICs" \
		'sl_regs|sl_fields|SL_OFF|82576|82599|igb|ixgbe' \
		'lib/softnic/core/*.c' 'lib/softnic/core/*.h'
	# ndis.h has NDIS's names, which are typedefs.
	forbidden "no struct typedefs" '^[[:space:]]*typedef[[:space:]]+(struct|union|enum)' \
		'*.c' '*.h' ':!lib/ndis/ndis.h'
	forbidden "compare pointers with NULL" 'if \(!(m|mbuf|pool|queue|q|port|dev|nic|ptr|p)\)' '*.c' '*.h'
	files '*.c' '*.h' '*.sh' '*.py' '*meson.build' syncline | grep -v '^tools/style.sh$' |
		xargs -r grep -nE 'TODO|FIXME' | verdict "nothing left to do in the code"
	files '*.c' '*.h' | xargs -r grep -nE '^[[:space:]]*//' | verdict "comments are /* */"
	files '*.c' '*.h' '*.def' | xargs -r grep -nP '[ \t]+$' | verdict "no blanks at line ends"
}

# A release that changes something is met in one place: what the rest of the code uses is named there.
check_releases() {
	files '*.c' '*.h' '*.def' ':!lib/compat/sl_compat.h' ':!tests/common/compat.h' |
		xargs -r grep -nwE 'RTE_VERSION|RTE_VERSION_NUM|RTE_VER_[A-Z]+|SL_DPDK' |
		verdict "DPDK's release is known to the two compat files alone"
}

# No program reads another's folder, or what is private to the driver and the libraries.
check_rooms() {
	files '*.c' '*.h' 'apps/*meson.build' | xargs -r python3 tools/check_rooms.py |
		verdict "programs keep to their own rooms"
}

# Each header compiles alone: it includes what it needs.
check_headers() {
	local headers dpdk_flags
	[[ -e build/build.ninja ]] || {
		printf 'SKIP\theaders compile alone\tno build/: ./syncline build\n'
		return
	}
	headers=$(sed -n "s/.*'dpdk_driver_headers=\([^']*\)'.*/\1/p" build/meson-private/cmd_line.txt)
	headers=${headers:-$(sed -n 's/^dpdk_driver_headers = //p' build/meson-private/cmd_line.txt)}
	read -ra dpdk_flags < <(pkg-config --cflags libdpdk)
	files 'lib/*.h' 'pmd/*.h' 'apps/*.h' | while IFS= read -r f; do
		gcc -std=gnu11 -fsyntax-only -Wall -Wextra -Werror -D_GNU_SOURCE -DALLOW_INTERNAL_API \
			-DALLOW_EXPERIMENTAL_API "${dpdk_flags[@]}" ${headers:+-I"$headers"} \
			-Ilib/hw -Ilib/hw/igb -Ilib/hw/ixgbe -Ilib/shm -Ilib/check -Ilib/wire -Ilib/softnic/core -Ilib/softnic/vfu -Ilib/compat -Ipmd/eth -Ipmd/burst -Ipmd/bus -Ipmd/hw -Ipmd/slow -Iapps/common -Iapps/report -Iapps/testpmd -I"$(dirname "$f")" \
			-include "$f" -x c /dev/null 2>&1 | grep -E 'error|warning' | head -n 3
	done | verdict "headers compile alone"
}

# Objects of lib/ and pmd/ hold no writable data but what registers with EAL, and the one
# lock under which ports are found: it guards their end, so it outlives each of them.
check_state() {
	local libs
	libs=$(find build/lib build/pmd -name '*.o' 2>/dev/null)
	[[ -n $libs ]] || {
		printf 'SKIP\tno mutable state at file scope\tno build/: ./syncline build\n'
		return
	}
	# shellcheck disable=SC2086
	objdump -t $libs | awk '
		/file format/ { file = $1 }
		/[ \t](\.data|\.bss|\.data\.rel|\.data\.rel\.local|\*COM\*)[ \t]/ && $NF !~ /^\./ { print file, $NF }' |
		grep -vE ' (sl_[a-z_]*logtype|[a-z_]*_(drv|driver|pmd)|looks_lock\.[0-9]+)$' |
		verdict "no mutable state at file scope"
}

# A library whose files call each other in a circle has no first page.
check_circles() {
	local archive pattern objects
	# Not lib/check and lib/ndis, which are in the archive of lib/shm.
	while read -r archive pattern; do
		objects=$(find "build/lib/$archive.a.p" -name "$pattern" 2>/dev/null)
		[[ -n $objects ]] || {
			printf 'SKIP\tno circle of files in %s\tno build/: ./syncline build\n' "$archive"
			continue
		}
		# shellcheck disable=SC2086
		python3 tools/check_circles.py $objects | verdict "no circle of files in $archive"
	done <<-'LIST'
	shm/libsl_shm sl_*.o
	wire/libsl_wire wire*.o
	softnic/libsl_vfu vfu_*.o
	LIST
}

check_shell() {
	needs shellcheck "shellcheck" || return
	{ files '*.sh' syncline .ci/run; } | xargs -r shellcheck -x -f gcc | verdict "shellcheck"
}

# Tests that run next to no other are of a suite that test.sh runs next to no other.
check_alone() {
	files '*meson.build' | while IFS= read -r f; do
		tr '\n\t' '  ' <"$f" | sed 's/test(/\n&/g' | grep 'is_parallel: false' | grep -v "_alone'" |
			cut -c 1-60 | sed "s|^|$f: |"
	done | verdict "is_parallel: false is of a suite *_alone"
}

check_docs() {
	files '*.md' | xargs -r python3 tools/check_docs.py | verdict "links and columns of the documentation"
}

check_spelling() {
	needs codespell "codespell" || return
	files '*.c' '*.h' '*.md' '*.sh' '*.py' syncline |
		xargs -r codespell -L 'tha,mis,inout,ue,te,iif,hist,fo,clen' | verdict "codespell"
}

case "${1-}" in
"") ;;
--fix) formatted | xargs -r clang-format -i && exit ;;
*) echo "style.sh: unknown word '$1'. Allowed: --fix (run clang-format), or nothing." >&2 && exit 1 ;;
esac

check_spdx
check_heads
check_format
check_columns
check_words
check_releases
check_rooms
check_headers
check_state
check_circles
check_shell
check_alone
check_docs
check_spelling
