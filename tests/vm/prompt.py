#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""prompt.py COMMAND...: is what it starts a usable prompt in the guest?

Runs the command in a pseudo terminal, types, reads, and prints PASS and FAIL
lines as cases.sh does. Always ends within three minutes.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

ROWS, COLUMNS = 33, 111
BOOT_LIMIT = 90
LIMIT = 15


class Terminal:
    """A command in a pseudo terminal."""

    def __init__(self, command):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            size = struct.pack("HHHH", ROWS, COLUMNS, 0, 0)
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.environ["TERM"] = "vt220"
            os.execvp(command[0], command)
        self.seen = ""

    def expect(self, pattern, limit=LIMIT):
        """Read until the pattern came; what it matched goes. False when it did not."""
        end = time.monotonic() + limit
        while True:
            match = re.search(pattern, self.seen)
            if match:
                self.seen = self.seen[match.end():]
                return True
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                return False
            try:
                data = os.read(self.fd, 4096)
            except OSError:
                data = b""
            if not data:
                return False
            self.seen += data.decode(errors="replace")

    def type(self, text):
        os.write(self.fd, text.encode())

    def status(self):
        """Exit status; killed when it has not ended in time."""
        self.expect(r"(?!)")
        for _ in range(50):
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.1)
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)
        return None


def main(command):
    terminal = Terminal(command)
    failed = 0

    def case(name, passed):
        nonlocal failed
        failed += not passed
        print(f"PASS {name}" if passed else f"FAIL {name}: see below", flush=True)
        if not passed:
            for line in terminal.seen.splitlines()[-10:]:
                print("|", line, flush=True)

    case("a prompt in the guest, that says how to leave",
         terminal.expect(r"Ctrl-D ends it", BOOT_LIMIT) and terminal.expect(r"guest:\S+# "))
    terminal.type("echo $TERM; stty size\r")
    case("it has this terminal's kind and size",
         terminal.expect(r"vt220\r*\n") and terminal.expect(rf"{ROWS} {COLUMNS}\r*\n"))
    terminal.type("sleep 1000\r")
    time.sleep(1)
    terminal.type("\x1a")
    case("Ctrl-Z stops a job", terminal.expect(r"Stopped +sleep"))
    terminal.type("fg\r")
    terminal.expect(r"sleep 1000\r*\n")
    time.sleep(0.5)
    terminal.type("\x03")
    terminal.type("echo status=$?\r")
    case("Ctrl-C ends a job, not the guest", terminal.expect(r"status=130"))
    terminal.type("exit 5\r")
    status = terminal.status()
    case(f"exit ends it with its status ({status})", status == 5)
    print("END")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
