#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
#
# The example driver as a stranger meets it: lib/shm is installed into a folder,
# the toy's drivers are built against that out of tree, and run. Then each patch
# of bugs/ is put in, and must be found as its head says. What
# docs/howto-own-driver.md quotes is compared with what comes out;
# --write brings the document up to date instead.
#
# run.py TOP BUILD [--write]; CC and SANITIZE (of b_sanitize) from the environment.

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

TOP, BUILD = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
WRITE = "--write" in sys.argv[3:]
CC = os.environ.get("CC", "cc")
SANITIZE = os.environ.get("SANITIZE", "none")
DOC = os.path.join(TOP, "docs", "howto-own-driver.md")
HERE = os.path.join(TOP, "tests", "example")
CLASSES = (
    "missing_sync late_sync no_barrier no_fence wrong_direction partial_line shared_line "
    "cpu_write not_handed_over stale_read use_after_free outside"
).split()

failures = 0


def verdict(name, why=None):
    global failures
    failures += why is not None
    print(f"ok {name}" if why is None else f"FAILED {name}: {why}", flush=True)


def call(*words, env=None, cwd=None, seconds=60):
    """Run to its end; its output is shown when that is a bad one."""
    r = subprocess.run(
        words, env=env, cwd=cwd, timeout=seconds, capture_output=True, text=True, check=False
    )
    if r.returncode != 0:
        print(f"{' '.join(words)}\n{r.stdout}{r.stderr}", flush=True)
        raise SystemExit(f"'{words[0]} {words[1]}' ended with {r.returncode}")
    return r.stdout


class Installed:
    """lib/shm, installed by a build below a folder, and what is built against it."""

    def __init__(self, build, root):
        call("meson", "install", "-C", build, "--no-rebuild", "--destdir", root)
        pc = [d for d, _, names in os.walk(root) if "sl_shm.pc" in names]
        if len(pc) != 1:
            raise SystemExit(f"one sl_shm.pc expected below {root}, there are {len(pc)}")
        # lib/shm needs DPDK's libraries, which may have a folder of their own.
        dpdk = os.environ.get("SL_DPDK_LIBDIR")
        paths = [pc[0]] + ([os.path.join(dpdk, "pkgconfig")] if dpdk else [])
        self.env = dict(os.environ, PKG_CONFIG_PATH=":".join(paths), PKG_CONFIG_SYSROOT_DIR=root, CC=CC)
        self.env["LD_LIBRARY_PATH"] = ":".join([os.path.dirname(pc[0])] + ([dpdk] if dpdk else []))
        if SANITIZE != "none":
            self.env["CFLAGS"] = f"-g -fsanitize={SANITIZE}"

    def make(self, folder, patch=None):
        """A copy of the example in a new folder, patched, built."""
        shutil.copytree(HERE, folder)
        if patch is not None:
            call("patch", "-s", "-p1", "-d", folder, "-i", patch)
        flags = self.env.get("CFLAGS", "-g") + " -Wall -Wextra -Werror"
        call("make", "-s", "-C", folder, f"CFLAGS={flags}", env=self.env)

    def run(self, folder, program, *args):
        return subprocess.run(
            ["./" + program, *args],
            cwd=folder, env=self.env, timeout=60, capture_output=True, text=True, check=False,
        )


# --- the right drivers ---


def right_drivers(shm, folder, seeds):
    for program in "toy", "toy-ndis":
        rows = [("-m", "coherent"), ("-m", "explicit")]
        rows += [("-l", line, "-s", str(seed)) for line in ("32", "64", "128", "256") for seed in seeds]
        for row in rows:
            r = shm.run(folder, program, *row)
            name = f"{program} {' '.join(row)}: {r.stdout.strip()}"
            if "explicit" in row and "no cache maintenance" in r.stderr:
                verdict(f"{name} skipped, this CPU has none")
            else:
                verdict(name, None if r.returncode == 0 else f"status {r.returncode}\n{r.stderr}")


