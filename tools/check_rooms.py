#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""Rooms of programs: check_rooms.py FILE... reads all C files, headers and meson.build files that are given, relative
to the top folder, and prints what in apps/ reaches where it may not: into another program's folder, or to a private
header of the driver or of a library."""

import os
import re
import sys

# What the programs share.
SHARED = ("apps/common", "apps/report")
# What the driver offers to programs; all other headers of pmd/ are its own.
DRIVER = {"pmd/eth/sl_pmd.h", "pmd/burst/sl_unbounded.h"}
# Headers with DPDK's names, for proofs.
STAND_INS = "tests/proof/include/"


def program_of(path):
    """"apps/perf" of "apps/perf/run.c"; None of what is no program's."""
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] == "apps" and len(parts) > 2 else None


def is_open(path, program):
    """May the program include this header?"""
    room, name = program_of(path), os.path.basename(path)
    if room is not None:
        return room == program or room in SHARED
    if path.startswith("lib/"):
        return re.fullmatch(r"(sl_\w+|ndis)\.h", name) is not None and not name.endswith("_priv.h")
    return path in DRIVER


def check_includes(path, text, headers):
    """Each name that is included is somebody's header: one of those of that name must be open."""
    program = program_of(path)
    for number, line in enumerate(text.splitlines(), 1):
        found = re.match(r'\s*#\s*include\s*["<]([^">]+)[">]', line)
        if found is None:
            continue
        name = found.group(1)
        if "/" in name:
            beside = os.path.normpath(os.path.join(os.path.dirname(path), name))
            candidates = [h for h in headers.get(os.path.basename(name), []) if h == beside or h.endswith("/" + name)]
        else:
            candidates = headers.get(name, [])
        if candidates and not any(is_open(h, program) for h in candidates):
            print(f"{path}:{number}: includes {' or '.join(candidates)}, which is not for {program}")


def check_build(path, text):
    """A program is built from its own folder."""
    program = program_of(path)
    for number, line in enumerate(text.splitlines(), 1):
        for name in re.findall(r"'(\.\.?/[^']*)'", line.split("#")[0]):
            place = os.path.normpath(os.path.join(os.path.dirname(path), name))
            if not place.startswith((program, "tools/") + SHARED):
                print(f"{path}:{number}: takes {place}, which is not of {program}")


def main():
    headers = {}
    for path in sys.argv[1:]:
        if path.endswith(".h") and not path.startswith(STAND_INS):
            headers.setdefault(os.path.basename(path), []).append(path)
    for path in sys.argv[1:]:
        if program_of(path) is None:
            continue
        with open(path, encoding="utf-8") as f:
            text = f.read()
        if path.endswith(".build"):
            check_build(path, text)
        else:
            check_includes(path, text, headers)


if __name__ == "__main__":
    main()
