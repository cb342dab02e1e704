# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# "syncline name": runs a program until the search in its file is over.

readonly SL_NAME_RUNS=40

name_help() {
	cat <<-'TEXT'
	Usage: ./syncline name FILE -- COMMAND...

	A run in checked memory ended with wrong data, and nothing was found? COMMAND
	is that run, its port with the argument check_diff=FILE. It is run again and
	again, a dozen times or so, each time with other lines kept coherent, until
	the line is known whose two views made the run go wrong; then what is known
	of it is printed: region, offset, what CPU and NIC hold there, its last sync.

	FILE must not exist; it holds the result afterwards. The run has to be the
	same each time: a stepped device (mode=step), one thread, fixed seeds.
	COMMAND's output goes to FILE.log, its exit status does not matter.

	  SL_COHERENCY=checked SL_SEED=7 SL_CHECK_DIFF=/tmp/d \
	      ./syncline name /tmp/d.0 -- build/tests/e2e/e2e_basic 'first_frame*'

	The end-to-end tests take SL_CHECK_DIFF: FILE.0 is the first port's of a program.
	Exit status: 0 a line is named, 1 none is.
	TEXT
}

# The first line of a search's file: "syncline search: STATE after N runs".
name_state() {
	local line=
	if [[ -s $1 ]]; then IFS= read -r line <"$1" || true; fi
	[[ $line =~ ^syncline\ search:\ ([a-z]+)\ after\ ([0-9]+) ]] || return 1
	printf '%s' "${BASH_REMATCH[1]}"
}

# Its report: what follows up to the binary part.
name_report() {
	head -c 4096 "$1" | tail -c +65 | tr -d '\0'
}

cmd_name() {
	local file=${1-} state run
	case "$file" in
	--help | -h) name_help && return ;;
	"" | -*) die "name: no FILE. ./syncline name --help says more." ;;
	esac
	shift
	[[ ${1-} == -- && $# -gt 1 ]] ||
		die "name: after FILE come -- and the command to run. ./syncline name --help says more."
	shift
	cd "$SL_CALLER" || die "$SL_CALLER cannot be entered"
	[[ ! -e $file ]] || die "name: '$file' exists. Name another, or remove it to search anew."
	for ((run = 1; run <= SL_NAME_RUNS; run++)); do
		"$@" >"$file.log" 2>&1 </dev/null || true
		state=$(name_state "$file") ||
			die "name: the command left no search in '$file': give its port check_diff=$file (and coherency=checked). Its output is in $file.log"
		say "run $run: next $state"
		if [[ $state == "done" ]]; then break; fi
	done
	[[ $state == "done" ]] || die "name: no end after $SL_NAME_RUNS runs: is '$file' the first port's?"
	name_report "$file"
	name_report "$file" | grep -q '^  line: '
}
