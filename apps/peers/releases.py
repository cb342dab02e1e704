#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# Compares the driver on several releases of DPDK: cycles per packet of each and of the first one. See --help.

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

WITHIN = 1.03
LEAST = 3
BEYOND = 3


class Trouble(Exception):
    """Why nothing can be told."""


def measure(build, words):
    """One process: {row: cycles a packet}, and the release that it was built with."""
    program = os.path.join(build, "apps/peers/sl-peers")
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "peers.json")
        done = subprocess.run([program, *words, "--json", out], stdin=subprocess.DEVNULL, text=True, errors="replace",
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise Trouble(f"{program} ended with status {done.returncode}: "
                          + " ".join(done.stdout.split())[-400:])
        with open(out, encoding="utf-8") as file:
            result = json.load(file)
    rows = {}
    for point in result["points"]:
        what = point["op"] + (", csum" if point["offloads"] else "")
        for who, cycles in point["cycles_per_packet"].items():
            rows[who, point["size"], point["burst"], what] = cycles["median"]
    return rows, result["environment"]


def gather(builds, words, rounds):
    """Each round measures every build once, every other round backwards. [{row: [cycles]}], environments."""
    samples = [{} for _ in builds]
    environments = [None] * len(builds)
    for nth in range(rounds):
        order = range(len(builds))
        for i in order if nth % 2 == 0 else reversed(order):
            rows, environments[i] = measure(builds[i], words)
            for row, cycles in rows.items():
                samples[i].setdefault(row, []).append(cycles)
        print(f"\r{nth + 1} of {rounds} rounds", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return samples, environments


def spread(values):
    """Half of the distance between the quartiles."""
    low, _, high = statistics.quantiles(values, n=4)
    return (high - low) / 2


def ratios(samples):
    """{row: [the median of its rounds' ratios to the first, for each build]}"""
    return {row: [statistics.median(a / b for a, b in zip(these[row], base)) for these in samples]
            for row, base in samples[0].items()}


def judged(row, only):
    return row[3].startswith("rx+tx") or not only


def show(samples, environments, told, only):
    names = [e["dpdk"].replace("DPDK ", "") for e in environments]
    print(f"{environments[0]['cpu']}, TSC {environments[0]['tsc_hz'] / 1e9:.1f} GHz; cycles a packet, the median of "
          f"{len(next(iter(samples[0].values())))} processes, +- half the range of the middle half; x: to those of "
          f"{names[0]}, the median of the rounds' ratios\n")
    head = ["who", "bytes", "burst", "what", *names]
    print("| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|")
    for row in samples[0]:
        if not judged(row, only):
            continue
        cells = [str(word) for word in row]
        for i, these in enumerate(samples):
            cell = f"{statistics.median(these[row]):.2f} +-{spread(these[row]):.2f}"
            cells.append(cell + (f" x{told[row][i]:.3f}" if i else ""))
        print("| " + " | ".join(cells) + " |")
    return names


def parse():
    p = argparse.ArgumentParser(
        usage="./syncline perf releases [OPTION...]",
        description="The driver's cycles a packet on the system's DPDK and on each of SL_DPDK_PREFIXES: a process each, "
        "in turn. Exit status 3 when rx+tx of one takes over 3 % more than on the first; 1: it could not be measured.")
    p.add_argument("builds", nargs="*", help=argparse.SUPPRESS)
    p.add_argument("--rounds", type=int, default=21, help=f"processes of each release, {LEAST} or more (21)")
    p.add_argument("--sizes", default="64", metavar="LIST", help="bytes with FCS (64)")
    p.add_argument("--bursts", default="32", metavar="LIST", help="1..64 (32)")
    p.add_argument("--who", default="coherent", metavar="LIST", help="contenders of sl-peers (coherent)")
    p.add_argument("--all", action="store_true", help="rx and tx by themselves too")
    args = p.parse_args()
    if args.rounds < LEAST:
        p.error(f"--rounds {args.rounds}: allowed: {LEAST} or more")
    return args


def main():
    args = parse()
    words = ["--who", args.who, "--device", "same", "--queues", "1", "--rounds", "3",
             "--sizes", args.sizes, "--bursts", args.bursts]
    try:
        if len(args.builds) < 2:
            raise Trouble("no other release: set SL_DPDK_PREFIXES to the folders that others were installed to")
        samples, environments = gather(args.builds, words, args.rounds)
    except (Trouble, OSError) as e:
        print(f"perf releases: {e}", file=sys.stderr)
        return 1
    told = ratios(samples)
    names = show(samples, environments, told, not args.all)
    over = [(row, i) for row in told for i, ratio in enumerate(told[row])
            if row[3].startswith("rx+tx") and ratio > WITHIN]
    for row, i in over:
        print(f"perf releases: DPDK {names[i]}: {row[0]}, {row[1]} bytes, bursts of {row[2]}, {row[3]}: "
              f"{told[row][i]:.3f} of {names[0]}; allowed: {WITHIN:.2f}", file=sys.stderr)
    return BEYOND if over else 0


if __name__ == "__main__":
    sys.exit(main())
