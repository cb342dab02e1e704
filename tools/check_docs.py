#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""
What is wrong with pages of the documentation, one line each: a link that leads to no file or to no
heading, and a line of more than 100 characters that could be broken.

check_docs.py FILE...
"""
import os
import re
import sys

COLUMNS = 100


def lines_outside_code(text):
    """Number and text of each line that is not in a fenced block."""
    fenced = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield number, line


def anchors(text):
    """The anchors of a page's headings, as web pages of repositories make them."""
    found = set()
    for _, line in lines_outside_code(text):
        heading = re.match(r"#+ +(.*)", line)
        if heading:
            words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading.group(1)).strip().lower()
            anchor = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
            found.add(anchor if anchor not in found else f"{anchor}-1")
    return found


def bad_links(path, text):
    for number, line in lines_outside_code(text):
        for target in re.findall(r"\]\(([^)\s]+)\)", line):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            page = os.path.join(os.path.dirname(path), name) if name else path
            if not os.path.exists(page):
                yield f"{path}:{number}: no file {page}"
            elif anchor:
                with open(page, encoding="utf-8") as f:
                    if anchor not in anchors(f.read()):
                        yield f"{path}:{number}: {page} has no heading #{anchor}"


def long_lines(path, text):
    for number, line in lines_outside_code(text):
        # A row of a table is one line, and so is an indented block, which shows what is typed or printed.
        if len(line) > COLUMNS and not line.startswith(("|", "    ")):
            yield f"{path}:{number}: {len(line)} characters"


def main():
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for complaint in [*bad_links(path, text), *long_lines(path, text)]:
            print(complaint)


if __name__ == "__main__":
    main()
