#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""
features.py OURS.ini REFERENCE.md THEIRS.ini...

Compare the features table of this driver with those of DPDK's drivers, which have the same form
(doc/guides/nics/features of DPDK's source). Each row of theirs must be in ours, or in the table of
REFERENCE.md below "What DPDK's drivers have", with its reason; rows there must not be in ours, and
one of theirs must have them. Prints one line for each table, then END; exit status 1 when one
differs.
"""
import os
import re
import sys

HEADING = "## What DPDK's drivers have"


def rows_of(path):
    """Names of the rows of a table, with the section before rows of rte_flow."""
    rows, section = set(), ""
    with open(path, encoding="utf-8") as f:
        lines = [line.split(";")[0].strip() for line in f]
    for line in lines:
        if line.startswith("["):
            section = "" if line == "[Features]" else line.strip("[]") + ": "
        elif "=" in line:
            name, value = (word.strip() for word in line.split("=", 1))
            if value:
                rows.add(section + name)
    return rows


def reasons_of(path):
    """Rows with a reason. A cell may name several: "rte_flow items: eth, ipv4"."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    if HEADING + "\n" not in text:
        sys.exit(f"{path} has no '{HEADING}'")
    rows = set()
    for cell in re.findall(r"^\| ([^|]+) \| [^|]+ \|$", text.split(HEADING + "\n")[1].split("\n## ")[0], re.M):
        section, names = cell.split(": ", 1) if ": " in cell else ("", cell)
        rows |= {(section + ": " if section else "") + name.strip() for name in names.split(",")}
    return rows - {"row"}


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__.strip())
    ours, reasons = rows_of(sys.argv[1]), reasons_of(sys.argv[2])
    named, good = set(), True
    for path in sys.argv[3:]:
        theirs = rows_of(path)
        named |= theirs
        lacks = sorted(theirs - ours - reasons)
        good = good and not lacks
        print(f"FAIL features {os.path.basename(path)}: without a reason we lack {', '.join(lacks)}" if lacks else
              f"PASS features {os.path.basename(path)}: {len(theirs & ours)} of {len(theirs)} rows are ours, "
              f"{len(theirs - ours)} have a reason")
    stale = sorted((reasons & ours) | (reasons - named))
    if stale:
        print(f"FAIL features: a reason is given for nothing: {', '.join(stale)}")
    print("END")
    return 0 if good and not stale else 1


if __name__ == "__main__":
    sys.exit(main())
