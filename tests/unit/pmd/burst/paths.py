#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""What is written of the burst functions beside their list: paths.py TOP compares pmd/burst/paths.def with the docs'
table and with the rows of the instruction baselines."""

import os
import re
import sys
import unittest

TOP = sys.argv.pop(1)
CHECKED = "checked"  # an instrument: nobody counts its instructions
UNCOUNTED = "AVX-512 "  # valgrind 3.19 does not know its instructions
# The same code with other constants: what explicit mode adds is counted of its plain rows alone.
OTHER = re.compile(r"explicit (offload|scattered) ixgbe$")


def read(*path):
    with open(os.path.join(TOP, *path), encoding="utf-8") as f:
        return f.read()


class List:
    """paths.def: widths of each processor as (name, bits), and the paths of each macro."""

    def __init__(self):
        self.widths, self.paths = {}, {}
        into = None
        for line in read("pmd", "burst", "paths.def").splitlines():
            define = re.match(r"#define (\w+)\(", line)
            if define:
                into = define.group(1)
            for name, bits in re.findall(r"\bwidth\(\w+, \"([^\"]*)\", (\d+)", line):
                self.widths.setdefault(into.removeprefix("SL_WIDTHS_"), []).append((name, int(bits)))
            for name in re.findall(r"\bpath\(isa, label, bits, \w+, \"([^\"]*)\"", line):
                self.paths.setdefault(into, []).append(name)

    def rows(self, arch):
        """(direction, name) of all paths of a processor."""
        for label, bits in self.widths[arch]:
            for macro, direction in (("SL_RX_PATHS", "rx"), ("SL_TX_PATHS", "tx")):
                yield from ((direction, label + words) for words in self.paths[macro])
            if bits == 0:
                yield from (("rx", label + words) for words in self.paths["SL_RX_PATHS_SCALAR"])


class Paths(unittest.TestCase):
    def setUp(self):
        self.list = List()
        self.assertGreater(len(list(self.list.rows("x86_64"))), 40)

    def test_docs_have_each_width(self):
        text = read("docs", "reference", "net_syncline.md")
        section = text[text.index("## Burst functions"):]
        shown = dict(re.findall(r"^\| `(.+) \.\.\.` \| [^|]* \| (\d+)", section, re.M))
        widths = {name: str(bits or 64) for arch in self.list.widths.values() for name, bits in arch}
        self.assertEqual(shown, widths)

    def test_baselines_have_each_path(self):
        for arch in ("x86_64", "aarch64"):
            rows = {tuple(line.split("\t")[:2]) for line in read("tests", "perf", "baseline", arch).splitlines()
                    if line.count("\t") == 3}
            listed = {row for row in self.list.rows(arch) if CHECKED not in row[1] and
                      not row[1].startswith(UNCOUNTED) and not OTHER.search(row[1])}
            self.assertEqual({row for row in rows if not row[1].startswith(UNCOUNTED)}, listed, arch)


if __name__ == "__main__":
    unittest.main(verbosity=2)
