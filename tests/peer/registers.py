#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""
registers.py [--top DIR] --family igb|ixgbe HEADER

Compare the register rows of every device of a family, which are in lib/hw, with the register
header of another driver: drivers/net/e1000/base/e1000_regs.h of DPDK's source for igb,
drivers/net/ixgbe/base/ixgbe_type.h for ixgbe (tools/fetch-source.sh dpdk OUTDIR). Each element of
each row must lie where the header has it; where a comment of the header says that a read clears,
the row must say so. Prints one line for each device; exit status 1 when a row differs, is not in
the header, or stands in a list below for nothing.
"""
import argparse
import os
import re
import sys



class Family:
    """What the script must know of one family and its header."""

    def __init__(self, prefix, devices, names, *, aliases=None, absent=None, may_lack=()):
        self.prefix = prefix
        # Each device: the files that make its rows, the base first.
        self.devices = devices
        # Our name -> the header's, where they differ; "{i}" is the element.
        self.names = names
        # Aliases: the header's name of the second place, where it has one of its own.
        self.aliases = aliases or {}
        # Rows that the header lacks, with the reason, or that some releases of it lack.
        self.absent, self.may_lack = absent or {}, set(may_lack)


IGB = Family("E1000_", {
    "82576": ["82576"],
    "82580": ["82576", "82580"],
    "I350": ["82576", "82580", "i350"],
    "I354": ["82576", "82580", "i350", "i354"],
    "I210": ["82576", "82580", "i350", "i210"],
    "I211": ["82576", "82580", "i350", "i210", "i211"],
}, {
    "FCRTL0": "FCRTL", "FCRTH0": "FCRTH", "IVAR": "IVAR0+4*{i}", "MTA": "MTA+4*{i}",
    "VFTA": "VFTA+4*{i}", "UTA": "UTA+4*{i}", "RAL2": "RAL(16+{i})", "RAH2": "RAH(16+{i})",
    "RAL3": "RAL(24+{i})", "RAH3": "RAH(24+{i})", "SYNQF": "SYNQF(0)", "RXDMTC": "ICRXDMTC",
    "VMBMEM": "VMBMEM({i}//16)+4*({i}%16)", "INVM": "INVM_DATA_REG({i})", "EEARBC": "EEARBC_I210",
    "TQAVCTRL": "I210_TQAVCTRL", "TQAVARBCTRL": "I210_TQAVARBCTRL", "TQAVCC": "I210_TQAVCC({i})",
    "TQAVHC": "I210_TQAVHC({i})", "LAUNCH_OS0": "I210_LAUNCH_OS0", "DTXMXPKTSZ": "I350_DTXMXPKTSZ",
    "FLSWCTL": "I210_FLSWCTL", "FLSWDATA": "I210_FLSWDATA", "FLSWCNT": "I210_FLSWCNT",
}, aliases={
    "ICR": "ICR_V2", "ICS": "ICS_V2", "IMS": "IMS_V2", "IMC": "IMC_V2", "IAM": "IAM_V2",
    "EECD": "EEC_REG", "EERD": "EERD_V2",
}, absent={
    "PHPM": "stands in e1000_phy.h",
    # Linux's igb has these, at our offsets.
    **dict.fromkeys(("TRGTTIML", "TRGTTIMH", "FREQOUT", "AUXSTMPL", "AUXSTMPH", "TSSDP", "SYSTIMTM", "RR2DCDELAY"),
                    "DPDK's driver has no use for it"),
}, may_lack={"IAM", "ICR", "ICS", "IMS", "IMC", "EERD", "TQAVCC", "TQAVHC", "TQAVCTRL", "TQAVARBCTRL", "LAUNCH_OS0",
             "DTXMXPKTSZ", "PQGPTC", "EEC_REG"})

IXGBE = Family("IXGBE_", {
    "82599": ["82599"],
    "X540": ["82599", "x540"],
    "X550": ["82599", "x540", "x550"],
}, {
    "DCA_TXCTRL": "DCA_TXCTRL_82599({i})", "FCRTL": "FCRTL_82599({i})", "FCRTH": "FCRTH_82599({i})",
    "GSCL": "GSCL_1+4*{i}", "GSCN": "GSCN_0+4*{i}", "GSCL_5": "GSCL_5_82599+4*{i}",
    "GSCL_X550": "GSCL_1_X550+4*{i}", "GSCN_X550": "GSCN_0_X550+4*{i}", "L34TIMIR": "L34T_IMIR({i})",
    "RSCINT": "PVTRSCINT({i})",
    "FDIRSIPV6": "FDIRSIPv6({i})", "IP4AT": "IP4AT+8*{i}", "IP6AT": "IP6AT+4*{i}", "WUPM": "WUPM+4*{i}",
    "FLEX_MNG": "FLEX_MNG+4*{i}", "PFMBMEM": "PFMBMEM({i}//16)+4*({i}%16)",
    "MPSAR": "MPSAR_LO({i}//2)+4*({i}%2)", "VFLRE1": "VFLRE(1)", "FHFT": "FHFT({i}//64)+4*({i}%64)",
    "FHFT_EXT": "FHFT_EXT({i}//64)+4*({i}%64)",
})

FAMILIES = {"igb": IGB, "ixgbe": IXGBE}
ROW = re.compile(r"^(SL_\w+)\((\w+)(?:, (0x[0-9A-Fa-f]+), (0x[0-9A-Fa-f]+|\d+), (\d+)(?:, (\d+), (0x[0-9A-Fa-f]+))?"
                 r"(?:, (\w+))?)?")


def read_rows(top, family, device):
    """Rows of a device, each with the places of its elements and its access; and its aliases."""
    rows, aliases = {}, []
    for part in FAMILIES[family].devices[device]:
        with open(os.path.join(top, "lib/hw", family, part + ".def"), encoding="ascii") as f:
            found = [m for m in map(ROW.match, f) if m is not None]
        for m in found:
            kind, name = m.group(1), m.group(2)
            if kind == "SL_GONE":
                del rows[name]
                continue
            off, stride, count = int(m.group(3), 16), int(m.group(4), 0), int(m.group(5))
            places = [off + i * stride for i in range(count)]
            if kind == "SL_SPLIT":
                first, then = int(m.group(6)), int(m.group(7), 16)
                places[first:] = [then + i * stride for i in range(count - first)]
            if kind == "SL_ALIAS":
                aliases.append((name, places))
            else:
                rows[name] = (places, m.group(8))
    return rows, aliases


class Header:
    """The macros of a register header, evaluated."""

    def __init__(self, prefix, path):
        self.prefix, self.macros, self.comments = prefix, {}, {}
        with open(path, encoding="utf-8", errors="replace") as f:
            text = f.read().replace("\\\n", " ")
        for line in text.splitlines():
            m = re.match(r"#define\s+%s(\w+)(?:\((\w+)\))?\s+(.*)" % prefix, line)
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
        body = re.sub(r"\b%s(\w+)(?:\((\([0-9]+\))\))?" % self.prefix, lambda m: str(self.call(
            m.group(1), int(m.group(2)[1:-1]) if m.group(2) else None)), body)
        return evaluate(body)

    def at(self, text):
        """An offset as NAMES has it: NAME, NAME(n) or either + n."""
        m = re.match(r"^(\w+)(?:\(([^)]*(?:\([^)]*\))?[^)]*)\))?(.*)$", text)
        base = self.call(m.group(1), evaluate(m.group(2)) if m.group(2) else None)
        return None if base is None else base + (evaluate("0" + m.group(3)) if m.group(3) else 0)


def evaluate(text):
    """An expression of numbers as C has it, or None: the innermost brackets first."""
    while True:
        inner = re.search(r"\(([^()]*)\)", text)
        if inner is None:
            return evaluate_flat(text)
        value = evaluate_flat(inner.group(1))
        if value is None:
            return None
        text = text[:inner.start()] + str(value) + text[inner.end():]


def evaluate_flat(text):
    """An expression without brackets."""
    if "?" in text:
        condition, choices = text.split("?", 1)
        one, other = choices.split(":", 1)
        return evaluate_flat(one if evaluate_flat(condition) else other)
    if not re.fullmatch(r"[0-9A-Fa-fxX+*/%<>=&\s-]+", text):
        return None
    return int(eval(text.strip()))  # pylint: disable=eval-used  # numbers and operators alone: checked above


def wanted_at(family, header, device, name, i):
    """Where the header has an element of a row: it has the device's name behind what moved there."""
    if name in family.names:
        return header.at(family.names[name].format(i=i))
    for own in (header.call(f"{name}_{device}", i), header.call(f"{name}_{device}") if i == 0 else None):
        if own is not None:
            return own
    found = header.call(name, i)
    return header.call(name) if found is None and i == 0 else found


