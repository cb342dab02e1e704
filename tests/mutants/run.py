#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""Spoil the driver, one place at a time, and see that the tests notice.

Every mutant of its sync calls and barriers must be killed by the end-to-end tests
in checked memory; of the rules of rules.py, which --rules adds, by those and the unit tests. One line
each on standard output: "PASS name: words" or "FAIL name: words", a FAIL for a
mutant that survives and is not on the list of those that may, and for an entry
of that list that is out of date; then the score, then "END". Progress goes to
standard error.

Where the places come from: the text of the driver. Each call in it is a place,
whether a test gets there or not.
  drop, late, half, reverse   of a sync call: planted while it runs (check_bug=)
  drop, late                  of a barrier: the same
  drop, nofence               of what no checker is told of: another build
  the mistakes of the file "bugs", each another build
With --rules also:
  state, ignored, release, swap, stats, rollback, window, zero, fence
                              rules.py: another build each
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import random
import re
import resource
import selectors
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time

import rules

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
LIBRARY = "librte_net_syncline.so"
LIMIT = 60  # seconds that one program may take, those not counted in which others had its CPU
# Of those of rules.py, whose programs take a few: so many times what the driver as it is took, and so much beside.
RULE_TIMES, RULE_MORE = 4, 3
SKIPPED = 77  # status of a program that cannot run on this machine
SEED = 1    # of every program: a mutant's fate is the same each time
OWN_TIME = {"SL_TIME": "own"}  # what a driver or a test waits for is over at once
SIMD = 128  # bits of the burst functions that run: every x86-64 that DPDK knows has them

class Step:
    """A program that is run, with what is in its environment; told by its name."""

    def __init__(self, name, program, env=None, args=()):
        self.name, self.program, self.env, self.args = name, program, env or {}, args
        self.took = LIMIT  # seconds, by the driver as it is

    @property
    def static(self):
        """It has lib/shm in it, not the driver's library."""
        return self.program in STATIC


def checked(name, line, frames=0):
    env = OWN_TIME | {"SL_COHERENCY": "checked", "SL_CHECK_LINE": str(line)}
    return Step(f"{name}, lines of {line}", f"tests/e2e/e2e_{name}", env | ({"SL_FRAMES": str(frames)} if frames else {}))


def coherent(name, frames=2000):
    return Step(name, f"tests/e2e/e2e_{name}", OWN_TIME | {"SL_COHERENCY": "coherent", "SL_FRAMES": str(frames)})


def ixgbe(name):
    return Step(f"{name} on the 82599", f"tests/e2e/e2e_{name}",
                OWN_TIME | {"SL_COHERENCY": "coherent", "SL_DEVICE": "82599", "SL_FRAMES": "1000"})


def unit(name, *args):
    return Step(" ".join((f"unit {name}",) + args), f"tests/unit/test_{name}", args=args)


# Programs in the order in which they are run, quick ones first. Of sync calls and barriers...
STEPS = (checked("basic", 64), checked("tx", 64), checked("traffic", 64, 3000), checked("control", 64),
         checked("offload", 64), checked("basic", 32), checked("traffic", 32, 3000), checked("tx", 32),
         checked("events", 64), checked("again", 64), checked("fault", 64, 3000))

# ... and of the other rules, by what the file is part of: the first pattern that fits.
PORT = [unit("pci"), coherent("basic"), coherent("control"), coherent("events"), coherent("stop"), coherent("tx"),
        coherent("again"), checked("again", 64), coherent("fault")]
