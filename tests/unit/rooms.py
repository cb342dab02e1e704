#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""Names name the room: rooms.py TOP BUILD, of the objects of the driver and the libraries as they are built.

The word behind "sl_" of a function or table that others can name belongs to one folder alone.
"""

import collections
import glob
import os
import re
import subprocess
import sys
import unittest

TOP, BUILD = sys.argv.pop(1), sys.argv.pop(1)
# Rooms of one subject, whose names share a word: register tables, models, and families behind the seam.
ONE_HOUSE = ("lib/hw", "lib/softnic", "pmd/hw")


def sources():
    """Each source's name in objects, to its folder: Meson joins the path with '_'."""
    for top in ("pmd", "lib"):
        for folder, _, names in os.walk(os.path.join(TOP, top)):
            for name in names:
                if name.endswith(".c"):
                    yield os.path.relpath(folder, TOP), name


def objects():
    """(room, object) of all that is built of driver and libraries."""
    rooms = {}
    for room, name in sources():
        rooms.setdefault(name, []).append(room)
    for path in glob.glob(os.path.join(BUILD, "pmd", "**", "*.o"), recursive=True) + \
            glob.glob(os.path.join(BUILD, "lib", "**", "*.o"), recursive=True):
        base = os.path.basename(path)[:-len(".o")]
        for name, of in rooms.items():
            if base == name or base.endswith("_" + name):
                # Of two sources of a name, that whose folder the object is named by.
                best = [r for r in of if base == "_".join([*r.split("/")[1:], name]) or len(of) == 1 or
                        r.split("/")[-1] in base.split("_")]
                if best:
                    yield best[0], path


def symbols(path, *options):
    out = subprocess.run(["nm", *options, path], check=True, stdout=subprocess.PIPE, text=True).stdout
    return {line.split()[-1] for line in out.splitlines() if line.strip()}


class Rooms(unittest.TestCase):
    def test_a_word_names_one_room(self):
        word_of = collections.defaultdict(lambda: collections.defaultdict(set))
        for room, path in objects():
            room = next((house for house in ONE_HOUSE if room.startswith(house)), room)
            for symbol in symbols(path, "--defined-only", "--extern-only"):
                word = re.match(r"sl_([a-z0-9]+)", symbol)
                if word:
                    word_of[word.group(1)][room].add(symbol)
        self.assertGreater(len(word_of), 20, "few objects were found")
        for word, rooms in word_of.items():
            self.assertEqual(len(rooms), 1, f"sl_{word}* is of {len(rooms)} rooms: " +
                             "; ".join(f"{r}: {', '.join(sorted(s)[:4])}" for r, s in rooms.items()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
