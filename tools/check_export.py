#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""Read what "sl-perf export" wrote, as its readers would.

usage: check_export.py csv|openmetrics|influx FILE SAMPLES
SAMPLES: values that there must be at least. Exit status 1 with the reason when something is
wrong, 77 without a parser for OpenMetrics (python3-prometheus-client).
"""
import csv
import io
import re
import sys

# Line protocol: a name, tags, fields, a time in ns. A backslash takes the meaning from what follows.
WORD = r"(?:\\[,= \\]|[^,= \\\n])+"
NUMBER = r"[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"
INFLUX = re.compile(rf"{WORD}((?:,{WORD}={WORD})+) ((?:{WORD}={NUMBER})(?:,{WORD}={NUMBER})*) ([0-9]{{19}})")


def read_csv(text):
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert text.endswith("\r\n") and text.count("\r\n") >= len(rows), "lines do not end with CR LF (RFC 4180)"
    assert len({len(row) for row in rows}) == 1, "rows differ in their number of fields"
    for row in rows[1:]:
        float(row[-1])
        # What a spreadsheet would calculate.
        assert not any(field[:1] in tuple("=+-@") for field in row[:-1]), f"a formula: {row}"
    return len(rows) - 1


def read_openmetrics(text):
    try:
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
    except ImportError:
        print("python3-prometheus-client is not installed")
        sys.exit(77)
    n = 0
    for family in text_string_to_metric_families(text):
        assert family.type == "gauge" and family.documentation, family.name
        n += len(family.samples)
    return n


def read_influx(text):
    seen, n = set(), 0
    assert text.endswith("\n"), "the last line has no end"
    for line in text[:-1].split("\n"):
        match = INFLUX.fullmatch(line)
        assert match, f"not of the line protocol: {line}"
        # Points of the same tags and time overwrite each other.
        assert (match.group(1), match.group(3)) not in seen, f"twice: {line}"
        seen.add((match.group(1), match.group(3)))
        n += match.group(2).count("=")
    return n


def main():
    form, name, least = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with open(name, encoding="utf-8", newline="") as file:
        text = file.read()
    try:
        n = {"csv": read_csv, "openmetrics": read_openmetrics, "influx": read_influx}[form](text)
        assert n >= least, f"{n} values, expected {least}"
    except (AssertionError, ValueError, csv.Error) as error:
        print(f"{name}: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
