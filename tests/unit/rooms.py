#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""Names name the room: rooms.py TOP BUILD, of the objects of the driver, the libraries and the programs as built.

The word behind "sl_" of a function or table that others can name belongs to one folder alone; a header declares what
the source of its name defines; the burst functions call nothing but what is listed here; and tests have one generator
of random numbers and one maker of frames.
"""

import collections
import functools
import glob
import json
import os
import re
import sys
import unittest

TOP, BUILD = sys.argv.pop(1), sys.argv.pop(1)
sys.path.insert(0, os.path.join(TOP, "tools"))
from object_symbols import defined, load, wanted, writable  # noqa: E402

# Rooms of one subject, whose names share a word: register tables, models, and families behind the seam.
ONE_HOUSE = ("lib/hw", "lib/softnic", "pmd/hw")

# State of the process as a whole, which no object that main() or a port owns could hold, and why.
OF_THE_PROCESS = {
    ("apps/common/scratch.c", "scratch"): "the folder ends with the process, by atexit()",
    ("apps/common/stop.c", "came"): "a signal handler sets it",
    ("apps/peers/stock.c", "drivers"): "constructors fill it, before main()",
    ("apps/peers/trap.c", "bars"): "a signal handler reads it",
    ("apps/peers/trap.c", "before_segv"): "a signal handler reads it",
    ("apps/peers/trap.c", "before_trap"): "a signal handler reads it",
    ("apps/peers/trap.c", "pending"): "a signal handler and the one after it share it",
    ("apps/peers/twin.c", "twin_base"): "a function in the place of EAL's reads it, for drivers: it has no argument for it",
    ("apps/softnic/served.c", "served_here"): "a signal handler reads it",
    ("lib/ndis/ndis.c", "level"): "the IRQL is the thread's, as NDIS has it",
    ("pmd/bus/sl_pci.c", "pci_driver"): "the bus has it in its list",
    ("pmd/bus/sl_soft.c", "soft_driver"): "the bus has it in its list",
    ("pmd/eth/sl_log.c", "sl_pmd_logtype"): "a constructor of EAL's macro fills it",
    ("pmd/eth/sl_port.c", "looks_lock"): "it guards the end of ports, and outlives them",
}

# What a burst may call beside pmd/slow: of the mempool, the compiler and its sanitizers.
OUTSIDE = re.compile(r"mem(cpy|set|move)$|rte_mempool_|rte_pktmbuf_|rte_mbuf_|per_lcore_|__rte_panic$|__tls_get_addr$|"
                     r"_GLOBAL_OFFSET_TABLE_$|__(asan|ubsan|tsan|sanitizer|gcov)_|__stack_chk_fail$|__memcpy_chk$")


# A header is the face of the source of its name, and of those whose names begin with it: sl_igb.h of sl_igb_link.c.
# These are the face of more, and why.
FACES = {
    "apps/report/commands.h": "the commands of a table, one source each",
    "apps/testpmd/cmd/cmd.h": "the tables of commands, one source each",
    "apps/testpmd/engine.h": "the forwarding engines of a table, one source each",
    "lib/check/sl_check_priv.h": "what the sources of the checker share",
    "lib/shm/sl_dma.h": "its inline functions call the part of them that copies",
    "lib/shm/sl_shm.h": "all that drivers call of the library",
    "lib/shm/sl_shm_priv.h": "what the sources of the library share",
    "lib/softnic/core/sl_softnic.h": "all that programs call of a software NIC",
    "lib/softnic/core/softnic_engine.h": "what engines and models share",
    "lib/softnic/vfu/sl_vfu.h": "all that programs call of the server",
    "lib/wire/sl_wire.h": "all that programs call of a wire",
    "lib/wire/wire_priv.h": "what the wires share, and the table's functions that open them",
    "pmd/burst/sl_tx_ring.h": "its inline functions call the rare part of them",
    "pmd/burst/sl_unbounded.h": "the bursts compiled once more",
    "pmd/eth/sl_pmd.h": "all that programs call of the driver",
}


@functools.lru_cache(None)
def all_objects():
    """(source, object) of all that is built."""
    with open(os.path.join(BUILD, "compile_commands.json"), encoding="utf-8") as f:
        commands = json.load(f)
    found = []
    for command in commands:
        source = os.path.relpath(os.path.join(command["directory"], command["file"]), TOP)
        path = os.path.join(command["directory"], command["output"])
        if os.path.exists(path):
            found.append((source, path))
    load([path for _, path in found])
    return found


def objects():
    """Those of the driver, the libraries and the programs."""
    return [(source, path) for source, path in all_objects() if source.split("/")[0] in ("pmd", "lib", "apps")]


def declared(text):
    """(name, section) of each function and table that a header declares; section: the source that the last comment
    of the form "/* source.c" names, or ""."""
    section = ""
    text = text.replace('extern "C" {', "")
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", "", text, flags=re.M)
    text = re.sub(r"/\* (\w+\.c)\b.*?\*/", r"@\1;", text, flags=re.S)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    bodies = 1
    while bodies:
        text, bodies = re.subn(r"\{[^{}]*\}", "~;", text)
    for statement in text.split(";"):
        statement = " ".join(statement.split())
        if statement.startswith("@"):
            section = statement[1:]
            continue
        if statement.startswith("typedef ") or "~" in statement:
            continue
        function = re.match(r"(?:[\w*]+ )+\**(\w+)\(", statement)
        if function and not statement.startswith("_Static_assert"):
            yield function.group(1), section
        elif statement.startswith("extern "):
            for name in statement.split(","):
                yield re.search(r"(\w+) ?(?:\[.*)?$", name).group(1), section


def code(*but):
    """(name, text) of each C file that is for tests, but some."""
    for top in ("tests", "tools"):
        for folder, _, names in os.walk(os.path.join(TOP, top)):
            for name in (n for n in names if n.endswith((".c", ".h")) and n not in but):
                with open(os.path.join(folder, name), encoding="utf-8") as f:
                    yield os.path.relpath(os.path.join(folder, name), TOP), f.read()


class Rooms(unittest.TestCase):
    def test_a_word_names_one_room(self):
        word_of = collections.defaultdict(lambda: collections.defaultdict(set))
        for source, path in objects():
            room = os.path.dirname(source)
            room = next((house for house in ONE_HOUSE if room.startswith(house)), room)
            for symbol in defined(path):
                word = re.match(r"sl_([a-z0-9]+)", symbol)
                if word:
                    word_of[word.group(1)][room].add(symbol)
        self.assertGreater(len(word_of), 20, "few objects were found")
        for word, rooms in word_of.items():
            self.assertEqual(len(rooms), 1, f"sl_{word}* is of {len(rooms)} rooms: " +
                             "; ".join(f"{r}: {', '.join(sorted(s)[:4])}" for r, s in rooms.items()))

    def test_a_header_is_one_sources_face(self):
        homes = collections.defaultdict(set)
        for source, path in objects():
            for symbol in defined(path):
                homes[symbol].add(source)
        wrong, seen, listed, needed = [], 0, set(), set()
        for top in ("pmd", "lib", "apps"):
            for path in sorted(glob.glob(os.path.join(TOP, top, "**", "*.h"), recursive=True)):
                header = os.path.relpath(path, TOP)
                stem = header[:-len(".h")]
                with open(path, encoding="utf-8") as f:
                    names = list(declared(f.read()))
                for name, section in names:
                    # A program has functions of a name that others have, too.
                    sources = {s for s in homes[name] if os.path.dirname(s).startswith(os.path.dirname(header))}
                    seen += bool(sources)
                    mine = {s for s in sources if s == stem + ".c" or s.startswith(stem + "_")}
                    if sources and header in FACES:
                        listed.add(header)
                        needed |= set() if mine else {header}
                        mine = sources
                    if sources and not mine:
                        wrong.append(f"{header} declares {name} of {', '.join(sorted(sources))}")
                    elif section and sources and section not in map(os.path.basename, mine):
                        wrong.append(f"{header} has {name} under {section}; it is in {', '.join(sorted(mine))}")
        self.assertGreater(seen, 500, "few declarations were found")
        self.assertFalse(wrong, "\n".join(["a header is the face of the source of its name:", *wrong]))
        self.assertFalse(listed - needed, "these need no place in the list")
        self.assertFalse([h for h in FACES if not os.path.exists(os.path.join(TOP, h))], "these are gone")

    def test_what_nobody_else_uses_is_static(self):
        # Called by name from elsewhere: from headers' inline functions and macros, or from what is not built here.
        calls = collections.defaultdict(set)
        for path in glob.glob(os.path.join(TOP, "*", "**", "*.[ch]*"), recursive=True):
            if os.path.relpath(path, TOP).split("/")[0] in ("pmd", "lib", "apps", "tests"):
                with open(path, encoding="utf-8") as f:
                    text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
                for name in set(re.findall(r"\w+", text)):
                    # A header that declares it has it once.
                    if not path.endswith(".h") or len(re.findall(rf"\b{name}\b", text)) > 1:
                        calls[name].add(os.path.relpath(path, TOP))
        # Made by macros from names of paths; and EAL's, which a program here has in its place.
        made = re.compile(r"sl_[rt]x_\w+_(coherent|explicit|checked)|rte_pci_(un)?register$|main$|_|Ndis")
        used = set().union(*(wanted(path) for _, path in all_objects()))
        alone = [f"{source}: {name}" for source, path in objects() for name in defined(path) - used
                 if not made.match(name) and not calls[name] - {source}]
        self.assertFalse(alone, "nobody else calls them")

    def test_bursts_leave_by_the_doors_alone(self):
        slow = set()
        for source, path in objects():
            if source.startswith("pmd/slow/"):
                slow |= defined(path)
        self.assertIn("sl_stall_rx_check", slow)
        hot = glob.glob(os.path.join(BUILD, "pmd", "libsl_burst_*.p", "*_burst.c.o"))
        self.assertGreater(len(hot), 3, "few objects of bursts were found")
        for path in hot:
            for symbol in wanted(path):
                known = symbol in slow or OUTSIDE.match(symbol)
                self.assertTrue(known, f"{os.path.relpath(path, BUILD)} calls {symbol}: slow work is reached through "
                                "pmd/slow alone")

    def test_state_has_an_owner(self):
        found = {(source, name) for source, path in objects() for name in writable(path)}
        self.assertIn(("pmd/eth/sl_log.c", "sl_pmd_logtype"), found)
        self.assertFalse(found - set(OF_THE_PROCESS), "variables of a file: main(), a port or another object is to hold them")
        for source, name in OF_THE_PROCESS:
            with open(os.path.join(TOP, source), encoding="utf-8") as f:
                self.assertRegex(f.read(), rf"\b{name}\b", f"{source} needs no place in the list")

    def test_no_family_above_the_seam(self):
        family = {os.path.basename(path) for folder in ("lib/hw/*/", "pmd/hw/*/")
                  for path in glob.glob(os.path.join(TOP, folder, "*.[hd]*"))}
        self.assertIn("sl_fields.h", family)
        for room in ("pmd/eth", "pmd/burst", "pmd/slow", "pmd/bus"):
            for path in sorted(glob.glob(os.path.join(TOP, room, "*.[ch]"))):
                with open(path, encoding="utf-8") as f:
                    included = {os.path.basename(name) for name in re.findall(r'#include "([^"]+)"', f.read())}
                self.assertFalse(included & family, f"{os.path.relpath(path, TOP)} includes them: what a family knows "
                                 "is reached through sl_hw.h alone")

    def test_no_register_above_the_seam(self):
        # Comments count too: another family does the same with another register.
        names = set()
        for path in glob.glob(os.path.join(TOP, "lib/hw/*/*.def")):
            with open(path, encoding="utf-8") as f:
                names |= set(re.findall(r"\bSL_REG\((\w+)", f.read()))
        self.assertTrue({"TDH", "SRRCTL", "MAXFRS"} < names)
        for room in ("pmd/eth", "pmd/burst", "pmd/slow", "pmd/bus"):
            for path in sorted(glob.glob(os.path.join(TOP, room, "*.[ch]"))):
                with open(path, encoding="utf-8") as f:
                    # RFC is also the name of a register.
                    found = set(re.findall(r"\b[A-Z][A-Z0-9_]{2,}\b", re.sub(r"\bRFC \d+", "", f.read())))
                self.assertFalse(found & names, f"{os.path.relpath(path, TOP)} names registers of a family")

    def test_the_seam_looks_up_at_nothing(self):
        above = {os.path.basename(path) for room in ("pmd/eth", "pmd/burst", "pmd/slow", "pmd/bus")
                 for path in glob.glob(os.path.join(TOP, room, "*.h"))}
        # A family gets a port, waits in the call that it serves, logs, and adds to the port's counters.
        of_families = {"sl_port.h", "sl_call.h", "sl_log.h", "sl_stats.h"}
        self.assertLess(of_families, above)
        for path in glob.glob(os.path.join(TOP, "pmd/hw/**/*.[cdh]*"), recursive=True):
            with open(path, encoding="utf-8") as f:
                included = {os.path.basename(name) for name in re.findall(r'#include "([^"]+)"', f.read())}
            allowed = set() if os.path.dirname(path).endswith("pmd/hw") else of_families
            self.assertFalse(included & above - allowed, f"{os.path.relpath(path, TOP)} includes them")

    def test_one_generator(self):
        # tests/common/rng.h: it prints its seed and takes it from SL_SEED, so that a failure can be run again.
        other = re.compile(r"\b(s?rand|s?random|rte_s?rand|[dlm]rand48|getrandom)\(|"
                           r"(?i:0xbf58476d1ce4e5b9|6364136223846793005)")
        for name, text in code("rng.h"):
            self.assertIsNone(other.search(text), f"{name} has random numbers of its own")

    def test_one_look_at_what_is_held(self):
        # tests/common/holds.h: open files and threads.
        for name, text in code("holds.h"):
            self.assertNotIn('opendir("/proc/self', text, f"{name} counts files or threads by itself")

    def test_one_maker_of_frames(self):
        # tests/common/frame.c, whose own test asks DPDK.
        maker = re.compile(r"struct (?:rte_ipv[46]_hdr|iphdr|ip6_hdr)(?:\)| \w+ =) ?\{|\bstatic \w+\s+put16\(|"
                           r"_udptcp_cksum\(|\bplain_sum\(")
        for name, text in code("frame.c", "test_frame.c"):
            self.assertIsNone(maker.search(text), f"{name} makes frames of its own")


if __name__ == "__main__":
    unittest.main(verbosity=2)