def in_cxx(shm, folder, rows):
    """The toy's driver in C++17, by each compiler that is there; and one that flushes too early, which is named."""
    both = ("g++", "clang++")
    # A sanitizer's library is of one compiler.
    for cxx in both if SANITIZE == "none" else both[1:] if "clang" in CC else both[:1]:
        if shutil.which(cxx) is None:
            verdict(f"toy-cxx by {cxx} skipped, it is not there")
            continue
        flags = shm.env.get("CFLAGS", "-g") + " -Wall -Wextra -Werror"
        for spoilt in "", "-DTOY_FLUSH_EARLY":
            call("make", "-B", "-s", "-C", folder, "toy-cxx", f"CXX={cxx}", f"CFLAGS={flags}", f"CXXFLAGS={spoilt}", env=shm.env)
            for row in [("-m", "coherent")] + rows if not spoilt else rows[:1]:
                r = shm.run(folder, "toy-cxx", *row)
                name = f"toy-cxx by {cxx} {spoilt} {' '.join(row)}: {r.stdout.strip()}"
                named = re.search(r"checker: \w+ \(T1\).*flush \S*toy_cxx.cpp:\d+", r.stderr, re.S)
                good = r.returncode == 1 and named if spoilt else r.returncode == 0
                verdict(name, None if good else f"status {r.returncode}\n{r.stderr}")


def told_in(r):
    return len(re.findall(r"checker: \w+ \(", r.stderr))


def policies(shm, folder):
    r = shm.run(folder, "toy", "-p", "count", "-n", "200")
    quiet = r.returncode == 1 and told_in(r) == 0
    verdict("count: nothing said, status 1", None if quiet else r.stderr)
    r = shm.run(folder, "toy", "-n", "200")
    told, distinct = told_in(r), int(re.search(r"(\d+) distinct", r.stdout)[1])
    found = int(re.search(r"(\d+) findings", r.stdout)[1])
    once = told == distinct and found > distinct
    verdict(f"report: {distinct} told of {found}, each once", None if once else f"{told} told")
    r = shm.run(folder, "toy", "-p", "abort", "-n", "200")
    ends = r.returncode == -signal.SIGABRT and told_in(r) == 1
    verdict("abort: ends at the first", None if ends else f"status {r.returncode}\n{r.stderr}")


# --- each bug ---

FINDING = {
    "class": str, "rule": str, "text": str, "memory": str, "owner": str, "count": int,
    "offset": int, "len": int, "found_by": dict, "history": list, "frames": list,
    "queue": (int, type(None)), "descriptor": (int, type(None)),
}
CALL = {"call": str, "seconds": float, "file": (str, type(None)), "line": (int, type(None))}


def fields_wrong(what, want):
    return [k for k, t in want.items() if not isinstance(what.get(k, want), t)]


def json_wrong(path, kind):
    with open(path, encoding="utf-8") as f:
        o = json.load(f)
    here = [f for f in o["findings"] if f["class"] == kind]
    wrong = [] if here else [f"no finding of {kind}"]
    for f in o["findings"]:
        wrong += fields_wrong(f, FINDING) + fields_wrong(f["found_by"], CALL)
        for event in f["history"]:
            wrong += fields_wrong(event, dict(CALL, repeats=int))
        wrong += [] if f["frames"] else ["frames, in a debug build"]
    if sorted(o["classes"]) != sorted(CLASSES):
        wrong.append("names of the classes")
    if sum(o["classes"].values()) != o["found"] or o["classes"][kind] < len(here):
        wrong.append("counts")
    if sum(f["count"] for f in o["findings"]) != o["found"]:
        wrong.append("repetitions")
    return wrong


