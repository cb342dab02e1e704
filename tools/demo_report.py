#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""demo_report.py DIR JSON DEVICE: one screen out of what the demo's parts left in DIR,
on software NICs that are DEVICE, and the same as JSON. Exit status 1 when a part shows a fault.

demo_report.py --rate FILE: frames a second of one sl-testpmd result.
"""

import json
import os
import sys

MODES = ("coherent", "explicit")


def load(path):
    """A result of sl-testpmd, or None when that run left none."""
    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f)
    except (OSError, ValueError):
        return None


def run_summary(result):
    """What of one sl-testpmd result the demo shows."""
    if result is None:
        return None
    sink = next((x["ns"] for x in result["latency"] if x["ns"]["count"]), None)
    return {
        "mpps": result["rates"]["tx_pps"] / 1e6,
        "cycles_per_packet": result["rates"]["cycles_per_packet"],
        "frames": result["loss"]["in"],
        "lost": result["loss"]["lost"],
        # Dropped by the NIC for want of a receive descriptor, or by the program for
        # want of a transmit descriptor: the driver's thread was late, and said so.
        "late": result["totals"]["missed"] + result["totals"]["dropped"],
        "loss_method": result["loss"]["method"],
        "latency_ns": sink,
        "rx_path": result["ports"][0]["rx_path"],
        "tx_path": result["ports"][1]["tx_path"],
    }


def run_line(mode, what, run):
    """One row of the table of generated traffic."""
    if run is None:
        return f"  {mode:9} {what:10} failed"
    lat = run["latency_ns"] or {}
    micro = "".join(f"{lat.get(key, 0) / 1e3:9.1f}" for key in ("p50", "p99", "p999", "max"))
    return (f"  {mode:9} {what:10}{run['mpps']:7.2f}{run['cycles_per_packet']:9.0f}"
            f"{run['lost']:9} of {run['frames']:<10}{micro}")


def read_kernel(path):
    """kernel.txt: lines of a key and its value."""
    try:
        with open(path, encoding="utf-8") as f:
            return dict(line.rstrip("\n").split(" ", 1) for line in f if " " in line)
    except OSError:
        return {"failed": "it left no result"}


def kernel_lines(kernel):
    """The part with real traffic, for people."""
    if "skipped" in kernel:
        return [f"  skipped: {kernel['skipped']}"]
    if "failed" in kernel:
        return [f"  FAILED: {kernel['failed']}"]
    size, seconds = int(kernel["tcp_bytes"]), int(kernel["tcp_ms"]) / 1000
    return [
        f"  ping 56 bytes:   {kernel['ping56']}",
        f"  ping 1472 bytes: {kernel['ping1472']}",
        f"  TCP: {size} bytes in {seconds:.2f} s, {size / seconds / 1e6:.0f} MB/s; "
        f"sha256 at both ends {kernel['sha256_sent'][:16]}...",
    ]


def read_capture(path):
    """What pcapcmp said."""
    try:
        with open(path, encoding="utf-8") as f:
            return f.read().strip()
    except OSError:
        return "it left no result"


def screen(doc, json_path):
    """The whole screen."""
    env = doc["environment"]
    head = f"{env['cpu']}, {env['cpus']} CPUs, {env['dpdk']}" if env else "no run succeeded"
    out = [
        f"---- Syncline demo: {head}, software NICs as {doc['device']}",
        "",
        "1. 64-byte frames: generator - port 0 - driver - port 1 - sink",
        "                          Mpps  cycles/p    lost, by sequence number  "
        "p50      p99    p99.9   max us",
    ]
    for mode in MODES:
        runs = doc["generated"][mode]
        out.append(run_line(mode, "full speed", runs["full"]))
        out.append(run_line(mode, "at 90 %", runs["paced"]))
    for mode in MODES:
        full = doc["generated"][mode]["full"]
        if full:
            out.append(f"  {mode}: receive path \"{full['rx_path']}\", "
                       f"transmit path \"{full['tx_path']}\"")
    out += ["", "2. two network namespaces, joined by nothing but the driver over tap wires"]
    out += kernel_lines(doc["kernel"])
    out += ["", "3. a capture of mixed traffic, sent and recorded", f"  {doc['capture']}", ""]
    if doc["faults"]:
        out += [f"FAULT: {fault}" for fault in doc["faults"]]
    else:
        out.append("all fine")
    out += [f"note: {note}" for note in doc["notes"]]
    out.append(f"JSON: {json_path}")
    return "\n".join(out)


def find_notes(doc):
    """Frames that were dropped and counted: the machine's doing, not the driver's."""
    return [f"{mode}, {what}: {run['late']} frames were dropped and counted, because the driver's "
            "thread or the software NIC's did not get its CPU in time"
            for mode in MODES for what, run in doc["generated"][mode].items()
            if run and run["late"]]


def find_faults(doc):
    """What must not be: frames lost and not accounted for, other bytes, no result."""
    faults = []
    for mode in MODES:
        for what, run in doc["generated"][mode].items():
            if run is None:
                faults.append(f"{mode}, {what}: no result")
            elif run["lost"] > run["late"] or not run["frames"]:
                faults.append(f"{mode}, {what}: of {run['frames']} frames {run['lost']} lost, "
                              f"{run['late']} accounted for")
    if "failed" in doc["kernel"]:
        faults.append(f"kernel traffic: {doc['kernel']['failed']}")
    if not doc["capture"].endswith("equal"):
        faults.append(f"capture: {doc['capture']}")
    return faults


def main():
    if sys.argv[1] == "--rate":
        print(int(load(sys.argv[2])["rates"]["tx_pps"]))
        return 0
    folder, json_path, device = sys.argv[1:4]
    results = {f"{what}-{mode}": load(os.path.join(folder, f"{what}-{mode}.json"))
               for what in ("full", "paced") for mode in MODES}
    some = next((r for r in results.values() if r), None)
    doc = {
        "schema": 1,
        "program": "syncline demo",
        "device": device,
        "environment": some["environment"] if some else None,
        "generated": {mode: {what: run_summary(results[f"{what}-{mode}"])
                             for what in ("full", "paced")} for mode in MODES},
        "kernel": read_kernel(os.path.join(folder, "kernel.txt")),
        "capture": read_capture(os.path.join(folder, "capture.txt")),
        "results": results,
    }
    doc["faults"] = find_faults(doc)
    doc["notes"] = find_notes(doc)
    with open(json_path, "w", encoding="utf-8") as f:
        json.dump(doc, f, indent=1)
        f.write("\n")
    print(screen(doc, json_path))
    return 1 if doc["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
