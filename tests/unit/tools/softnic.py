#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""
sl-softnic and its clients as processes: either side is killed, again and again, and nothing is
left; its command line; statistics and commands.

softnic.py SL-SOFTNIC
"""
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = sys.argv.pop(1)
SEED = int(os.environ.get("SL_SEED", random.randrange(1 << 32)))
KILLS = 25
PATIENCE_S = 60

# A client as a process, so that it can be killed: it maps memory, sets up interrupts, rings, and says so.
CLIENT = """
import array, os, socket, struct, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
def call(command, body, fds=()):
    extra = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    s.sendmsg([struct.pack("<HHIII", 0, command, 16 + len(body), 0, 0) + body], extra)
    answer = s.recv(65536)
    assert answer and struct.unpack("<I", answer[12:16])[0] == 0, (command, answer)
call(1, struct.pack("<HH", 0, 0) + b'{}\\0')
fd = os.memfd_create("m")
os.ftruncate(fd, 1 << 20)
call(2, struct.pack("<IIQQQ", 32, 3, 0, 0, 1 << 20), [fd])
call(8, struct.pack("<IIIII", 20, 0x24, 2, 0, 1), [os.eventfd(0)])
call(10, struct.pack("<QIII", 0, 0, 4, 0x40))
if len(sys.argv) > 2:
    # 255 frames of 9000 bytes: bus master, link, a ring of 256 descriptors, and its tail.
    d = b"".join(struct.pack("<QII", 1 << 16, 0x2b300000 | 9000, 9000 << 14) for _ in range(256))
    os.pwrite(fd, d, 0)
    def write(region, offset, data):
        call(10, struct.pack("<QII", offset, region, len(data)) + data)
    write(7, 4, struct.pack("<H", 6))
    for offset, value in ((0, 0x41), (0xe000, 0), (0xe004, 0), (0xe008, 4096), (0x400, 0xa), (0xe028, 1 << 25), (0xe018, 255)):
        write(0, offset, struct.pack("<I", value))
