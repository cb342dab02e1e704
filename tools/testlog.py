#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""testlog.py LABEL LOG: read a Meson test log (one JSON object a line).

Failed tests with what matters of their output, and skipped ones with their
reason, go to file descriptor 3 for people; "PASSED FAILED SKIPPED" goes to
standard output.
"""

import json
import os
import re
import sys

PASSED = ("OK", "EXPECTEDFAIL")
SHOWN = 40  # lines of a failed test, at most
ALIKE = 2   # lines of one shape that are shown

RUN = re.compile(r"\[ RUN      \] (\S+)")
DONE = re.compile(r"\[       OK \]|\[  SKIPPED \]")
END = re.compile(r"\[==========\] \d+ test\(s\) run")
# What tells why: these lines are shown, however many there are of their shape.
REASON = re.compile(r"\[  (ERROR   |FAILED  )\]|\[   LINE   \]|ERROR: \w+Sanitizer|runtime error|Assertion|^FAIL\b")
NUMBER = re.compile(r"0x[0-9a-fA-F]+|\d+")


def last_line(entry):
    """What a test that skips says last is its reason."""
    text = ((entry.get("stdout") or "") + (entry.get("stderr") or "")).strip()
    return text.splitlines()[-1] if text else "gives no reason"


def failed_parts(lines):
    """Of a cmocka program: {name: lines} of its tests that failed, or during which it ended."""
    parts, name = {}, None
    for line in lines:
        start = RUN.search(line)
        if start:
            name = start.group(1)
            parts[name] = []
        if name and DONE.search(line):
            del parts[name]
            name = None
        elif END.search(line):
            name = None
        elif name:
            parts[name].append(line)
    return parts


def shorten(lines, limit):
    """Lines of one shape that repeat become a count; of the others the last @limit, and every reason."""
    seen, kept = {}, []
    for line in lines:
        shape = NUMBER.sub("#", line)
        seen[shape] = seen.get(shape, 0) + 1
        if REASON.search(line) or seen[shape] <= ALIKE:
            kept.append((shape, line))
    cut = len(kept) - limit
    out = []
    for at, (shape, line) in enumerate(kept):
        more = 0
        if all(s != shape for s, _ in kept[at + 1:]) and not REASON.search(line):
            more = seen[shape] - ALIKE
        if at >= cut or REASON.search(line):
            out.append(line + (f"   ({more} more like it)" if more > 0 else ""))
    if cut > 0:
        out.insert(0, f"... {cut} lines before ...")
    return out[-limit * 2:]


def what_failed(entry):
    """Lines to show of a failed test: of the cases that failed, or its last ones."""
    lines = ((entry.get("stdout") or "") + "\n" + (entry.get("stderr") or "")).splitlines()
    parts = failed_parts(lines)
    if not parts:
        return shorten([line for line in lines if line.strip()], SHOWN)
    share = max(SHOWN // len(parts), 6)
    out = ["failed: " + ", ".join(parts)]
    for part in parts.values():
        out += shorten(part, share)
    return out[:SHOWN * 2]


def tell_again(words):
    """A line that tools/test.sh shows again at its end."""
    if os.environ.get("SL_FAILURES"):
        with open(os.environ["SL_FAILURES"], "a", encoding="utf-8") as kept:
            print(words, file=kept)


def main():
    label, path = sys.argv[1:3]
    people = os.fdopen(3, "w")
    passed = failed = skipped = 0
    seconds = 0.0
    with open(path, encoding="utf-8", errors="replace") as log:
        entries = [json.loads(line) for line in log if line.strip()]
    for entry in entries:
        seconds += entry.get("duration") or 0
        name, result = entry["name"], entry["result"]
        if result in PASSED:
            passed += 1
        elif result == "SKIP":
            skipped += 1
            print(f"      SKIP {name}: {last_line(entry)}", file=people)
        else:
            failed += 1
            print(f"      {result} {name} (status {entry.get('returncode')})", file=people)
            lines = what_failed(entry)
            for line in lines:
                print(f"        | {line}", file=people)
            tell_again(f"{label}: FAIL {name}: {lines[0] if lines else 'without a word'}")
    if failed:
        print(f"      all of their output: {os.path.splitext(path)[0]}.txt", file=people)
    print(f"==> {label}: {passed} passed, {failed} failed, {skipped} skipped "
          f"({seconds:.1f} s of tests)", file=people)
    people.flush()
    print(passed, failed, skipped)


if __name__ == "__main__":
    main()