QUEUES = PORT[1:-1] + [unit("rx"), PORT[-1], unit("tx")]
# A secondary process, which needs hugepages.
SECOND = Step("secondary", "tests/e2e/e2e_secondary", {"SL_COHERENCY": "coherent"}, args=("*",))
SHM = ["shm", "window", "window_hook", "ndis"]
RULE_STEPS = (
    (r"pmd/sl_semaphore", [unit("semaphore"), unit("ixgbe"), unit("devices")]),
    (r"pmd/sl_ixgbe", [unit("ixgbe"), ixgbe("basic"), ixgbe("events"), ixgbe("stop"), ixgbe("stuck")]),
    (r"pmd/sl_igb_(board|link|phy)", [unit("devices")] + PORT + [coherent("stuck")]),
    (r"pmd/sl_board", [unit("board"), coherent("control")]),
    (r"pmd/sl_vfio", [unit("vfio"), unit("pci")]),
    (r"pmd/sl_pci", [unit("pci")]),
    (r"pmd/sl_(ask|guest|second|share)", [unit("share"), SECOND]),
    (r"pmd/sl_ethdev", PORT + [unit("share")]),
    (r"pmd/sl_port", PORT + [coherent("looks"), coherent("stuck"), unit("call"), unit("share")]),
    (r"pmd/sl_pmd", [unit("pci"), coherent("basic"), coherent("looks")]),
    (r"pmd/sl_iommu", [unit("iommu"), unit("vfio"), unit("dmamap")]),
    (r"pmd/sl_dma", [unit("dmamap"), coherent("tx"), coherent("window"), coherent("stop"),
                        coherent("control"),
                        Step("window pools", "tests/vm/window", args=("pools",)),
                        Step("window readonly", "tests/vm/window", args=("readonly",))]),
    (r"pmd/sl_checked", [checked("again", 64), Step("checked", "tests/e2e/e2e_checked", {"SL_COHERENCY": "checked"})]),
    (r"pmd/sl_data_pool", [unit("data_pool", "no-huge"), unit("data_pool", "huge"), unit("dmamap"), coherent("control")]),
    (r"pmd/sl_stats", [coherent("again"), coherent("control"), coherent("stop"), checked("control", 64)]),
    (r"pmd/sl_(intr|event)", [unit("pci"), coherent("events"), coherent("control"), coherent("intr", 300), coherent("again")]),
    (r"pmd/sl_soft", [coherent("basic"), coherent("events"), coherent("control"), unit("call"), coherent("again"), SECOND]),
    (r"pmd/sl_(nic|stall|call)", [unit("call"), unit("pci"), coherent("basic"), coherent("events"), coherent("control"), coherent("stop"),
                                  coherent("stuck"), coherent("again"), coherent("fault")]),
    (r"pmd/sl_(path|qctl|rx|tx|rare|stop)", QUEUES),
    (r"pmd/", PORT),
    (r"lib/ndis/ndis", [unit("ndis")]),
    (r"lib/shm/sl_mem_(eal|pages)", [unit("mem_eal", "no-huge"), unit("mem_eal", "huge"), unit("shm"), coherent("control")]),
    (r"lib/shm/sl_(bounce|dma)", [unit("bounce")] + [unit(name) for name in SHM] + [coherent("control")]),
    (r"lib/shm/", [unit(name) for name in SHM] + [coherent("control")]),
)
STATIC = [f"tests/unit/test_{name}" for name in SHM + ["mem_eal", "bounce"]]
EAL_ARGS = ["-l", "0", "--no-huge", "-m", "128", "--no-shconf", "--no-pci", "--vdev",
            "net_syncline_soft0,wire=peer:w", "--vdev", "net_syncline_soft1,wire=peer:w", "--"]

SYNC_CALLS = ("sl_flush", "sl_prepare", "sl_update", "sl_update_nofence", "sl_release")
BARRIERS = ("sl_update_fence", "sl_doorbell_barrier")
CALL = re.compile(r"\b(" + "|".join(SYNC_CALLS + BARRIERS + ("sl_acquire",)) + r")\(")
FUNCTION = re.compile(r"^([a-z_]\w*)\(")


def squeeze(text):
    return " ".join(text.split())


class Mutant:
    """One change: planted (bug) or built (text of a source file, changed), by one of the rules or not."""

    def __init__(self, file, line, where, kind, bug=None, text=None, rule=False):
        self.file, self.line, self.where, self.kind = file, line, where, kind
        self.bug, self.text, self.rule = bug, text, rule
        self.object = None   # of a rule: what it is linked with
        self.library = None
        self.verdict = None  # of run(): (killed, words)
        self.fate = None     # killed, justified or survived
        self.reached = None

    @property
    def name(self):
        return f"{self.file}:{self.line} {self.kind if self.kind != 'bug' else self.where}"

    @property
    def key(self):
        return self.where, self.kind


