#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""
run.py BUILD CACHE [PATTERN]

Programs that nobody here wrote, on the software NIC: DPDK's examples and tools, each with what must
come out. The examples are built in CACHE from the source of the installed DPDK. PATTERN chooses
cases by name. Prints PASS, FAIL and SKIP lines and END.
"""
import fnmatch
import os
import subprocess
import sys
import tempfile
import time

from cases import CASES
from lab import Failed, Lab, Skipped, obstacle

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def prepare(cache, what):
    """What prepare.sh says: "" when all is there, else a verdict."""
    done = subprocess.run([os.path.join(TOP, "tests/clients/prepare.sh"), cache, *what],
                          stdout=subprocess.PIPE, text=True, check=False)
    verdict = {0: "", 77: "SKIP"}.get(done.returncode, "FAIL")
    return verdict and f"{verdict} {{}}: {done.stdout.strip()}"


def run_case(lab, name, case, device):
    """One client on one device."""
    start = time.monotonic()
    try:
        case(lab, device)
    except Skipped as e:
        print(f"SKIP {name}, {device}: {e}", flush=True)
        return
    except Failed as e:
        print(f"FAIL {name}, {device}: {e}", flush=True)
        for log in lab.logs:
            with open(log, encoding="utf-8", errors="replace") as f:
                sys.stderr.write(f"--- {os.path.basename(log)}\n" + "".join(f.readlines()[-30:]))
        return
    print(f"PASS {name}, {device} [{time.monotonic() - start:.0f} s]", flush=True)


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__.strip())
    build, cache, pattern = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), (sys.argv[3:] or ["*"])[0]
    clients = [c for c in CASES if fnmatch.fnmatchcase(c[0], pattern)]
    if not clients:
        sys.exit(f"no client is named '{pattern}'; there are {', '.join(c[0] for c in CASES)}")
    # What is fetched comes first: the network namespace of the cases has no way out.
    verdicts = {name: prepare(cache, what) for name, what, _ in clients}
    why = obstacle()
    for name, _, case in clients:
        verdict = f"SKIP {{}}: {why}" if why else verdicts[name]
        if verdict:
            print(verdict.format(name), flush=True)
            continue
        for device in ("82576", "82599"):
            with tempfile.TemporaryDirectory() as work:
                lab = Lab(os.path.join(build, "pmd/librte_net_syncline.so"), cache, work)
                run_case(lab, name, case, device)
                lab.close()
    print("END")


if __name__ == "__main__":
    main()
