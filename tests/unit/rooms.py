#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""Names name the room: rooms.py TOP BUILD, of the objects of the driver and the libraries as they are built.

The word behind "sl_" of a function or table that others can name belongs to one folder alone; and the burst functions
call nothing but what is listed here.
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

# What a burst may call beside pmd/slow: what transmit frees one by one, in the bursts' own room, and whether a
# mempool has its data apart.
BURST_CALLS = {"sl_tx_free_each", "sl_tx_reclaim_for", "sl_tx_done_bad_head", "sl_data_pool_of"}
# Of the mempool, the compiler and its sanitizers.
OUTSIDE = re.compile(r"mem(cpy|set|move)$|rte_mempool_|rte_pktmbuf_|rte_mbuf_|per_lcore_|__rte_panic$|__tls_get_addr$|"
                     r"_GLOBAL_OFFSET_TABLE_$|__(asan|ubsan|tsan|sanitizer|gcov)_|__stack_chk_fail$|__memcpy_chk$")


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

    def test_bursts_leave_by_the_doors_alone(self):
        slow = set()
        for room, path in objects():
            if room == "pmd/slow":
                slow |= symbols(path, "--defined-only", "--extern-only")
        self.assertIn("sl_stall_rx_check", slow)
        hot = glob.glob(os.path.join(BUILD, "pmd", "libsl_burst_*.p", "*_burst.c.o"))
        self.assertGreater(len(hot), 3, "few objects of bursts were found")
        for path in hot:
            for symbol in symbols(path, "--undefined-only"):
                known = symbol in slow or symbol in BURST_CALLS or OUTSIDE.match(symbol)
                self.assertTrue(known, f"{os.path.relpath(path, BUILD)} calls {symbol}: slow work is reached through "
                                "pmd/slow alone")

    def test_no_family_above_the_seam(self):
        family = {name for folder in ("lib/hw/igb", "lib/hw/ixgbe", "pmd/hw/igb")
                  for name in os.listdir(os.path.join(TOP, folder)) if name.endswith((".h", ".def"))}
        self.assertIn("sl_fields.h", family)
        # The kernel's table of PCI ids is made of the families' lists.
        allowed = {("pmd/bus/sl_pci.c", "devices.def")}
        for room in ("pmd/eth", "pmd/burst", "pmd/slow", "pmd/bus"):
            for path in sorted(glob.glob(os.path.join(TOP, room, "*.[ch]"))):
                with open(path, encoding="utf-8") as f:
                    included = set(re.findall(r'#include "([^"]+)"', f.read()))
                name = os.path.relpath(path, TOP)
                for header in included & family:
                    self.assertIn((name, header), allowed, "what a family knows is reached through sl_hw.h alone")


if __name__ == "__main__":
    unittest.main(verbosity=2)
