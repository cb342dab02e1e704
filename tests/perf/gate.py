#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# Instructions a packet of each path of the driver, beside a committed baseline.
# See --help. Lines on standard output: "PASS name", "FAIL name: reason" or "SKIP name: reason", then
# END; with "show" a table.

import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
TOLERANCE = 0.01
# A row of another format than the first has the first's name with this behind it, and takes at most so much more.
FORMATS = {" ixgbe": 0.03}
AGAIN = "./syncline perf baseline"
NOTHING = ("-", "-", "nothing")
# What decides which code a compiler makes of the same source.
MATTERS = ("compiler", "build", "dpdk")


class Trouble(Exception):
    """Why nothing can be counted here."""


class Cannot(Trouble):
    """The same, where that is no mistake of anybody's."""


def run(command, env=None):
    done = subprocess.run(command, env=dict(os.environ, LD_BIND_NOW="1", **(env or {})),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, errors="replace")
    if done.returncode != 0:
        raise Trouble(f"'{command[0]} ... {os.path.basename(command[-1])}' ended with status {done.returncode}: "
                      + " ".join((done.stdout + done.stderr).split())[-400:])
    return done.stdout


class Callgrind:
    """x86-64: the program as it is, under valgrind."""
    arch = "x86_64"

    def __init__(self, build, words):
        self.program = [os.path.join(build, "tests/perf/paths"), *words]
        if not shutil.which("valgrind"):
            raise Cannot("valgrind is not installed: apt-get install valgrind")
        if os.uname().machine != self.arch:
            raise Cannot(f"this machine is {os.uname().machine}")
        self.name = run(["valgrind", "--version"]).strip()

    def natively(self):
        return run(self.program)

    def count(self):
        folder = tempfile.mkdtemp(prefix="syncline-gate.")
        try:
            said = run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", "--collect-atstart=no",
                        "--toggle-collect=counted_burst", "--dump-after=counted_end", "--sigill-diagnostics=no",
                        *self.program])
            files = glob.glob(folder + "/out.*")
            files.sort(key=lambda name: int(name.rsplit(".", 1)[1]))
            return said, [self.total(name) for name in files]
        finally:
            shutil.rmtree(folder)

    @staticmethod
    def total(name):
        with open(name, encoding="ascii", errors="replace") as file:
            return int(re.search(r"^totals: (\d+)", file.read(), re.M).group(1))


