# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# Completion of Syncline's programs in bash. Commands and options are read from each program's
# own --help at the moment, so they are those that it takes.

# The options that a program's help names; with a command, those of the command.
_syncline_options() {
	"$@" --help 2>/dev/null </dev/null | grep -o -E -- '(^|[ ,])--[a-z0-9][a-z0-9-]*' | tr -d ' ,' | sort -u
}

# The commands in a program's help: words at the start of an indented line, text behind them.
_syncline_commands() {
	"$1" --help 2>/dev/null </dev/null | sed -n 's/^  \([a-z]\{3,\}\)  .*/\1/p'
}

# Words of the array that COMP_WORDS are become COMPREPLY.
_syncline() {
	local program=$1 word=$2 command=
	case ${program##*/} in
	sl-perf | sl-report)
		if ((COMP_CWORD == 1)); then
			mapfile -t COMPREPLY < <(compgen -W "$(_syncline_commands "$program") --help --version" -- "$word")
			return
		fi
		command=${COMP_WORDS[1]}
		;;
	sl-testpmd)
		# Before "--" stand EAL's options, which its own help has.
		if [[ " ${COMP_WORDS[*]:1:COMP_CWORD-1} " != *" -- "* ]]; then
			mapfile -t COMPREPLY < <(compgen -W "-- --help --version" -- "$word")
			return
		fi
		;;
	esac
	if [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_syncline_options "$program" ${command:+"$command"})" -- "$word")
	fi
}

complete -o default -F _syncline sl-testpmd sl-perf sl-peers sl-report sl-softnic
