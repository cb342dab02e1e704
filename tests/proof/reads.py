#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""reads.py FILE.i AST.json

Writes preprocessed C to standard output in which each read of volatile memory
(as clang's syntax tree names them) goes by way of world_read(): the prover
then has it give anything at all where a device may write, a new value each time.
"""

import json
import sys

# By type: what gives any value of it.
ANY = {
    "uint32_t": "nondet_u32()",
    "uint64_t": "nondet_u64()",
    "sl_lane": "(sl_lane){nondet_u64(), nondet_u64()}",
}


def volatile_reads(node, found):
    if isinstance(node, dict):
        if node.get("kind") == "ImplicitCastExpr" and node.get("castKind") == "LValueToRValue":
            words = node["inner"][0]["type"]["qualType"].split()
            if "volatile" in words and not any("*" in w for w in words):
                where = node["range"]
                found[where["begin"]["offset"]] = (
                    where["end"]["offset"] + where["end"]["tokLen"],
                    words[-1],
                )
        for child in node.get("inner", ()):
            volatile_reads(child, found)


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        source = f.read()
    with open(sys.argv[2], encoding="utf-8") as f:
        tree = json.load(f)
    found = {}
    volatile_reads(tree, found)
    at = 0
    for begin in sorted(found):
        end, kind = found[begin]
        if begin < at:
            sys.exit(f"reads.py: one read within another: {source[begin:end]}")
        if kind not in ANY:
            sys.exit(f"reads.py: no values of type {kind}: {source[begin:end]}")
        read = source[begin:end]
        sys.stdout.write(source[at:begin])
        sys.stdout.write(f"(world_read((const volatile void *)&({read}), sizeof({read})) ? {ANY[kind]} : ({read}))")
        at = end
    sys.stdout.write(source[at:])
    print(f"reads.py: {len(found)} reads of volatile memory", file=sys.stderr)


main()
