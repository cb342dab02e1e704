#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""What "syncline test" shows of a failed test: testlog.py TOP, with logs made for it."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

TOOL = os.path.join(sys.argv.pop(1), "tools", "testlog.py")


def shown(*entries, again=None):
    """(lines for people, the three sums) of a log with these entries; what is to be told again goes to a list."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "e2e.json")
        with open(path, "w", encoding="utf-8") as f:
            for entry in entries:
                f.write(json.dumps({"returncode": 0, "duration": 1.5, **entry}) + "\n")
        read, write = os.pipe()
        with os.fdopen(read, encoding="utf-8") as people:
            # The tool wants its lines at 3.
            sums = subprocess.run(["sh", "-c", f'exec "$@" 3>&{write}', "sh", sys.executable, TOOL, "e2e, gcc", path],
                                  check=True, stdout=subprocess.PIPE, text=True, pass_fds=[write],
                                  env={**os.environ, "SL_FAILURES": os.path.join(folder, "again")}).stdout
            os.close(write)
            if again is not None and os.path.exists(os.path.join(folder, "again")):
                with open(os.path.join(folder, "again"), encoding="utf-8") as f:
                    again += f.read().splitlines()
            return people.read().splitlines(), sums.split()


def case(name, lines, verdict="      OK"):
    return [f"[ RUN      ] {name}", *lines, f"[ {verdict} ] {name}"]


class Shown(unittest.TestCase):
    def test_sums(self):
        lines, sums = shown({"name": "a", "result": "OK"}, {"name": "b", "result": "EXPECTEDFAIL"},
                            {"name": "c", "result": "SKIP", "stdout": "words\nno such thing here\n"})
        self.assertEqual(sums, ["2", "0", "1"])
        self.assertIn("      SKIP c: no such thing here", lines)
        self.assertEqual(lines[-1], "==> e2e, gcc: 2 passed, 0 failed, 1 skipped (4.5 s of tests)")

    def test_the_case_that_failed(self):
        out = case("first", ["net: noise of first"])
        out += case("second", [f"net: region 'rx{i}': 4 KiB pages" for i in range(100)] +
                    ["[  ERROR   ] --- 5 != 6", "[   LINE   ] --- ../tests/e2e/basic.c:12: error: Failure!"], " FAILED ")
        out += case("third", ["net: noise of third"])
        out += ["[==========] 3 test(s) run.", "[  PASSED  ] 2 test(s).", "[  FAILED  ] second"]
        lines, sums = shown({"name": "basic coherent", "result": "FAIL", "returncode": 1, "stdout": "\n".join(out)})
        text = "\n".join(lines)
        self.assertEqual(sums, ["0", "1", "0"])
        self.assertEqual(lines[:2], ["      FAIL basic coherent (status 1)", "        | failed: second"])
        self.assertIn("[  ERROR   ] --- 5 != 6", text)
        self.assertIn("basic.c:12", text)
        self.assertIn("(98 more like it)", text)
        self.assertNotIn("noise of", text)
        self.assertLess(len(lines), 12)

    def test_a_program_that_died(self):
        out = case("first", ["noise of first"]) + ["[ RUN      ] second", "the last words"]
        lines, _ = shown({"name": "x", "result": "FAIL", "returncode": -11, "stdout": "\n".join(out)})
        self.assertEqual(lines[:4], ["      FAIL x (status -11)", "        | failed: second", "        | [ RUN      ] second",
                                     "        | the last words"])
        self.assertNotIn("noise of first", "\n".join(lines))

    def test_another_program(self):
        out = [f"{chr(97 + i % 26) * (i // 26 + 1)} says" for i in range(500)]
        out.insert(3, "FAIL sl-perf: the reason")
        lines, _ = shown({"name": "x", "result": "TIMEOUT", "stdout": "\n".join(out), "stderr": "at the end\n"})
        text = "\n".join(lines)
        self.assertIn("FAIL sl-perf: the reason", text)
        self.assertIn("at the end", text)
        self.assertLess(len(lines), 50)

    def test_told_again(self):
        again = []
        shown({"name": "a", "result": "OK"}, {"name": "b", "result": "SKIP", "stdout": "no such thing\n"}, again=again)
        self.assertEqual(again, [])
        shown({"name": "a", "result": "FAIL", "stdout": "\n".join(case("x", []) + case("y", ["why"], " FAILED "))},
              {"name": "b", "result": "TIMEOUT"}, again=again)
        self.assertEqual(again, ["e2e, gcc: FAIL a: failed: y", "e2e, gcc: FAIL b: without a word"])

    def test_all_cases_failed(self):
        out = []
        for i in range(60):
            out += case(f"t{i}", ["[  ERROR   ] --- 1 != 2"] * 30, " FAILED ")
        lines, _ = shown({"name": "x", "result": "FAIL", "stdout": "\n".join(out)})
        self.assertLess(len(lines), 100)


if __name__ == "__main__":
    unittest.main(verbosity=2)