class Qemu:
    """AArch64: a cross build of driver and program under qemu-user, whose plugin counts."""
    arch = "aarch64"

    def __init__(self, build, words):
        ready = subprocess.run([os.path.join(HERE, "arm64.sh"), os.path.join(TOP, ".cache/arm64")],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        last = ready.stdout.strip().rsplit("\n", 1)[-1]
        if ready.returncode == 77:
            raise Cannot(last)
        if ready.returncode != 0:
            raise Trouble(" ".join(ready.stdout.split())[-600:])
        root, own = last.split("\t")
        # Its lines are of 64 bytes, as most are; those of qemu's own default are of 32.
        self.qemu = ["qemu-aarch64", "-cpu", "cortex-a72", "-L", root]
        self.program = [os.path.join(own, "tests/perf/paths"), *words]
        self.plugin = os.path.join(build, "tests/perf/libqemu_count.so")
        self.name = run(["qemu-aarch64", "--version"]).split("\n", 1)[0].split(" (")[0].replace(" version ", "-")

    def natively(self):
        return run([*self.qemu, *self.program])

    def count(self):
        with tempfile.NamedTemporaryFile(prefix="syncline-gate.") as log:
            said = run([*self.qemu, "-plugin", self.plugin, "-d", "plugin", "-D", log.name, *self.program])
            with open(log.name, encoding="ascii", errors="replace") as file:
                return said, [int(n) for n in re.findall(r"^count (\d+)$", file.read(), re.M)]


COUNTERS = {c.arch: c for c in (Callgrind, Qemu)}


class Counts:
    """What a run of the program came to: env, value of each (direction, row, case), skipped rows."""

    def __init__(self, counter):
        self.env = {"counter": counter.name}
        self.value = {}
        self.skipped = {}
        lines = [line.split("\t") for line in counter.natively().splitlines()]
        cannot = {tuple(w[1:3]) for w in lines if w[0] == "skip"}
        said, figures = counter.count()
        self.take(said, figures, cannot, counter)

    def take(self, said, figures, cannot, counter):
        left = iter(figures)
        own = 0
        for words in (line.split("\t") for line in said.splitlines()):
            if words[0] == "env":
                self.env[words[1]] = words[2]
            elif words[0] == "skip":
                row = (words[1], words[2])
                self.skipped[row] = ("this processor does not know its instructions" if row in cannot else
                                     f"{counter.name} does not know its instructions")
            elif words[0] == "case":
                key, packets = tuple(words[1:4]), int(words[4])
                n = next(left, 0)
                if n <= 0:
                    raise Trouble(f"nothing was counted for {' '.join(key)}: is the program stripped?")
                if key == NOTHING:
                    own = n / packets
                else:
                    self.value[key] = n / packets - own / burst_of(key[2])
        if next(left, None) is not None:
            raise Trouble("more was counted than the program told of")


def burst_of(case):
    """Frames of a burst, that share what counting costs: "64 bytes, bursts of 32", "1518 32"."""
    words = re.findall(r"\d+", case)
    return int(words[-1]) if words else 1


def baseline_file(arch):
    return os.path.join(HERE, "baseline", arch)


def read_baseline(arch):
    env, value = {}, {}
    try:
        with open(baseline_file(arch), encoding="utf-8") as file:
            for line in file:
                words = line.rstrip("\n").split("\t")
                if line.startswith("#") or not line.strip():
                    continue
                if len(words) == 2:
                    env[words[0]] = words[1]
                else:
                    value[tuple(words[:3])] = float(words[3])
    except FileNotFoundError:
        pass
    return env, value


def write_baseline(arch, counts):
    env, value = read_baseline(arch)
    # What cannot be counted here keeps the figure that another machine gave it, from the same compiler.
    kept = {}
    if all(env.get(k) == counts.env[k] for k in MATTERS):
        kept = {k: v for k, v in value.items() if k[:2] in counts.skipped}
    os.makedirs(os.path.dirname(baseline_file(arch)), exist_ok=True)
    with open(baseline_file(arch), "w", encoding="utf-8") as file:
        file.write(f"# Instructions a packet of each path of the driver, {arch}. Made by {AGAIN}.\n")
        for key in (*MATTERS, "counter"):
            file.write(f"{key}\t{counts.env[key]}\n")
        for key, n in [*counts.value.items(), *kept.items()]:
            file.write("\t".join(key) + f"\t{n:.3f}\n")
    return len(counts.value), len(kept)


def verdict(verdict_word, name, reason=""):
    print(f"{verdict_word} {name}{': ' if reason else ''}{reason}", flush=True)


def judge(arch, counts):
    env, value = read_baseline(arch)
    if not value:
        verdict("FAIL", arch, f"there is no baseline; to make it: {AGAIN}")
        return
    for key in MATTERS:
        if env.get(key) != counts.env[key]:
            verdict("SKIP", arch, f"the baseline is of {key} '{env.get(key)}', this is '{counts.env[key]}': instructions"
                    f" are not comparable. To see them: ./syncline perf instructions; a baseline of one's own: {AGAIN}")
            return
    for row, reason in counts.skipped.items():
        verdict("SKIP", f"{arch} {' '.join(row)}", reason)
    for key, n in counts.value.items():
        name = f"{arch} {key[0]} {key[1]}, {key[2]}"
        if key not in value:
            verdict("FAIL", name, f"{n:.2f} instructions a packet, and no such line in {os.path.relpath(baseline_file(arch), TOP)}."
                    f" A new path or case: {AGAIN}, and commit the file")
        elif n > value[key] * (1 + TOLERANCE):
            verdict("FAIL", name, f"{n:.2f} instructions a packet, {100 * (n / value[key] - 1):+.1f} % of the baseline's"
                    f" {value[key]:.2f}; allowed: +{100 * TOLERANCE:.0f} %. When that is meant: {AGAIN}, and commit the file")
        elif n < value[key] * (1 - TOLERANCE):
            verdict("PASS", name, f"{n:.2f}, the baseline has {value[key]:.2f}: {AGAIN} holds what was gained")
        else:
            verdict("PASS", name)
    for key in value:
        if key not in counts.value and key[:2] not in counts.skipped:
            verdict("FAIL", f"{arch} {key[0]} {key[1]}, {key[2]}", "the baseline has it, the driver's tables do not. When the"
                    f" path is gone for good: {AGAIN}, and commit the file")


def judge_formats(arch, counts):
    """Rows of a format beside the first format's: the bodies are the same."""
    for (direction, row, case), n in counts.value.items():
        for suffix, most in FORMATS.items():
            first = counts.value.get((direction, row.removesuffix(suffix), case))
            if not row.endswith(suffix) or first is None:
                continue
            name = f"{arch} {direction} {row}, {case}, beside {row.removesuffix(suffix)}"
            if n > first * (1 + most):
                verdict("FAIL", name, f"{n:.2f} instructions a packet and {first:.2f}, {100 * (n / first - 1):+.1f} %;"
                        f" allowed: +{100 * most:.0f} %")
            else:
                verdict("PASS", name)


def show(counts):
    print("# " + ", ".join(f"{k} {v}" for k, v in counts.env.items()))
    for key, n in counts.value.items():
        print(f"{key[0]}  {key[1]:32} {key[2]:40} {n:9.2f}")
    for row, reason in counts.skipped.items():
        print(f"{row[0]}  {row[1]:32} {reason}")


def price_rows(counts):
    """(bytes, burst, direction) -> mode -> instructions of the first plain row of that mode."""
    table = {}
    for (direction, row, case), n in counts.value.items():
        size, burst = case.split()
        mode = "explicit" if "explicit" in row else "coherent"
        table.setdefault((int(size), int(burst), direction), {}).setdefault(mode, n)
    return table


def show_prices(arch, counts):
    print("# " + arch + ", " + ", ".join(f"{k} {v}" for k, v in counts.env.items()))
    print("| bytes | burst | rx coherent | rx explicit | tx coherent | tx explicit | price, both ways |")
    print("|---|---|---|---|---|---|---|")
    table = price_rows(counts)
    for size, burst in sorted({k[:2] for k in table}):
        rx, tx = table[size, burst, "rx"], table[size, burst, "tx"]
        price = rx["explicit"] + tx["explicit"] - rx["coherent"] - tx["coherent"]
        print(f"| {size} | {burst} | {rx['coherent']:.1f} | {rx['explicit']:.1f} | {tx['coherent']:.1f}"
              f" | {tx['explicit']:.1f} | {price:.1f} |")


def one(arch, args):
    counter = COUNTERS[arch](args.build, ["prices"] if args.what == "prices" else [])
    counts = Counts(counter)
    if args.what == "check":
        judge(arch, counts)
        judge_formats(arch, counts)
    elif args.what == "update":
        counted, kept = write_baseline(arch, counts)
        print(f"{os.path.relpath(baseline_file(arch), TOP)}: {counted} figures of {counts.env['compiler']},"
              f" {counts.env['dpdk']}, by {counts.env['counter']}"
              + (f"; {kept} kept that cannot be counted here" if kept else ""))
        for row, reason in counts.skipped.items():
            print(f"  not counted: {' '.join(row)}: {reason}")
    elif args.what == "prices":
        show_prices(arch, counts)
    else:
        show(counts)


def main():
    parser = argparse.ArgumentParser(description="Instructions a packet of each path of the driver.")
    parser.add_argument("what", choices=("check", "update", "show", "prices"),
                        help="check: beside the baseline; update: make the baseline; show: print them; "
                        "prices: coherent and explicit mode over size and burst")
    parser.add_argument("build", help="a build of this tree by gcc, as a release")
    parser.add_argument("--arch", choices=tuple(COUNTERS), action="append", help="default: both")
    args = parser.parse_args()
    bad = 0
    for arch in args.arch or COUNTERS:
        try:
            one(arch, args)
        except Trouble as trouble:
            word = "SKIP" if isinstance(trouble, Cannot) else "FAIL"
            bad |= word == "FAIL" and args.what != "check"
            verdict(word, arch, str(trouble))
    if args.what == "check":
        print("END")
    return bad


if __name__ == "__main__":
    sys.exit(main())