class Bug:
    def __init__(self, name):
        self.name = name
        self.patch = os.path.join(HERE, "bugs", name + ".patch")
        with open(self.patch, encoding="utf-8") as f:
            text = f.read()
        head, self.diff = text.split("--- ", 1)
        self.program = re.search(r"^program: (\S+)$", head, re.M)[1]
        self.finds = re.search(r"^finds: (.+)$", head, re.M)[1].split()
        self.diff = self.diff[self.diff.index("@@") :].rstrip("\n")
        self.said = ""

    def search(self, shm, folder):
        """No finding, only wrong data: the same run again until it is named."""
        r = shm.run(folder, self.program, "-n", "200")
        silent = r.returncode == 1 and " 0 findings" in r.stdout
        path, done = os.path.join(folder, "search"), False
        for _ in range(20):
            self.said = shm.run(folder, self.program, "-n", "200", "-d", path).stderr
            with open(path, "rb") as f:
                done = b" done " in f.readline()
            if done:
                break
        named = done and "checker: difference (" in self.said
        why = None if silent and named else f"status {r.returncode}, {r.stdout}{self.said}"
        verdict(f"{self.name}: {r.stdout.strip()}; named", why)

    def run(self, shm, folder):
        shm.make(folder, self.patch)
        if self.finds == ["nothing"]:
            self.search(shm, folder)
            return
        path = os.path.join(folder, "findings.json")
        r = shm.run(folder, self.program, "-n", "200", "-j", path)
        self.said = r.stderr
        found = list(dict.fromkeys(re.findall(r"checker: (\w+) \(", r.stderr)))
        # One mistake leads to others, which are told as well.
        if r.returncode != 1 or found[:1] != self.finds[:1] or not set(self.finds) <= set(found):
            verdict(self.name, f"status {r.returncode}, found {found}, not {self.finds}\n{r.stderr}")
            return
        wrong = json_wrong(path, self.name.split("-")[0])
        verdict(f"{self.name}: {r.stdout.strip()}", f"JSON: {wrong}" if wrong else None)

    def report(self, stack):
        """What is said of the class that the bug is named after, the first time."""
        kind = "difference" if self.finds == ["nothing"] else self.name.split("-")[0]
        lines = self.said.splitlines()
        at = next((i for i, s in enumerate(lines) if f"checker: {kind} (" in s), None)
        if at is None:
            return "(nothing)"
        end = next(i for i, s in enumerate(lines) if i > at and re.search(r" seed \d+, lines", s))
        frames = re.compile(r"  #\d+ ")
        return "\n".join(s for s in lines[at : end + 1] if stack or not frames.search(s))


# --- the document ---


def likened(text):
    """Without what differs from run to run: times, addresses, frames below main()."""
    text = re.sub(r"\d+\.\d{6} s", "T s", text)
    text = re.sub(r"\+0x[0-9a-f]+\) \[0x[0-9a-f]+\]", ") []", text)
    return re.sub(r"^.*  #\d+ \S*libc\.so.*\n|^.*\(_start\).*\n", "", text, flags=re.M)


def block_of(words, bugs, shm, folder):
    """What the document shall have behind <!-- WORDS -->; None: it is right as it is."""
    if words[0] in bugs and words[1:] == ["diff"]:
        return bugs[words[0]].diff
    if words[0] in bugs and words[1] == "report":
        return bugs[words[0]].report("stack" in words)
    if words[0] == "run":
        return shm.run(folder, words[1], *words[2:]).stdout.rstrip("\n")
    raise SystemExit(f"{DOC}: <!-- {' '.join(words)} --> names nothing that is known")


def document(bugs, shm, folder):
    with open(DOC, encoding="utf-8") as f:
        doc = f.read()
    shown = set()

    def check(m):
        words, fence, body = m[1].split(), m[2], m[3]
        if words[0] == "file":
            with open(os.path.join(HERE, words[1]), encoding="utf-8") as f:
                verdict(f"document: {m[1]}", None if body in f.read() else "is not in that file")
            return m[0]
        want = block_of(words, bugs, shm, folder)
        shown.update([words[0].split("-")[0]] if words[1:2] == ["report"] else [])
        if likened(body) == likened(want + "\n"):
            verdict(f"document: {m[1]}")
            return m[0]
        if not WRITE:
            verdict(f"document: {m[1]}", f"to bring it up to date: run.py TOP BUILD --write\n{want}")
        return f"<!-- {m[1]} -->\n{fence}\n{want}\n```\n"

    new = re.sub(r"<!-- (\S.*?) -->\n(```\w*)\n(.*?)```\n", check, doc, flags=re.S)
    if WRITE and new != doc:
        with open(DOC, "w", encoding="utf-8") as f:
            f.write(new)
        print(f"{DOC}: brought up to date")
    missing = [c for c in CLASSES if c not in shown]
    verdict("document: a report of each class", f"none of {missing}" if missing else None)
    tests = ""
    for path in sorted(pathlib.Path(TOP, "tests", "unit").rglob("*.c")):
        tests += path.read_text(encoding="utf-8")
    gone = [t for t in set(re.findall(r"\btest_\w+", doc)) if f"\n{t}(" not in tests]
    verdict("document: every test it names is there", f"not {gone}" if gone else None)


