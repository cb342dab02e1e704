#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""
Files that call each other in a circle, so that none of them can be read first.

check_circles.py OBJECT...: one line for each circle among these objects.
"""
import os
import sys

from object_symbols import defined, wanted


def calls(paths):
    """Which of the files each file calls."""
    objects = {os.path.basename(p).replace(".c.o", ""): p for p in paths}
    home = {symbol: name for name, path in objects.items() for symbol in defined(path)}
    return {name: {home[s] for s in wanted(path) if home.get(s, name) != name} for name, path in objects.items()}


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
