# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""
What the cases of this suite use: a client, which is a DPDK program in a process of its own, with
ports of the software NIC whose wires are taps, and frames that are sent to the taps and expected
from them.
"""
import ctypes
import fcntl
import os
import signal
import socket
import struct
import subprocess
import time

# Seconds until a client must have said that it is ready, and until a frame must have arrived. On
# a busy machine a client needs some seconds to start; a healthy one never waits this long.
READY = 60
ARRIVE = 20
# Addresses of the ports.
PORT_MAC = ["02:53:4c:00:01:00", "02:53:4c:00:01:01"]


class Failed(Exception):
    """What a client did wrong."""


class Skipped(Exception):
    """What this machine lacks for a client."""


def free_hugepages():
    """Bytes of free hugepages of the default size."""
    with open("/proc/meminfo", encoding="ascii") as f:
        of = {line.split(":")[0]: int(line.split()[1]) for line in f}
    return of.get("HugePages_Free", 0) * of.get("Hugepagesize", 0) * 1024


def own_namespaces():
    """
    Give this process a network of its own, so no frames but ours are on its interfaces, and mounts
    of its own, which end with it.
    """
    clone_newns, clone_newnet = 0x00020000, 0x40000000
    ms_rec, ms_private = 0x4000, 0x40000
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(clone_newns | clone_newnet) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    if libc.mount(b"none", b"/", None, ms_rec | ms_private, None) != 0:
        raise OSError(ctypes.get_errno(), "mount / private")
    # The kernel sends no frames of its own to a tap that comes up, which would be forwarded.
    if os.path.exists("/proc/sys/net/ipv6/conf"):
        with open("/proc/sys/net/ipv6/conf/default/disable_ipv6", "w", encoding="ascii") as f:
            f.write("1")


def mount_huge(folder):
    """Hugepages as files in a folder. Processes share memory by them."""
    os.makedirs(folder)
    if ctypes.CDLL(None, use_errno=True).mount(b"none", folder.encode(), b"hugetlbfs", 0, None) != 0:
        raise Failed(f"hugetlbfs cannot be mounted: {os.strerror(ctypes.get_errno())}")


def checksum(data):
    """Internet checksum (RFC 1071) of an even number of bytes."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(src, dst, payload, *, proto=17, ttl=64, ident=1, frag=0):
    """An IPv4 packet; frag is the header's field of flags and offset."""
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ident, frag, ttl, proto, 0,
                       socket.inet_aton(src), socket.inet_aton(dst))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def udp(sport, dport, payload):
    """A UDP datagram without checksum."""
    return struct.pack("!HHHH", sport, dport, 8 + len(payload), 0) + payload


def ethernet(dst, src, packet):
    """A frame of at least 60 bytes that has an IPv4 packet."""
    frame = bytes.fromhex(dst.replace(":", "")) + bytes.fromhex(src.replace(":", "")) + b"\x08\x00" + packet
    return frame.ljust(60, b"\0")


class Tap:
    """The kernel's end of a port's wire."""

    def __init__(self, name):
        self.name, self.socket = name, None

    def open(self):
        """Take frames from here on."""
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))
        self.socket.bind((self.name, 0))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)

    def close(self):
        if self.socket is not None:
            self.socket.close()
        self.socket = None

    def send(self, frame):
        self.socket.send(frame)

    def receive(self, seconds):
        """The next frame that the port sent, or None when none arrives in that time."""
        end = time.monotonic() + seconds
        while True:
            self.socket.settimeout(max(end - time.monotonic(), 0.001))
            try:
                frame, address = self.socket.recvfrom(65536)
            except TimeoutError:
                return None
            if address[2] != socket.PACKET_OUTGOING:
                return frame

    def expect(self, count, why):
        """That number of frames."""
        frames = []
        while len(frames) < count:
            frame = self.receive(ARRIVE)
            if frame is None:
                raise Failed(f"{why}: {len(frames)} of {count} frames arrived at {self.name}")
            frames.append(frame)
        return frames

    def expect_none(self, why):
        """No further frame. Half a second is enough to see one that should not be."""
        frame = self.receive(0.5)
        if frame is not None:
            raise Failed(f"{why}: an unexpected frame arrived at {self.name}: {frame[:64].hex()}")


