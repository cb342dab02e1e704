#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""
Every name that a user may type or will read stands in the reference page of its kind: settings and
counters of wires, arguments of ports, faults, extended statistics, options and commands of
sl-testpmd, measures of sl-perf, NDIS calls. The names are read out of the sources' tables.

docs.py SOURCE-FOLDER
"""
import glob
import os
import re
import sys

# What: pages, sources, pattern of a name in them, least number of names, form of a name in the page.
TABLES = [
    ("setting of a wire", ["wires"], "lib/wire/*.c", r'\{"(\w+)", WIRE_AT', 15, "{}"),
    ("counter of a wire", ["wires"], "lib/wire/*.c",
     r'\{"((?:gen|pcap|tap|peer|loop|null)_\w+)"', 25, "{}"),
    ("kind of wire", ["wires"], "lib/wire/wire.c", r'\{"(\w+)", "', 6, "`{}"),
    ("argument of a port", ["net_syncline", "checker"], "pmd/bus/*args*.c",
     r'^\t\{"(\w+)", (?:set_|sl_args_set)', 15, "| `{}` |"),
    ("fault", ["softnic"], "lib/softnic/core/*.c", r'\[SL_FAULT_\w+\] = "(\w+)"', 10, "| `{}` |"),
    ("statistic of a queue", ["net_syncline"], "pmd/**/*.c", r'"((?:rx|tx)_q%u_\w+)"', 10, "{}"),
    ("option of sl-testpmd", ["sl-testpmd"], "apps/testpmd/config.c",
     r'^\t\{\.name = "([\w-]+)"', 30, "--{}"),
    ("command of sl-testpmd", ["sl-testpmd"], "apps/testpmd/cmd/*.c",
     r'^\t\{"([a-z]+ [a-z_]+|[a-z]+)[^"]*", ?["$]', 20, "{}"),
    ("option of sl-softnic", ["sl-softnic"], "apps/softnic/options.c",
     r'^\t\{"([\w-]+)", (?:required|no)_argument, NULL, OPT_(?!HELP|VERSION)', 8, "--{}"),
    ("statistic of sl-softnic", ["sl-softnic"], "apps/softnic/statistics.c",
     r'\{"(\w+)", offsetof', 20, "`{}`"),
    ("measure of sl-perf", ["sl-perf"], "apps/perf/*.c", r'\[MEASURE_\w+\] = "(\w+)"', 8, "`{}`"),
    ("NDIS call", ["ndis"], "lib/ndis/ndis.h",
     r"^[A-Z_a-z]+[ \n]\*?((?:Ndis|sl_ndis_|Ke)\w+)\(", 25, "`{}`"),
]


def names(top, sources, pattern):
    found = set()
    for path in glob.glob(os.path.join(top, sources), recursive=True):
        with open(path, encoding="utf-8") as f:
            found |= set(re.findall(pattern, f.read(), re.MULTILINE))
    return found


def check(top, what, pages, sources, pattern, least, form):
    text = ""
    for page in pages:
        with open(os.path.join(top, "docs/reference", page + ".md"), encoding="utf-8") as f:
            text += f.read()
    found = names(top, sources, pattern)
    if len(found) < least:
        yield f"{what}: {len(found)} names in {sources}, expected {least} at least: is the pattern out of date?"
    for name in sorted(found):
        words = re.escape(form.format(name.replace("%u", "N")))
        if not re.search(rf"(?<![\w-]){words}(?![\w-])", text):
            yield f"{what} {name}: not in docs/reference/{' or '.join(pages)}.md"


def main():
    complaints = [c for table in TABLES for c in check(sys.argv[1], *table)]
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