def must_check(shm, work):
    """A call that maps and is not looked at does not pass the compiler."""
    path = os.path.join(work, "unchecked.c")
    with open(path, "w", encoding="utf-8") as f:
        f.write(
            "#include <sl_shm.h>\nvoid f(struct sl_adapter *a, void *p);\n"
            "void f(struct sl_adapter *a, void *p) { sl_buffer_map(a, \"b\", p, 1, 64, 3); }\n"
        )
    flags = call("pkg-config", "--cflags", "sl_shm", env=shm.env).split()
    r = subprocess.run(
        [*CC.split(), "-c", "-o", os.devnull, "-Werror", *flags, path],
        capture_output=True, text=True, timeout=60, check=False,
    )
    good = r.returncode != 0 and "unused" in r.stderr
    verdict("a mapping that is not looked at", None if good else f"compiles\n{r.stderr}")


def subproject(work):
    """The same from a Meson project that has this one below subprojects/."""
    folder = os.path.join(work, "meson-project")
    shutil.copytree(HERE, folder)
    os.mkdir(os.path.join(folder, "subprojects"))
    os.symlink(TOP, os.path.join(folder, "subprojects", "syncline"))
    with open(os.path.join(folder, "meson.build"), "w", encoding="utf-8") as f:
        f.write(
            "project('stranger', 'c', default_options: 'c_std=gnu11')\n"
            "shm = dependency('sl_shm', fallback: 'syncline',\n"
            "    default_options: ['shm_only=true', 'tests=false'])\n"
            "executable('toy', 'toy_main.c', 'toy_device.c', 'toy_driver.c', dependencies: shm)\n"
        )
    env = dict(os.environ, CC=CC)
    call("meson", "setup", os.path.join(folder, "b"), folder, "--wrap-mode=nodownload", env=env)
    call("ninja", "-C", os.path.join(folder, "b"), "-j2", "toy", env=env, seconds=120)
    r = subprocess.run([os.path.join(folder, "b", "toy")], timeout=60, check=False)
    verdict("as a Meson subproject", None if r.returncode == 0 else f"status {r.returncode}")


def main():
    with tempfile.TemporaryDirectory(prefix="sl-example-") as work:
        full = Installed(BUILD, os.path.join(work, "full"))
        full.make(os.path.join(work, "against-full"))
        right_drivers(full, os.path.join(work, "against-full"), [1])
        in_cxx(full, os.path.join(work, "against-full"), [("-l", line, "-s", "1") for line in ("64", "256")])
        if SANITIZE != "none":
            # There the first wrong access ends the program, with a report of another kind.
            return
        alone = os.path.join(work, "alone")
        call("meson", "setup", alone, TOP, "-Dshm_only=true", "-Dtests=false", "--buildtype=debug",
             env=dict(os.environ, CC=CC))
        call("ninja", "-C", alone, "-j2", seconds=120)
        shm = Installed(alone, os.path.join(work, "root"))
        toy = os.path.join(work, "toy")
        shm.make(toy)
        right_drivers(shm, toy, range(1, 6))
        bugs = {n[:-6]: Bug(n[:-6]) for n in sorted(os.listdir(os.path.join(HERE, "bugs")))}
        for name, bug in bugs.items():
            bug.run(shm, os.path.join(work, name))
        policies(shm, os.path.join(work, "shared_line"))
        document(bugs, shm, toy)
        must_check(shm, work)
        subproject(work)


main()
sys.exit(1 if failures else 0)