# --- places ---

def closing(text, at):
    """Index behind the parenthesis that closes the one at @at."""
    depth = 0
    for i in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth == 0:
            return i + 1
    raise ValueError("a parenthesis without its end")


def blank_comments(text):
    """The same text, as long, with blanks for comments."""
    return re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def function_at(text, at):
    """Name of the function that the place lies in."""
    name = "?"
    for line in text[:at].splitlines():
        m = FUNCTION.match(line)
        name = m.group(1) if m else name
    return name


def plain(path):
    """A file of the driver by its name, without the room: what moves into another is the same place."""
    return re.sub(r"^pmd/(\w+/)+", "pmd/", path)


def pmd_files(endings):
    """The driver's files in the order of their names."""
    found = [os.path.relpath(os.path.join(root, name), TOP)
             for root, _, names in os.walk(os.path.join(TOP, "pmd")) for name in names if name.endswith(endings)]
    return sorted(found, key=os.path.basename)


def file_mutants(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        text = f.read()
    code = blank_comments(text)
    base = os.path.basename(path)
    for m in CALL.finditer(code):
        verb, end = m.group(1), closing(code, m.end() - 1)
        where = f"{plain(path)} {function_at(code, m.start())}: {squeeze(code[m.start():end])}"
        line = line_of(code, m.start())

        def built(kind, new, m=m, end=end, where=where, line=line):
            return Mutant(path, line, where, kind, text=text[:m.start()] + new + text[end:])

        if verb == "sl_acquire":
            yield built("drop", "(void)0")
            continue
        for kind in ("drop", "late") if verb in BARRIERS else ("drop", "late", "half", "reverse"):
            yield Mutant(path, line, where, kind, bug=f"{kind}:{base}:{line}")
        if verb == "sl_update":
            yield built("nofence", "sl_update_nofence" + text[m.end() - 1:end])


def rule_mutants(path):
    """Those of rules.py. Places that look the same are told apart by a number."""
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        text = f.read()
    times = {}
    for c in rules.changes(plain(path), text):
        where = f"{plain(path)} {c.function}: {c.what}"
        times[where, c.kind] = times.get((where, c.kind), 0) + 1
        if times[where, c.kind] > 1:
            where += f" #{times[where, c.kind]}"
        yield Mutant(path, line_of(text, c.start), where, c.kind, text=text[:c.start] + c.new + text[c.end:], rule=True)


def named_mutants(path):
    """The file "bugs": a name, the source file, lines to look for (-), lines instead (+), and perhaps more of both."""
    name = file = None
    hunks = []

    with open(path, encoding="utf-8") as f:
        for line in f.read().splitlines() + ["bug "]:
            if line.startswith("bug "):
                if name:
                    yield bug_mutant(name, file, hunks)
                name, hunks = line[4:], []
            elif line.startswith("file "):
                file = line[5:]
            elif line.startswith("-"):
                if not hunks or hunks[-1][1]:
                    hunks.append(([], []))
                hunks[-1][0].append(line[1:].strip())
            elif line.startswith("+") and hunks:
                hunks[-1][1].append(line[1:].strip())
            elif line and not line.startswith("#"):
                die(f"{path}: unknown line: {line}")


def bug_mutant(name, file, hunks):
    file = next((f for f in pmd_files((".c", ".h")) if plain(f) == file), file)
    with open(os.path.join(TOP, file), encoding="utf-8") as f:
        lines = f.read().splitlines()
    first = None
    for old, new in hunks:
        at = [i for i in range(len(lines)) if [s.strip() for s in lines[i:i + len(old)]] == old]
        if len(at) != 1:
            die(f"bug '{name}': '{old[0]}'... is in {file} {len(at)} times; wanted: once. Mend tests/mutants/bugs.")
        lines[at[0]:at[0] + len(old)] = new
        first = at[0] + 1 if first is None else first
    return Mutant(file, first, f"bug {name}", "bug", text="\n".join(lines) + "\n")


# --- builds ---

class Builder:
    """Builds the driver's library with one source file changed; keeps what it built."""

    def __init__(self, build, cache):
        self.build, self.cache = os.path.abspath(build), cache
        with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as f:
            self.commands = json.load(f)
        out = subprocess.run(["ninja", "-C", build, "-t", "commands", f"pmd/{LIBRARY}"], check=True,
                             capture_output=True, text=True).stdout
        self.link = shlex.split([c for c in out.splitlines() if f"-o pmd/{LIBRARY}" in c][-1])
        self.links = {f"pmd/{LIBRARY}": self.objects_of(self.link)}
        self.lock = threading.Lock()
        h = hashlib.sha256(" ".join(self.link).encode())
        for folder in ("pmd", "lib"):
            for root, dirs, files in sorted(os.walk(os.path.join(TOP, folder))):
                dirs.sort()
                for name in sorted(files):
                    if name.endswith((".c", ".h", ".def")):
                        with open(os.path.join(root, name), "rb") as f:
                            h.update(name.encode() + f.read())
        h.update(subprocess.run(["cc", "--version"], capture_output=True, check=True).stdout)
        self.base = h.digest()
        self.used = set()

    def sources(self, file):
        """The file itself; of a header those that include it."""
        if not file.endswith(".h"):
            return [file]
        wanted, found = f'#include "{os.path.basename(file)}"', []
        for name in pmd_files(".c"):
            with open(os.path.join(TOP, name), encoding="utf-8") as f:
                if wanted in f.read():
                    found.append(name)
        return found

    def entries(self, file):
        """Compilations of the library that the file is part of; of those for vectors the ones that run."""
        real = {os.path.realpath(os.path.join(TOP, name)) for name in self.sources(file)}
        found = [c for c in self.commands if c["output"] in self.link and
                 os.path.realpath(os.path.join(c["directory"], c["file"])) in real and
                 ("-DSL_SIMD=" not in c["command"] or f"-DSL_SIMD={SIMD} " in c["command"])]
        if not found:
            raise RuntimeError(f"nothing that is compiled for vectors of {SIMD} bits has {file}")
        return found

    def compile(self, entry, file, text, folder):
        """One object, of @entry's source with @text for @file, which may be a header of it."""
        name = os.path.basename(entry["file"])
        source, obj = os.path.join(folder, name), os.path.join(folder, name + ".o")
        if name != os.path.basename(file):
            # Its copy finds the header next to itself.
            shutil.copy(os.path.join(entry["directory"], entry["file"]), source)
        with open(os.path.join(folder, os.path.basename(file)), "w", encoding="utf-8") as f:
            f.write(text)
        args, before = [], ""
        for a in shlex.split(entry["command"]):
            if a == entry["file"]:
                args.append(source)
            elif before == "-o":
                args.append(obj)
            elif before in ("-MF", "-MQ"):
                args.append(obj + ".d")
            else:
                args.append(a)
            before = a
        # The other headers, by the names that the build has for them: a sync call is known by its file. What a
        # mutant leaves unused is no matter.
        at = 2 if os.path.basename(args[0]) == "ccache" else 1
        args[at:at] = ["-I" + os.path.relpath(os.path.dirname(os.path.join(TOP, file)), self.build)]
        self.call(args + ["-w", "-Wno-error"], file)
        return obj

    def library(self, file, text):
        """Path of the library with @text for @file."""
        entries = self.entries(file)
        h = hashlib.sha256(self.base + file.encode() + text.encode())
        for entry in entries:
            h.update(entry["command"].encode())
        folder = os.path.join(self.cache, h.hexdigest()[:24])
        done = os.path.join(folder, LIBRARY)
        self.used.add(os.path.basename(folder))
        if os.path.exists(done):
            return done
        os.makedirs(folder, exist_ok=True)
        objects = {e["output"]: self.compile(e, file, text, folder) for e in entries}
        part = f"{done}.{os.getpid()}"
        link = [objects.get(a, a) for a in self.link]
        link[link.index(f"pmd/{LIBRARY}")] = part
        self.call(link, file)
        os.rename(part, done)
        for obj in objects.values():
            os.remove(obj)
        return done

    def objects_of(self, link):
        """A link with the objects of lib/shm in place of the library that they are in."""
        out = []
        for a in link:
            found = [c["output"] for c in self.commands if a == "lib/shm/libsl_shm.a" and c["output"].startswith(a + ".p/")]
            out += found or [a]
        return out

    def link_of(self, target):
        with self.lock:
            if target not in self.links:
                out = subprocess.run(["ninja", "-C", self.build, "-t", "commands", target], check=True,
                                     capture_output=True, text=True).stdout
                self.links[target] = self.objects_of(shlex.split(out.splitlines()[-1]))
            return self.links[target]

    def rule_object(self, mutant):
        """Of a rule: its folder, with the one object in it that is another. Not optimised: the compiler's time is most of it."""
        output = [c for c in self.commands if os.path.realpath(os.path.join(c["directory"], c["file"])) ==
                  os.path.join(TOP, mutant.file) and c["output"] in self.links[f"pmd/{LIBRARY}"] and
                  ("-DSL_SIMD=" not in c["command"] or f"-DSL_SIMD={SIMD} " in c["command"])]
        h = hashlib.sha256(self.base + mutant.file.encode() + mutant.text.encode() + output[0]["command"].encode())
        folder = os.path.join(self.cache, h.hexdigest()[:24])
        self.used.add(os.path.basename(folder))
        obj = os.path.join(folder, os.path.basename(mutant.file) + ".o")
        if not os.path.exists(obj):
            os.makedirs(folder, exist_ok=True)
            entry = dict(output[0], command=output[0]["command"].replace("-O3", "-O0"))
            self.compile(entry, mutant.file, mutant.text, folder)
        return folder, output[0]["output"], obj

    def rule_target(self, mutant, target):
        """The driver's library, or a unit test that has lib/shm in it, with the mutant's object."""
        folder, output, obj = mutant.object
        done = os.path.join(folder, os.path.basename(target))
        if not os.path.exists(done):
            part = f"{done}.{os.getpid()}"
            link = [obj if a == output else part if a == target else a for a in self.link_of(target)]
            self.call(link, mutant.file)
            os.rename(part, done)
        return done

    def prune(self):
        """Forget what no mutant of now is made of."""
        for name in os.listdir(self.cache):
            folder = os.path.join(self.cache, name)
            if os.path.isdir(folder) and name not in self.used:
                shutil.rmtree(folder)

    def call(self, args, file):
        got = subprocess.run(args, cwd=self.build, capture_output=True, text=True, check=False)
        if got.returncode != 0:
            raise RuntimeError(f"a mutant of {file} does not build:\n{got.stderr[-2000:]}")


# --- runs ---

FINDING = re.compile(r"checker: (\w+) \((\w+)\): ")
# What cmocka says: of a check that fails; of a test; of a test whose clean-up fails.
ERROR = re.compile(r"\[  ERROR   \] --- (?:[^:]*/)?(.*\w.*)|\[   LINE   \] --- (?:[^:]*/)?(.*): error")
FAILED = re.compile(r"\[  FAILED  \]|\[  ERROR   \] (?!---)")
MET = re.compile(r"the planted bug was met (\d+) times")


class Clock:
    """Seconds that a program had: those that its threads stood in line for a CPU are not counted."""

    def __init__(self, pid):
        self.proc = f"/proc/{pid}"
        self.start = time.monotonic()
        self.waited = {}
        self.last = 0  # what spent() gave

    def spent(self):
        try:
            for task in os.listdir(f"{self.proc}/task"):
                with open(f"{self.proc}/task/{task}/schedstat", encoding="ascii") as f:
                    self.waited[task] = int(f.read().split()[1]) / 1e9
            with open(f"{self.proc}/stat", encoding="ascii") as f:
                ticks = f.read().rpartition(")")[2].split()
            cpu = (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
        except (OSError, IndexError, ValueError):
            cpu = 0  # it is gone, or this kernel does not tell
        self.last = max(cpu, time.monotonic() - self.start - sum(self.waited.values()))
        return self.last


alive = set()


def end_all(*_):
    """Asked to stop: nothing of ours runs on."""
    for prog in list(alive):
        os.killpg(prog.pid, signal.SIGKILL)
    os._exit(1)


def run_program(build, step, mutant, program=None):
    """Run one program up to its first failed test: None, or what failed. And how often a bug was met."""
    env = dict(os.environ, SL_SEED=str(SEED), SL_SIMD=str(SIMD), **step.env)
    env.pop("SL_CHECK_BUG", None)
    if mutant.bug:
        env["SL_CHECK_BUG"] = mutant.bug
    if mutant.library and not program:
        env["LD_PRELOAD"] = mutant.library
    args = [program or os.path.join(build, step.program)]
    if step.program.startswith("tests/vm/"):
        args += ["--file-prefix", f"sl_mutants_{threading.get_ident()}"] + EAL_ARGS
    args += step.args
    prog = subprocess.Popen(args, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, start_new_session=True)
    told = {"test": "", "finding": "", "error": "", "met": 0}
    alive.add(prog)
    try:
        clock = Clock(prog.pid)
        failed = follow(prog, told, clock, min(LIMIT, RULE_TIMES * step.took + RULE_MORE) if mutant.rule else LIMIT)
        if mutant.kind == "unchanged":
            step.took = clock.last
        if failed is None:
            code = prog.wait(timeout=LIMIT)
            if code < 0:
                failed = signal.Signals(-code).name
            elif code not in (0, SKIPPED):
                failed = f"status {code}"
    except subprocess.TimeoutExpired:
        failed = "no end after its last test"
    finally:
        if prog.poll() is None:
            os.killpg(prog.pid, signal.SIGKILL)
            prog.wait()
        prog.stdout.close()
        alive.discard(prog)
    if failed is None:
        return None, told["met"]
    words = told["finding"] or told["error"] or failed
    return f"{step.name}, {told['test'] or 'start'}: {words}", told["met"]


def follow(prog, told, clock, limit):
    """Read what it says to its end, or to the first failed test; None: all went well."""
    look = time.monotonic() + 1
    buf = b""
    with selectors.DefaultSelector() as wait:
        wait.register(prog.stdout, selectors.EVENT_READ)
        while True:
            ready = wait.select(max(0, look - time.monotonic()))
            if time.monotonic() >= look:
                look = time.monotonic() + 1
                if clock.spent() > limit:
                    told["error"] = f"no end within {limit:.0f} s"
                    return "time"
            if not ready:
                continue
            got = os.read(prog.stdout.fileno(), 65536)
            buf += got
            *lines, buf = buf.split(b"\n")
            if not got:
                lines.append(buf)
                clock.spent()
            for raw in lines:
                if listen(raw.decode(errors="replace"), told):
                    return "failed"
            if not got:
                return None


def listen(line, told):
    """One line of a program; True: a test failed."""
    if "[ RUN      ]" in line:
        told.update(test=line.split("]", 1)[1].strip(), finding="", error="")
    finding = FINDING.search(line)
    if finding and not told["finding"]:
        told["finding"] = f"{finding.group(1)} ({finding.group(2)})"
    met = MET.search(line)
    if met:
        told["met"] += int(met.group(1))
    error = ERROR.search(line)
    if error and not told["error"]:
        told["error"] = squeeze(error.group(1) or error.group(2))[:80]
    return bool(FAILED.search(line))


def run_mutant(build, builder, steps, mutant):
    met = 0
    for step in steps:
        program = None
        if mutant.rule and step.static:
            program = builder.rule_target(mutant, step.program)
        elif mutant.rule:
            mutant.library = builder.rule_target(mutant, f"pmd/{LIBRARY}")
        failed, times = run_program(build, step, mutant, program)
        met += times
        if failed is not None:
            mutant.verdict = (True, failed)
            break
    else:
        mutant.verdict = (False, "")
    mutant.reached = met > 0 if mutant.bug else None
    return mutant


# --- the list of those that may survive ---

def read_justified(path):
    """{(place, kind): reason}; a place is a line of its own, its kinds indented below."""
    out, place = {}, None
    with open(path, encoding="utf-8") as f:
        for n, line in enumerate(f, 1):
            if not line.strip() or line.startswith("#"):
                continue
            if not line[0].isspace():
                place = squeeze(line)
                continue
            kind, _, reason = line.strip().partition(":")
            if place is None or not reason.strip() or (place, kind) in out:
                die(f"{path}:{n}: want a place, then indented KIND: REASON, each once")
            out[place, kind] = reason.strip()
    return out


# --- all of it ---

def check_built(build):
    """Mutants are linked with the objects of the build, which must not be of a source of before."""
    built = os.path.getmtime(os.path.join(build, "pmd", LIBRARY))
    for folder in ("pmd", "lib"):
        for root, _, files in os.walk(os.path.join(TOP, folder)):
            for name in files:
                if name.endswith((".c", ".h", ".def")) and os.path.getmtime(os.path.join(root, name)) > built:
                    die(f"{os.path.join(folder, name)} is newer than what {build} has of it: ninja -C {build}")


def die(words):
    print(f"mutants: {words}", file=sys.stderr)
    print(f"FAIL mutants: {words}\nEND")
    sys.exit(1)


def note(words):
    print(f"==> mutants: {words}", file=sys.stderr, flush=True)


def collect():
    mutants = []
    for name in pmd_files((".c", ".h")):
        mutants += file_mutants(name)
    mutants += named_mutants(os.path.join(HERE, "bugs"))
    for name in pmd_files(".c"):
        mutants += rule_mutants(name)
    for folder in ("lib/ndis", "lib/shm"):
        for name in sorted(os.listdir(os.path.join(TOP, folder))):
            if name.endswith(".c"):
                mutants += rule_mutants(f"{folder}/{name}")
    return mutants


def steps_of(build, mutant):
    """The programs that can see it; those that this build has not got are left out."""
    if not mutant.rule:
        return STEPS
    found = next(steps for pattern, steps in RULE_STEPS if re.match(pattern, plain(mutant.file)))
    return [s for s in found if os.path.exists(os.path.join(build, s.program))]


def choose(mutants, args):
    """Those that are wanted; of the sync calls' and of the rules' so many each as wanted by chance, with the seed in SL_SEED
    or a new one, which is printed."""
    found = [m for m in mutants if (not m.rule or args.rules) and
             (not args.quick or m.kind in ("drop", "bug") or m.rule) and
             (not args.only or re.search(args.only, f"{m.name} {m.where}"))]
    if args.sample is None:
        return found
    seed = int(os.environ.get("SL_SEED") or random.randrange(1, 1 << 31))
    picked = set()
    for of, part in (("sync calls and barriers", [m for m in found if not m.rule]),
                     ("the rules", [m for m in found if m.rule])):
        if args.sample < len(part):
            print(f"SAMPLE {args.sample} of {len(part)} places of {of}, SL_SEED={seed}", flush=True)
            part = random.Random(seed).sample(part, args.sample)
        picked |= set(map(id, part))
    return [m for m in found if id(m) in picked]


def baseline(build, builder, mutants, jobs):
    """The driver as it is, through the same machinery: whatever fails here says nothing of a mutant."""
    right = Mutant("pmd/burst/sl_rx.c", 0, "", "unchanged", text="")
    with open(os.path.join(TOP, right.file), encoding="utf-8") as f:
        right.library = builder.library(right.file, f.read())
    steps = {s.name: s for m in mutants for s in steps_of(build, m)}
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for failed, _ in pool.map(lambda s: run_program(build, s, right, os.path.join(build, s.program) if s.static else None),
                                  steps.values()):
            if failed is not None:
                die(f"the driver as it is fails: {failed}")


def work(build, builder, mutant):
    if mutant.rule:
        try:
            mutant.object = builder.rule_object(mutant)
        except RuntimeError as e:
            note(str(e))
            mutant.verdict = (False, "")
            mutant.where += " (no mutant: it does not build)"
            return mutant
    elif mutant.text is not None:
        mutant.library = builder.library(mutant.file, mutant.text)
    run_mutant(build, builder, steps_of(build, mutant), mutant)
    if mutant.rule:
        shutil.rmtree(mutant.object[0])  # there are hundreds, of megabytes each
    return mutant


def run_all(build, builder, mutants, justified, jobs):
    """Each line as it comes, those that are known to take long first; the score. @return whether all is well."""
    order = sorted(mutants, key=lambda m: m.key not in justified)
    fine, survived = True, 0
    told = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(work, build, builder, m) for m in order]
        try:
            for n, done in enumerate(concurrent.futures.as_completed(waiting), 1):
                fine &= judge(done.result(), justified.get(done.result().key))
                survived += done.result().fate == "survived"
                if time.monotonic() - told > 15:
                    told = time.monotonic()
                    note(f"{n} of {len(order)} done, {survived} survived")
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    for kind in sorted({m.kind for m in mutants if m.rule}):
        say_score(kind + " ", [m for m in mutants if m.rule and m.kind == kind])
    say_score("", mutants)
    return fine


def say_score(name, mutants):
    fates = [m.fate for m in mutants]
    print(f"SCORE {name}killed {fates.count('killed')} of {len(fates)}, {fates.count('justified')} justified, "
          f"{fates.count('survived')} survived", flush=True)


def check_places(mutants, justified):
    """Entries of the list that fit nothing. @return whether there are none."""
    known = {m.key for m in mutants}
    lost = [key for key in justified if key not in known]
    for place, kind in lost:
        say(False, f"{kind} of {place}",
            "on the list of those that may survive, but there is no such place")
    return not lost


def say(fine, name, words):
    print(f"{'PASS' if fine else 'FAIL'} {name}: {words}", flush=True)
    return fine


def judge(m, reason):
    """One mutant's line. @return whether all is well with it."""
    dead, how = m.verdict
    if dead:
        m.fate = "killed"
        if reason is None:
            return say(True, m.name, f"killed by {how}")
        return say(False, m.name, "on the list of those that may survive, but killed by "
                   f"{how}; take it off: {m.where}")
    if reason is not None and m.reached is not False:
        m.fate = "justified"
        return say(True, m.name, f"survives, as it may: {reason}")
    m.fate = "survived"
    return say(False, m.name, f"{'no test gets there' if m.reached is False else 'survives'}: {m.where}")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("build", help="build folder, built")
    p.add_argument("cache", help="folder to keep built mutants in")
    p.add_argument("--only", metavar="REGEX", help="only mutants whose name or place matches")
    p.add_argument("--quick", action="store_true", help="only calls left out, and the named bugs")
    p.add_argument("--rules", action="store_true", help="those of rules.py too")
    p.add_argument("--sample", type=int, metavar="N", help="only N of the sync calls and barriers, and N of those of rules.py, by chance (SL_SEED)")
    p.add_argument("--list", action="store_true", help="name the mutants and end")
    p.add_argument("--justified", metavar="FILE", default=os.path.join(HERE, "justified"),
                   help="the list of those that may survive")
    p.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="programs at a time; default: the CPUs")
    args = p.parse_args()
    build, cache = os.path.abspath(args.build), os.path.abspath(args.cache)
    everything = collect()
    mutants = choose(everything, args)
    if not mutants:
        die("there are none of that kind")
    if args.list:
        for m in mutants:
            print(f"{m.name}\n\t{m.where}")
        return 0
    check_built(build)
    justified = read_justified(args.justified)
    builder = Builder(build, cache)
    for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(sig, end_all)
    start = time.monotonic()
    note(f"{len(mutants)} of them; first the driver as it is")
    baseline(build, builder, mutants, args.jobs)
    fine = check_places(everything, justified)
    fine &= run_all(build, builder, mutants, justified, args.jobs)
    if not args.only and not args.quick:
        builder.prune()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    note(f"took {time.monotonic() - start:.0f} s; {used.ru_utime + used.ru_stime:.0f} s of CPU")
    print("END")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
