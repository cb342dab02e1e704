# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""The names that object files define for others and want from others, and their variables, as nm tells them."""
import re
import subprocess

# Sections of what the program can change; constants with addresses count as such.
WRITABLE = re.compile(r"\.t?(data|bss)(?!\.rel\.ro)|\*COM\*")


seen = {}


def load(paths):
    """Read many objects by one call of nm, which is quicker than a call for each."""
    paths = [path for path in paths if path not in seen]
    if not paths:
        return
    out = subprocess.run(["nm", "--format=sysv", *paths], check=True, stdout=subprocess.PIPE, text=True).stdout
    seen.update((path, []) for path in paths)
    rows = []
    for line in out.splitlines():
        row = [word.strip() for word in line.split("|")]
        if line.startswith("Symbols from "):
            rows = seen[line[len("Symbols from "):-1]]
        elif len(row) == 7:
            rows.append((row[0], row[2], row[6]))


def symbols(path):
    """(name, nm's class, section) of each symbol."""
    load([path])
    return seen[path]


def defined(path):
    return {name for name, kind, _ in symbols(path) if kind.isupper() and kind != "U"}


def wanted(path):
    return {name for name, kind, _ in symbols(path) if kind in "Uvw"}


def writable(path):
    """Variables that are not a function's own for the time of a call: static ones within a function count, too.
    gcc calls these name.NUMBER, clang function.name."""
    return {re.sub(r"^\w+\.(?=[a-zA-Z_])|\.\d+$", "", name) for name, _, section in symbols(path)
            if WRITABLE.match(section) and re.match(r"[a-zA-Z]", name)}