print("up", flush=True)
s.recv(1)
print("end of file", flush=True)
"""


def wait_for(what, condition):
    until = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > until:
            raise AssertionError("not seen in time: " + what)
        time.sleep(0.01)


class Softnic(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.socket = os.path.join(self.folder.name, "nic")
        self.log = os.path.join(self.folder.name, "log")
        self.process = None
        self.clients = []

    def tearDown(self):
        for p in self.clients + ([self.process] if self.process else []):
            if p.poll() is None:
                p.kill()
            p.wait()
            p.stdout.close()
        self.folder.cleanup()

    def start(self, *options):
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen([PROGRAM, "--socket", self.socket, *options], stdout=subprocess.PIPE,
                                            stderr=log, text=True)
        self.assertEqual(self.process.stdout.readline(), "sl-softnic: ready\n", self.said())

    def client(self, *words):
        p = subprocess.Popen([sys.executable, "-c", CLIENT, self.socket, *words], stdout=subprocess.PIPE, text=True)
        self.clients.append(p)
        self.assertEqual(p.stdout.readline(), "up\n", self.said())
        return p

    def said(self):
        with open(self.log, encoding="utf-8") as f:
            return f.read()

    def files(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def maps(self):
        with open(f"/proc/{self.process.pid}/maps", encoding="utf-8") as f:
            return sum("memfd:m" in line for line in f)

    def test_devices_of_guests(self):
        """Those that "syncline vm" takes, a list that has to be there before anything is built."""
        said = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True).stdout
        ours = re.search(r"--device NAME .*: (.*) \(default", said).group(1)
        with open(os.path.join(os.path.dirname(__file__), "../../vm/options.sh"), encoding="utf-8") as f:
            guests = re.search(r'VM_DEVICES="(.*)"', f.read()).group(1)
        self.assertEqual(guests.split(), ours.split(", "))

    def test_clients_are_killed(self):
        self.start()
        before = self.files()
        for n in range(KILLS):
            p = self.client()
            self.assertEqual(self.maps(), 1)
            p.kill()
            wait_for("a line for each client that went",
                     lambda n=n: self.said().count("the client has gone: it closed the socket") == n + 1)
            wait_for("its files and memory are given back", lambda: self.files() == before and self.maps() == 0)
        self.process.terminate()
        self.assertEqual(self.process.wait(PATIENCE_S), 0)
        self.assertFalse(os.path.exists(self.socket))

    def test_server_is_killed(self):
        for _ in range(KILLS):
            # The socket that the last one left behind is replaced.
            self.start()
            p = self.client()
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.assertEqual(p.stdout.readline(), "end of file\n")
            self.assertEqual(p.wait(PATIENCE_S), 0)
            self.assertTrue(os.path.exists(self.socket))

    def test_killed_in_the_middle(self):
        rng = random.Random(SEED)
        print("seed", SEED)
        self.start()
        before = self.files()
        for n in range(KILLS):
            p = subprocess.Popen([sys.executable, "-c", CLIENT, self.socket], stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL, text=True)
            self.clients.append(p)
            time.sleep(rng.random() * 0.1)
            p.kill()
            p.wait()
        # Whatever they had come to, the next one is served.
        self.client().kill()
        wait_for("all files are given back", lambda: self.files() == before)

    def refused(self, words, *options):
        r = subprocess.run([PROGRAM, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                           timeout=PATIENCE_S, check=False)
        self.assertNotEqual(r.returncode, 0, options)
        for word in words:
            self.assertIn(word, r.stderr, options)

    def test_command_line(self):
        s = self.socket
        self.refused(["--socket PATH is missing"])
        self.refused(["--device", "behind the --socket"], "--device", "i350")
        self.refused(["i999", "there are 82576, "], "--socket", s, "--device", "i999")
        self.refused(["not the address of one port"], "--socket", s, "--mac", "01:00:00:00:00:01")
        self.refused(["not the address of one port"], "--socket", s, "--mac", "02:00:00:00:00:01x")
        self.refused(["zap", "hold_dd"], "--socket", s, "--fault", "zap")
        self.refused(["unknown kind", "gen"], "--socket", s, "--wire", "zap")
        self.refused(["another device has it"], "--socket", s, "--socket", s)
        self.refused(["is no option"], "--socket", s, "word")
        self.refused(["--stats", "No such file"], "--socket", s, "--stats", "/none/here")
        self.refused(["1 to 107 bytes"], "--socket", "x" * 200)
        self.refused(["cannot make the socket"], "--socket", "/none/nic")
        self.assertFalse(os.path.exists(s))

    def test_socket_in_the_way(self):
        with open(self.socket, "w", encoding="utf-8") as f:
            f.write("mine")
        self.refused(["it is no socket"], "--socket", self.socket)
        with open(self.socket, encoding="utf-8") as f:
            self.assertEqual(f.read(), "mine")
        os.unlink(self.socket)
        self.start()
        self.refused(["another process listens there"], "--socket", self.socket)
        self.client()

    def test_statistics_and_commands(self):
        stats = os.path.join(self.folder.name, "stats")
        fifo = os.path.join(self.folder.name, "fifo")
        os.mkfifo(fifo)
        self.start("--stats", stats, "--commands", fifo, "--wire", "gen:autostart=0")
        self.process.send_signal(signal.SIGUSR1)
        wait_for("statistics at SIGUSR1", lambda: os.path.exists(stats))
        with open(fifo, "w", encoding="utf-8") as f:
            f.write("fault 0 zap\nfault 7 none\nwire 0 zap\nnonsense\nfault 0 link_down\nhelp\n")
        for words in ("'zap' is no fault", "'7' is no device", "'zap' is not allowed", "'nonsense' is no command"):
            wait_for(words, lambda words=words: words in self.said())
        self.process.terminate()
        self.assertEqual(self.process.wait(PATIENCE_S), 0)
        with open(stats, encoding="utf-8") as f:
            told = json.load(f)
        self.assertEqual(told["schema"], "syncline-softnic-1")
        self.assertEqual(told["devices"][0]["wire"]["kind"], "gen")

    def test_full_wire(self):
        """Frames that a wire has no room for are counted, and told of at the end."""
        stats = os.path.join(self.folder.name, "stats")
        self.start("--stats", stats, "--wire", "loop")
        # Nobody receives them.
        self.client("send")

        def told():
            with open(stats, encoding="utf-8") as f:
                return json.load(f)["devices"][0]

        def sent():
            if os.path.exists(stats):
                os.unlink(stats)
            self.process.send_signal(signal.SIGUSR1)
            wait_for("statistics", lambda: os.path.exists(stats) and os.path.getsize(stats))
            return told()["nic"]["tx_frames"] == 255
        wait_for("all frames are sent", sent)
        self.process.terminate()
        self.assertEqual(self.process.wait(PATIENCE_S), 0)
        drops = told()["wire"]["loop_drops"]
        self.assertGreater(drops, 100)
        self.assertIn(f"the wire had no room for {drops} frames that were sent (loop_drops)", self.said())

    def test_full_disk(self):
        self.start("--stats", "/dev/full")
        self.process.terminate()
        self.assertEqual(self.process.wait(PATIENCE_S), 1)
        self.assertIn("No space left", self.said())

    def commands(self, text, *options):
        """What is said of commands that come from standard input, until its end and a SIGTERM."""
        script = os.path.join(self.folder.name, "commands")
        with open(script, "w", encoding="utf-8") as f:
            f.write(text + "\nthe end\n")
        self.start("--commands", script, *options)
        wait_for("the last command", lambda: "'the' is no command" in self.said() or "too many" in self.said())
        self.process.terminate()
        with self.process.stdout as f:
            out = f.read()
        self.assertEqual(self.process.wait(PATIENCE_S), 0)
        return out

    def test_long_command(self):
        """Of a line that is too long nothing is done, whatever its end looks like."""
        for n in (254, 255, 300, 508, 1000):
            out = self.commands("x" * n + "help\n" + " " * n + "help")
            self.assertNotIn("Commands;", out, n)
            self.assertIn("more than 254 bytes is dropped", self.said())
            self.assertNotIn("'xhelp'", self.said())

    def test_last_command_has_no_end(self):
        script = os.path.join(self.folder.name, "commands")
        with open(script, "w", encoding="utf-8") as f:
            f.write("nonsense")
        self.start("--commands", script)
        wait_for("the last command", lambda: "'nonsense' is no command" in self.said())

    def test_commands_from_a_folder(self):
        self.start("--commands", self.folder.name)
        wait_for("why there are none", lambda: "commands cannot be read any more: Is a directory" in self.said())

    def test_nobody_reads_statistics(self):
        """A FIFO without a reader keeps nobody from ending it: one more signal is enough."""
        fifo = os.path.join(self.folder.name, "fifo")
        os.mkfifo(fifo)
        for signals in ([], [signal.SIGUSR1]):
            self.start("--stats", fifo)
            for number in signals:
                self.process.send_signal(number)

            def ended():
                self.process.terminate()
                return self.process.poll() is not None
            wait_for("the end", ended)
            self.assertEqual(self.process.returncode, 1)
            self.assertIn("nobody reads it, and a signal came", self.said())
            self.assertFalse(os.path.exists(self.socket))
            self.process.stdout.close()

    def test_once(self):
        self.start("--once")
        # Somebody who says nothing is no virtual machine.
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(self.socket)
        wait_for("its end", lambda: "the client has gone" in self.said())
        self.client().kill()
        self.assertEqual(self.process.wait(PATIENCE_S), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
