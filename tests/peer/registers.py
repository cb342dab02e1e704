#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""
registers.py [--top DIR] E1000_REGS_H

Compare the register rows of every device in lib/hw/igb with the register header of another
driver, for example drivers/net/e1000/base/e1000_regs.h of DPDK's source
(tools/fetch-source.sh dpdk OUTDIR). Each element of each row must lie where the header has it;
where a comment of the header says that a read clears, the row must say so. Prints one line for
each device; exit status 1 when a row differs, is not in the header, or stands in a list below
for nothing.
"""
import argparse
import os
import re
import sys

# Each device: the files that make its rows, the base first.
DEVICES = {
    "82576": ["82576"],
    "82580": ["82576", "82580"],
    "I350": ["82576", "82580", "i350"],
    "I354": ["82576", "82580", "i350", "i354"],
    "I210": ["82576", "82580", "i350", "i210"],
    "I211": ["82576", "82580", "i350", "i210", "i211"],
}

# Our name -> the header's, where they differ; "{i}" is the element.
NAMES = {
    "FCRTL0": "FCRTL", "FCRTH0": "FCRTH", "IVAR": "IVAR0+4*{i}", "MTA": "MTA+4*{i}",
    "VFTA": "VFTA+4*{i}", "UTA": "UTA+4*{i}", "RAL2": "RAL(16+{i})", "RAH2": "RAH(16+{i})",
    "RAL3": "RAL(24+{i})", "RAH3": "RAH(24+{i})", "SYNQF": "SYNQF(0)", "RXDMTC": "ICRXDMTC",
    "VMBMEM": "VMBMEM({i}//16)+4*({i}%16)", "INVM": "INVM_DATA_REG({i})", "EEARBC": "EEARBC_I210",
    "TQAVCTRL": "I210_TQAVCTRL", "TQAVARBCTRL": "I210_TQAVARBCTRL", "TQAVCC": "I210_TQAVCC({i})",
    "TQAVHC": "I210_TQAVHC({i})", "LAUNCH_OS0": "I210_LAUNCH_OS0", "DTXMXPKTSZ": "I350_DTXMXPKTSZ",
    "FLSWCTL": "I210_FLSWCTL", "FLSWDATA": "I210_FLSWDATA", "FLSWCNT": "I210_FLSWCNT",
}

# Aliases: the header's name of the second place, where it has one of its own.
ALIASES = {
    "ICR": "ICR_V2", "ICS": "ICS_V2", "IMS": "IMS_V2", "IMC": "IMC_V2", "IAM": "IAM_V2",
    "EECD": "EEC_REG", "EERD": "EERD_V2",
}

# Rows that the header lacks, or that some releases of it lack.
ABSENT = {"PHPM": "stands in e1000_phy.h"}
# Linux's igb has these, at our offsets.
ABSENT.update(dict.fromkeys(("TRGTTIML", "TRGTTIMH", "FREQOUT", "AUXSTMPL", "AUXSTMPH", "TSSDP", "SYSTIMTM",
                             "RR2DCDELAY"),
                            "DPDK's driver has no use for it"))
MAY_LACK = {"IAM", "ICR", "ICS", "IMS", "IMC", "EERD"} | {"TQAVCC", "TQAVHC", "TQAVCTRL", "TQAVARBCTRL",
    "LAUNCH_OS0", "DTXMXPKTSZ", "PQGPTC", "EEC_REG"}


def read_rows(top, device):
    rows, aliases = {}, []
    line = re.compile(r"^(SL_\w+)\((\w+)(?:, (0x[0-9A-Fa-f]+), (0x[0-9A-Fa-f]+|\d+), (\d+)(?:, (\w+))?)?")
    for part in DEVICES[device]:
        with open(os.path.join(top, "lib/hw/igb", part + ".def"), encoding="ascii") as f:
            for text in f:
                m = line.match(text)
                if m is None:
                    continue
                kind, name = m.group(1), m.group(2)
                if kind == "SL_GONE":
                    del rows[name]
                    continue
                at = (int(m.group(3), 16), int(m.group(4), 0), int(m.group(5)))
                if kind == "SL_ALIAS":
                    aliases.append((name,) + at)
                else:
                    rows[name] = at + (m.group(6),)
    return rows, aliases


class Header:
    """The macros of a register header, evaluated."""

    def __init__(self, path):
        self.macros, self.comments = {}, {}
        with open(path, encoding="utf-8", errors="replace") as f:
            text = f.read().replace("\\\n", " ")
        for line in text.splitlines():
            m = re.match(r"#define\s+E1000_(\w+)(?:\((\w+)\))?\s+(.*)", line)
            if m is None:
                continue
            body = m.group(3)
            comment = re.search(r"/\*(.*?)(\*/|$)", body)
            body = re.sub(r"/\*.*", "", body).strip()
            self.macros[m.group(1)] = (m.group(2), body)
            self.comments[m.group(1)] = comment.group(1) if comment else ""

    def call(self, name, arg=None):
        """The value of a macro, or None."""
        if name not in self.macros:
            return None
        param, body = self.macros[name]
        if (param is None) != (arg is None):
            return None
        if param is not None:
            body = re.sub(r"\b%s\b" % param, "(%d)" % arg, body)
        body = re.sub(r"\bE1000_(\w+)(?:\((\([0-9]+\))\))?", lambda m: str(self.call(
            m.group(1), int(m.group(2)[1:-1]) if m.group(2) else None)), body)
        choice = re.match(r"^\(*(.*?)\?(.*?):(.*?)\)*$", body)
        if choice:
            one, other = choice.group(2), choice.group(3)
            cond = choice.group(1)
            cond = cond + ")" * (cond.count("(") - cond.count(")"))
            body = one if evaluate(cond) else other
        return evaluate(body)

    def at(self, text):
        """An offset as NAMES has it: NAME, NAME(n) or either + n."""
        m = re.match(r"^(\w+)(?:\(([^)]*(?:\([^)]*\))?[^)]*)\))?(.*)$", text)
        base = self.call(m.group(1), evaluate(m.group(2)) if m.group(2) else None)
        return None if base is None else base + (evaluate("0" + m.group(3)) if m.group(3) else 0)


def evaluate(text):
    """An expression of numbers; unbalanced brackets of a cut macro do not count."""
    text = text.strip()
    while text.count("(") > text.count(")"):
        text = text.replace("(", "", 1) if text.startswith("(") else text + ")"
    while text.count(")") > text.count("("):
        text = text[::-1].replace(")", "", 1)[::-1]
    if not re.fullmatch(r"[0-9A-Fa-fxX+*/%()<>=\s-]+", text):
        return None
    return eval(text)  # pylint: disable=eval-used  # numbers and operators alone: checked above


def wanted_at(header, name, i):
    if name in NAMES:
        return header.at(NAMES[name].format(i=i))
    found = header.call(name, i)
    return header.call(name) if found is None and i == 0 else found


def compare(header, device, rows, aliases, used):
    bad, elements = [], 0
    places = {}
    for name, (off, stride, count, _access) in rows.items():
        for i in range(count):
            places.setdefault((name, i), set()).add(off + i * stride)
    for name, off, stride, count in aliases:
        for i in range(min(count, rows[name][2]) if name in rows else 0):
            places[(name, i)].add(off + i * stride)
            if name in ALIASES:
                want = header.call(ALIASES[name])
                if want is None and name not in MAY_LACK and ALIASES[name] not in MAY_LACK:
                    bad.append(f"{name}: the header has no {ALIASES[name]}")
                elif want is not None and want != off:
                    bad.append(f"{name} is at {off:#x} too; the header has {want:#x}")
    for name, (off, _stride, count, access) in rows.items():
        if name in ABSENT:
            used.add(name)
            continue
        for i in range(count):
            want = wanted_at(header, name, i)
            if want is None and name in MAY_LACK:
                break
            elements += 1
            if want is None:
                bad.append(f"{name}[{i}] is not in the header")
            elif want not in places[(name, i)]:
                have = ", ".join(f"{p:#x}" for p in sorted(places[(name, i)]))
                bad.append(f"{name}[{i}] is at {have}; the header has it at {want:#x}")
        comment = header.comments.get(NAMES.get(name, name), "")
        clears = re.search(r"R/clr|RWC|RC\b|R/Clr", comment) is not None
        if clears and access not in ("RC", "RCW1C", "W1C"):
            bad.append(f"{name} is {access}; the header says '{comment.strip()}'")
    for line in bad:
        print(f"FAIL registers {device}: {line}")
    if not bad:
        print(f"PASS registers {device}: {len(rows)} rows, {elements} elements are where the header has them")
    return not bad


def main():
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[2])
    parser.add_argument("--top", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
    parser.add_argument("header")
    args = parser.parse_args()
    header = Header(args.header)
    used, good = set(), True
    for device in DEVICES:
        good = compare(header, device, *read_rows(args.top, device), used) and good
    for name in sorted(set(ABSENT) - used):
        print(f"FAIL registers: {name} stands in ABSENT for nothing")
        good = False
    print("END")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