class Process:
    """A program in a process of its own, which is gone when its block ends. What it says is kept."""

    def __init__(self, lab, command, env=None, log=None):
        self.log = os.path.join(lab.work, (log or os.path.basename(command[0])) + ".log")
        lab.logs.append(self.log)
        with open(self.log, "ab") as log:
            # Line by line, as to a terminal: a case waits for what a program says.
            self.process = subprocess.Popen(["stdbuf", "-oL", *command], stdin=subprocess.PIPE, stdout=log, stderr=log,
                                            env={**os.environ, **(env or {})})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()

    def until(self, condition, what):
        """Wait until the condition holds."""
        end = time.monotonic() + READY
        while not condition():
            if self.process.poll() is not None:
                raise Failed(f"it ended with status {self.process.returncode} before {what}")
            if time.monotonic() > end:
                raise Failed(f"{READY} s passed before {what}")
            time.sleep(0.05)

    def wait(self, text):
        """Wait until the program has said that."""
        self.until(lambda: text in self.said(), f"it said '{text}'")

    def type(self, line):
        """A line for a program that has a prompt."""
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def end(self, sig=signal.SIGINT):
        """The program ends by this signal, or by its last line when sig is None, with status 0."""
        if sig is not None:
            self.process.send_signal(sig)
        try:
            status = self.process.wait(READY)
        except subprocess.TimeoutExpired:
            raise Failed(f"it did not end within {READY} s") from None
        if status != 0:
            raise Failed(f"it ended with status {status}")


class Client(Process):
    """
    A DPDK program with ports of the software NIC. One lcore forwards, or two of which the first has
    the prompt; when the machine has another CPU, the devices work there. A client that is shared can
    have secondary processes.
    """

    def __init__(self, lab, program, *, device, mtu=1500, prompt=False, shared=False, args=()):
        self.taps = [Tap(f"slc{i}") for i in range(2)]
        lcores = f"0@{lab.device_cpu},1@{lab.lcore}" if prompt else f"{lab.lcore}@{lab.lcore}"
        command = [program, "--lcores", lcores, "--no-pci", "--no-telemetry", "-d", lab.driver]
        if shared:
            command += [*lab.shared(), "-m", "256"]
        else:
            command += ["--no-huge", "--no-shconf", "-m", "512"]
        for i, tap in enumerate(self.taps):
            command += ["--vdev", f"net_syncline_soft{i}," + lab.port(i, device, tap.name, mtu)]
        super().__init__(lab, [*command, "--", *args])

    def __exit__(self, *exception):
        super().__exit__(*exception)
        for tap in self.taps:
            tap.close()

    def ready(self, text):
        """The client has said that it forwards, and its taps can be used."""
        self.wait(text)
        for tap in self.taps:
            tap.open()
        return self.taps


class Lab:
    """Where the clients of one run are: the driver, what was prepared, and a folder for files."""

    def __init__(self, driver, cache, work):
        self.driver, self.cache, self.work, self.logs = driver, cache, work, []
        cpus = sorted(os.sched_getaffinity(0))
        self.device_cpu, self.lcore = cpus[0], cpus[-1]

    def shared(self):
        """EAL's arguments for a primary process and its secondaries, which this folder brings together."""
        os.environ["RUNTIME_DIRECTORY"] = self.work
        huge = os.path.join(self.work, "huge")
        if not os.path.exists(huge):
            if free_hugepages() < 300 << 20:
                raise Skipped("300 MiB of hugepages are not free")
            mount_huge(huge)
        return ["--huge-dir", huge, "--file-prefix", "clients"]

    def close(self):
        """Nothing is mounted in the folder any more."""
        mnt_detach = 2
        if os.path.exists(os.path.join(self.work, "huge")):
            ctypes.CDLL(None).umount2(os.path.join(self.work, "huge").encode(), mnt_detach)

    def example(self, path):
        """The program of an example."""
        return os.path.join(self.cache, "examples", path, "build", os.path.basename(path))

    def port(self, number, device, tap, mtu):
        """Arguments of a port of the software NIC whose wire is this tap."""
        return (f"device={device},cpu={self.device_cpu},wire=tap:{tap};mtu={mtu},"
                f"mac={PORT_MAC[number]}")


def obstacle():
    """Why no tap can be had here, or None."""
    tunsetiff, iff_tap, iff_no_pi = 0x400454CA, 0x0002, 0x1000
    try:
        own_namespaces()
        with open("/dev/net/tun", "r+b", buffering=0) as tun:
            fcntl.ioctl(tun, tunsetiff, struct.pack("16sH22x", b"slc-try", iff_tap | iff_no_pi))
    except OSError as e:
        return f"network namespaces and taps need root and /dev/net/tun: {e}"
    return None
