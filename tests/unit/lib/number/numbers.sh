#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# Numbers that people write are read by lib/number/sl_number.h alone. numbers.sh SOURCE-DIR. Exit 0 passed, 1 failed.
set -u
cd "$1" || exit 1

# What the kernel, other programs and our own results wrote, where C's functions do. A line: file, how many, of what.
allowed='apps/perf/counting.c 1 totals of callgrind
apps/report/plot.c 2 sizes of a result, to sort by
apps/perf/trial.c 1 threads in /proc
apps/common/environment.c 1 CPU speed and hugepages of the kernel
lib/number/sl_number.h 1 fractions, once their form is known'

found=$(grep -rnE --include='*.[ch]' '\b(strto(u?ll?|[dfl]d?|[iu]max)|ato(i|l|ll|f)|v?sscanf)\(' apps lib pmd tools |
	cut -d: -f1 | sort | uniq -c | while read -r n file; do echo "$file $n"; done)
failed=0
while read -r file n; do
	[[ -n $file ]] || continue
	most=$(awk -v f="$file" '$1 == f {print $2}' <<<"$allowed")
	if ((n > ${most:-0})); then
		echo "$file: $n calls of strto..., ato... or sscanf, allowed: ${most:-none}; take sl_number.h"
		grep -nE '\b(strto(u?ll?|[dfl]d?|[iu]max)|ato(i|l|ll|f)|v?sscanf)\(' "$file"
		failed=1
	fi
done <<<"$found"
exit "$failed"
