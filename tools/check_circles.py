#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""
Files that call each other in a circle, so that none of them can be read first.

check_circles.py OBJECT...: one line for each circle among these objects.
"""
import os
import subprocess
import sys


def symbols(path):
    """Symbols that an object defines for others, and those that it wants from others."""
    defined, wanted = set(), set()
    for line in subprocess.run(["nm", "-g", path], check=True, stdout=subprocess.PIPE, text=True).stdout.split("\n"):
        words = line.split()
        if len(words) >= 2:
            (wanted if words[-2] == "U" else defined).add(words[-1])
    return defined, wanted


def calls(paths):
    """Which of the files each file calls."""
    tables = {os.path.basename(p).replace(".c.o", ""): symbols(p) for p in paths}
    home = {symbol: name for name, (defined, _) in tables.items() for symbol in defined}
    return {name: {home[s] for s in wanted if home.get(s, name) != name} for name, (_, wanted) in tables.items()}


def reach(graph, start):
    """All that can be come to from a file, itself only by way of others."""
    found, todo = set(), list(graph[start])
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += graph[name]
    return found


def main():
    graph = calls(sys.argv[1:])
    reached = {name: reach(graph, name) for name in graph}
    told = set()
    for name in sorted(graph):
        if name in reached[name] and name not in told:
            circle = sorted(n for n in reached[name] if name in reached[n])
            told |= set(circle)
            print("in a circle: " + ", ".join(circle))


if __name__ == "__main__":
    main()