def compare_aliases(family, header, aliases):
    """What is wrong with second places that have a name in the header."""
    for name, places in aliases:
        other = family.aliases.get(name)
        want = header.call(other) if other else None
        if want is None:
            if other and not {name, other} & family.may_lack:
                yield f"{name}: the header has no {other}"
        elif want != places[0]:
            yield f"{name} is at {places[0]:#x} too; the header has {want:#x}"


def compare_row(family, header, device, name, places):
    """places: of each element of a row the offsets where it is."""
    for i, have in enumerate(places):
        want = wanted_at(family, header, device, name, i)
        if want is None and name in family.may_lack:
            return
        if want is None:
            yield f"{name}[{i}] is not in the header"
        elif want not in have:
            yield f"{name}[{i}] is at {', '.join(f'{p:#x}' for p in have)}; the header has it at {want:#x}"


def compare(family, header, device, rows, aliases, used):
    """Print the verdict on a device."""
    bad, elements = list(compare_aliases(family, header, aliases)), 0
    for name, (row, access) in rows.items():
        if name in family.absent:
            used.add(name)
            continue
        seconds = [a for n, a in aliases if n == name]
        places = [[off, *(a[i] for a in seconds if i < len(a))] for i, off in enumerate(row)]
        bad += compare_row(family, header, device, name, places)
        elements += len(row)
        comment = header.comments.get(family.names.get(name, name), "")
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
    parser.add_argument("--family", choices=FAMILIES, required=True)
    parser.add_argument("header")
    args = parser.parse_args()
    family = FAMILIES[args.family]
    header = Header(family.prefix, args.header)
    used, good = set(), True
    for device in family.devices:
        good = compare(family, header, device, *read_rows(args.top, args.family, device), used) and good
    for name in sorted(set(family.absent) - used):
        print(f"FAIL registers: {name} stands in the list of absent rows for nothing")
        good = False
    print("END")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
