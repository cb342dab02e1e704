#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""testlog.py LABEL LOG: read a Meson test log (one JSON object a line).

Failed tests with their output, and skipped ones with their reason, go to file
descriptor 3 for people; "PASSED FAILED SKIPPED" goes to standard output.
"""

import json
import os
import sys

PASSED = ("OK", "EXPECTEDFAIL")


def last_line(entry):
    """What a test that skips says last is its reason."""
    text = ((entry.get("stdout") or "") + (entry.get("stderr") or "")).strip()
    return text.splitlines()[-1] if text else "gives no reason"


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
            for stream in ("stdout", "stderr"):
                text = entry.get(stream) or ""
                for line in text.splitlines()[-200:]:
                    print(f"        | {line}", file=people)
    print(f"==> {label}: {passed} passed, {failed} failed, {skipped} skipped "
          f"({seconds:.1f} s of tests)", file=people)
    people.flush()
    print(passed, failed, skipped)


if __name__ == "__main__":
    main()
