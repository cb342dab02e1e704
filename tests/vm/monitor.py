#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""The guest's line to its hypervisor: monitor.py QMP-SOCKET FOLDER

The guest leaves a request as FOLDER/ID.request, one line; what came of it is
FOLDER/ID.answer: "ok [WORDS]" or "error: REASON". Requests:

    set_link BDF on|off  the NIC's link, as if the cable were pulled
    device_del BDF       pull the NIC out; ok when the guest has let it go
    device_add BDF       put the NIC back into its slot
    query                the NICs that are there
    system_reset         the guest's reset button; there may be no time for an answer
    reset_ends           a reset ends the hypervisor again, as when the kernel panics

BDF is the PCI address in the guest: 0000:01:00.0 is the first NIC. Those of QEMU's
own can be worked, not those that are another process's (vfio-user). Ends with the
hypervisor or with its own parent, whichever is first; and ends the hypervisor when
the process SL_VM_OWNER is gone, who wanted the guest.
"""

import json
import os
import re
import socket
import sys
import time

POLL = 0.05         # seconds between looks at the folder
ANSWER_LIMIT = 60   # seconds that QMP has to answer
REMOVAL_LIMIT = 60  # seconds that the guest has to let a device go


class Gone(Exception):
    """The hypervisor has ended."""


class Refused(Exception):
    """It said no; the text says why."""


class Qmp:
    """A connection that has said hello. Events are kept until asked for."""

    def __init__(self, path, alive):
        self.sock = socket.socket(socket.AF_UNIX)
        self.buf = b""
        self.removed = set()
        limit = time.monotonic() + ANSWER_LIMIT
        while True:
            try:
                self.sock.connect(path)
                break
            except OSError:
                if time.monotonic() > limit or not alive():
                    raise Gone from None
                time.sleep(POLL)
        self.receive(limit)  # the greeting
        self.call("qmp_capabilities")

    def receive(self, limit):
        """The next message, or None when there is none in time."""
        while b"\n" not in self.buf:
            self.sock.settimeout(max(limit - time.monotonic(), 0.001))
            try:
                data = self.sock.recv(65536)
            except TimeoutError:
                return None
            except OSError:
                raise Gone from None
            if not data:
                raise Gone
            self.buf += data
        line, self.buf = self.buf.split(b"\n", 1)
        message = json.loads(line)
        if message.get("event") == "DEVICE_DELETED":
            self.removed.add(message["data"].get("device"))
        return message

    def drain(self):
        """Take in what has come by itself."""
        while self.receive(time.monotonic()) is not None:
            pass

    def call(self, command, **arguments):
        """Run a command. Returns what it returns."""
        text = json.dumps({"execute": command, "arguments": arguments})
        try:
            self.sock.settimeout(ANSWER_LIMIT)
            self.sock.sendall(text.encode() + b"\n")
        except OSError:
            raise Gone from None
        limit = time.monotonic() + ANSWER_LIMIT
        while True:
            message = self.receive(limit)
            if message is None:
                raise Refused(f"no answer to {command} in {ANSWER_LIMIT} s")
            if "error" in message:
                raise Refused(message["error"].get("desc", "no reason given"))
            if "return" in message:
                return message["return"]

    def wait_removed(self, device):
        limit = time.monotonic() + REMOVAL_LIMIT
        while device not in self.removed:
            if self.receive(limit) is None:
                raise Refused(f"the guest did not let {device} go in {REMOVAL_LIMIT} s")


class Bench:
    """The requests."""

    def __init__(self, qmp):
        self.qmp = qmp
        self.nics = {}
        for entry in qmp.call("qom-list", path="/machine/peripheral"):
            match = re.fullmatch(r"nic(\d+)", entry["name"])
            if match:
                index = int(match.group(1))
                mac = qmp.call("qom-get", path=f"/machine/peripheral/nic{index}", property="mac")
                self.nics[f"0000:{index + 1:02x}:00.0"] = (index, mac)

    def find(self, bdf):
        if bdf not in self.nics:
            raise Refused(f"'{bdf}' is no NIC of this guest; there are {', '.join(sorted(self.nics))}")
        return self.nics[bdf]

    def set_link(self, bdf, state):
        if state not in ("on", "off"):
            raise Refused(f"set_link: '{state}' is not allowed; allowed: on, off")
        self.qmp.call("set_link", name=f"nic{self.find(bdf)[0]}", up=state == "on")

    def device_del(self, bdf):
        device = f"nic{self.find(bdf)[0]}"
        self.qmp.drain()
        self.qmp.removed.discard(device)
        self.qmp.call("device_del", id=device)
        self.qmp.wait_removed(device)

    def device_add(self, bdf):
        index, mac = self.find(bdf)
        self.qmp.call("device_add", driver="igb", id=f"nic{index}", bus=f"rp{index}",
                      netdev=f"n{index}", mac=mac)

    def query(self):
        entries = {entry["name"] for entry in self.qmp.call("qom-list", path="/machine/peripheral")}
        return " ".join(sorted(b for b, (i, _) in self.nics.items() if f"nic{i}" in entries))

    def system_reset(self):
        # The firmware resets the machine a second time.
        self.qmp.call("set-action", reboot="reset")
        self.qmp.call("system_reset")

    def reset_ends(self):
        self.qmp.call("set-action", reboot="shutdown")

    def serve(self, line):
        """One request. Returns the answer."""
        words = line.split()
        names = ("set_link", "device_del", "device_add", "query", "system_reset", "reset_ends")
        if not words or words[0] not in names:
            return f"error: '{line.strip()}' is no request; allowed: {', '.join(names)}"
        try:
            return f"ok {getattr(self, words[0])(*words[1:]) or ''}".rstrip()
        except TypeError:
            return f"error: {words[0]}: wrong number of words in '{line.strip()}'"
        except Refused as reason:
            return f"error: {reason}"


def write(path, text):
    """Whole or not at all."""
    with open(path + ".tmp", "w", encoding="utf-8") as out:
        out.write(text + "\n")
    os.rename(path + ".tmp", path)


def main(path, folder):
    parent = os.getppid()
    owner = os.environ.get("SL_VM_OWNER")

    def alive():
        return os.getppid() == parent

    def wanted():
        return not owner or os.path.exists(f"/proc/{owner}")

    try:
        qmp = Qmp(path, alive)
        bench = Bench(qmp)
        while alive() and wanted():
            for name in sorted(os.listdir(folder)):
                if name.endswith(".request"):
                    request = os.path.join(folder, name)
                    with open(request, encoding="utf-8") as file:
                        line = file.read()
                    os.unlink(request)
                    write(request.removesuffix("request") + "answer", bench.serve(line))
            qmp.drain()
            time.sleep(POLL)
        qmp.call("quit")
    except Gone:
        pass
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
