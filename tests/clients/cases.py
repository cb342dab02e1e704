# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""The clients, and what each must do with frames of every kind that it is written for."""
import glob
import os
import re
import subprocess
import time

from lab import PORT_MAC, READY, Client, Failed, Process, Tap, ethernet, ipv4, udp

TOOLS = ["/usr/bin/dpdk-dumpcap", "/usr/bin/dpdk-proc-info"]
OUTSIDE = "02:00:00:00:00:aa"


def expect(found, wanted, why):
    if found != wanted:
        raise Failed(f"{why}: {found.hex()} instead of {wanted.hex()}")


def l3fwd(lab, device):
    """Routes by longest prefix, and finds IPv4 by the packet type that the driver reports."""
    args = ["-p", "0x3", "--lookup", "lpm", "--config", f"(0,0,{lab.lcore}),(1,0,{lab.lcore})",
            "--eth-dest", "0,02:00:00:00:00:b0", "--eth-dest", "1,02:00:00:00:00:b1"]
    with Client(lab, lab.example("l3fwd"), device=device, args=args) as client:
        taps = client.ready("Checking link status")
        client.wait("L3FWD: entering main loop")
        for i in range(32):
            for port in (0, 1):
                packet = ipv4("10.0.0.1", f"198.18.{1 - port}.{i}", udp(9, 9, bytes(18 + 43 * i)), ident=i)
                taps[port].send(ethernet(PORT_MAC[port], OUTSIDE, packet))
        for port in (0, 1):
            for i, frame in enumerate(taps[port].expect(32, "routed")):
                packet = ipv4("10.0.0.1", f"198.18.{port}.{i}", udp(9, 9, bytes(18 + 43 * i)), ident=i, ttl=63)
                expect(frame, ethernet(f"02:00:00:00:00:b{port}", PORT_MAC[port], packet), "routed frame")
            taps[port].expect_none("after all were routed")
        client.end()


def fragments(payload, size, **ip):
    """The datagram in fragments of so many bytes, which is a multiple of 8."""
    parts = [payload[i:i + size] for i in range(0, len(payload), size)]
    return [ipv4(ip["src"], ip["dst"], part, ident=ip["ident"],
                 frag=i * size // 8 | (0x2000 if i + 1 < len(parts) else 0))
            for i, part in enumerate(parts)]


def ip_reassembly(lab, device):
    """Its frames may be longer than its buffers, so the driver receives them in chains by itself."""
    args = ["-p", "0x3", "-q", "2", "--maxflows=64", "--flowttl=100s"]
    with Client(lab, lab.example("ip_reassembly"), device=device, mtu=9000, args=args) as client:
        taps = client.ready("entering main loop on lcore")
        for i, (total, size) in enumerate([(2000, 1480), (4000, 1480), (5000, 2960), (8900, 4000)]):
            payload = udp(9, 9, bytes((n * 7 + i) & 0xFF for n in range(total)))
            for packet in fragments(payload, size, src="10.0.0.1", dst="100.20.0.1", ident=i + 1):
                taps[0].send(ethernet(PORT_MAC[0], OUTSIDE, packet))
            frame, = taps[1].expect(1, "reassembled")
            expect(frame[34:], payload, "reassembled payload")
            expect(frame[6:12], bytes.fromhex(PORT_MAC[1].replace(":", "")), "source address")
        taps[0].expect_none("all go to the other port")
        client.end()


def ipv4_multicast(lab, device):
    """Sends each frame to the ports of its group, in chains of a header and shared data."""
    with Client(lab, lab.example("ipv4_multicast"), device=device, mtu=9000, args=["-p", "0x3", "-q", "2"]) as client:
        taps = client.ready("entering main loop on lcore")
        for group, ports in ((101, [0]), (102, [1]), (103, [0, 1])):
            for size in (18, 1000, 4000, 8900):
                packet = ipv4("10.0.0.1", f"224.0.0.{group}", udp(9, 9, bytes(range(256)) * 40)[:8 + size])
                taps[0].send(ethernet(f"01:00:5e:00:00:{group:02x}", OUTSIDE, packet))
                for port in ports:
                    frame, = taps[port].expect(1, f"group {group}")
                    expect(frame[14:14 + len(packet)], packet, f"packet of group {group}")
        for tap in taps:
            tap.expect_none("after the last group")


def symmetric_mp(lab, device):
    """Two processes forward: RSS spreads the flows over a queue of each."""
    program = lab.example("multi_process/symmetric_mp")
    args = ["-p", "3", "--num-procs=2", "--proc-id=0"]
    with Client(lab, program, device=device, shared=True, args=args) as primary:
        primary.wait("Finished Process Init")
        command = [program, "--lcores", f"{lab.lcore + 1}@{lab.device_cpu}", "--no-pci", "-d", lab.driver,
                   *lab.shared(), "--proc-type=secondary", "--", "-p", "3", "--num-procs=2", "--proc-id=1"]
        with Process(lab, command, log="secondary") as secondary:
            secondary.wait("using queue 1 of each port")
            taps = primary.ready("using queue 0 of each port")
            for port in (0, 1):
                frames = {ethernet(PORT_MAC[port], OUTSIDE, ipv4(f"10.0.0.{i}", "10.0.1.1", udp(1000 + i, 9, bytes(64))))
                          for i in range(1, 65)}
                for frame in frames:
                    taps[port].send(frame)
                got = taps[1 - port].expect(len(frames), "forwarded by two processes")
                if set(got) != frames:
                    raise Failed(f"other frames than those that were sent arrived at {taps[1 - port].name}")
            secondary.end()
            primary.end()
            for process in (primary, secondary):
                count = [int(n) for n in re.findall(r"RX - (\d+)", process.said())]
                if len(count) != 2 or 0 in count:
                    raise Failed(f"a process received {count} frames of two ports")


def secondary_tools(lab, device):
    """dpdk-proc-info reads statistics of a running dpdk-testpmd, and dpdk-dumpcap captures its frames."""
    # The tools find mempools of the primary only when they have the same drivers of mempools.
    preload = " ".join(glob.glob("/usr/lib/*/dpdk/pmds-*/librte_mempool_*.so") + [lab.driver])
    args = ["-i", "--forward-mode=io", "--auto-start", "--total-num-mbufs=8192"]
    capture = os.path.join(lab.work, "capture.pcapng")
    with Client(lab, "/usr/bin/dpdk-testpmd", device=device, prompt=True, shared=True, args=args) as client:
        taps = client.ready("testpmd>")
        frames = [ethernet(PORT_MAC[0], OUTSIDE, ipv4("10.0.0.1", "10.0.1.1", udp(i, 9, bytes(600)))) for i in range(20)]
        # Nothing tells when it captures: its file is there earlier. Once it does, three rounds have each frame.
        tool = [TOOLS[0], "--file-prefix", "clients", "-p", "-i", "net_syncline_soft0", "-c", f"{3 * len(frames)}",
                "-w", capture]
        sent = 0
        with Process(lab, tool, env={"LD_PRELOAD": preload}) as dumpcap:
            dumpcap.until(lambda: os.path.exists(capture) and os.path.getsize(capture) > 0, "its file was there")
            last = time.monotonic() + 60
            while dumpcap.process.poll() is None and time.monotonic() < last:
                frame = frames[sent % len(frames)]
                taps[0].send(frame)
                expect(taps[1].expect(1, "forwarded")[0], frame, "forwarded frame")
                sent += 1
            dumpcap.end(None)
        with open(capture, "rb") as f:
            captured = f.read()
        if not all(frame in captured for frame in frames):
            raise Failed("the capture lacks frames")
        tool = [TOOLS[1], *lab.shared()[2:], "--no-pci", "-d", lab.driver, "--", "-p", "0x3", "--stats"]
        with Process(lab, tool) as info:
            info.end(None)
            if f"RX-packets: {sent}" not in info.said():
                raise Failed(f"dpdk-proc-info does not tell of {sent} received frames")
        client.type("quit")
        client.end(None)


class Switch:
    """Open vSwitch with a bridge in user space, and a database and sockets of its own."""

    def __init__(self, lab):
        self.lab, self.root = lab, os.path.join(lab.cache, "openvswitch-switch-dpdk")
        self.database = f"unix:{lab.work}/db.sock"
        self.env = {**{f"OVS_{name}DIR": lab.work for name in ("RUN", "LOG", "DB", "SYSCONF")},
                    "LD_LIBRARY_PATH": os.path.join(self.root, "usr/lib/x86_64-linux-gnu")}
        schema = os.path.join(self.root, "usr/share/openvswitch/vswitch.ovsschema")
        self.run("usr/bin/ovsdb-tool", "create", f"{lab.work}/conf.db", schema)
        self.server = Process(lab, [os.path.join(self.root, "usr/sbin/ovsdb-server"), f"{lab.work}/conf.db",
                                    f"--remote=p{self.database}"], self.env)
        self.server.until(lambda: os.path.exists(f"{lab.work}/db.sock"), "its socket was there")
        self.switch = None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        for process in (self.switch, self.server):
            if process is not None:
                process.__exit__(*exception)

    def run(self, program, *args):
        done = subprocess.run([os.path.join(self.root, program), *args], env={**os.environ, **self.env}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode != 0:
            raise Failed(f"{os.path.basename(program)} {' '.join(args)}: {done.stdout.strip()}")
        return done.stdout

    def set(self, *args):
        """A command of ovs-vsctl, which waits until the switch has done it."""
        out = self.run("usr/bin/ovs-vsctl", f"--db={self.database}", *([] if self.switch else ["--no-wait"]),
                       f"--timeout={READY}", *args)
        if "error" in out.lower():
            raise Failed(f"ovs-vsctl {' '.join(args)}: {out.strip()}")
        return out

    def start(self):
        extra = f"--legacy-mem --no-huge --no-shconf -m 768 --no-pci --no-telemetry -l {self.lab.lcore} -d {self.lab.driver}"
        self.set("init", "--", "set", "Open_vSwitch", ".", "other_config:dpdk-init=true", "other_config:per-port-memory=true",
                 f'other_config:dpdk-extra="{extra}"', f"other_config:pmd-cpu-mask={1 << self.lab.lcore:#x}")
        program = os.path.join(self.root, "usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk")
        self.switch = Process(self.lab, [program, self.database], self.env)
        self.set("add-br", "br0", "--", "set", "Bridge", "br0", "datapath_type=netdev")

    def stop(self):
        """The switch ends, and closes its ports."""
        process = self.switch.process.pid
        self.run("usr/bin/ovs-appctl", "-t", f"{self.lab.work}/ovs-vswitchd-dpdk.{process}.ctl", "exit", "--cleanup")
        self.switch.end(None)

    def add(self, number, device, mtu):
        tap = Tap(f"slc{number}")
        devargs = f"net_syncline_soft{number}," + self.lab.port(number, device, tap.name, mtu)
        self.set("add-port", "br0", f"p{number}", "--", "set", "Interface", f"p{number}", "type=dpdk",
                 f'options:dpdk-devargs="{devargs}"')
        tap.open()
        return tap


def openvswitch(lab, device):
    """A bridge of two ports: forwards, takes another MTU, and a port that is taken out and put back."""
    def crosses(taps, size):
        for i, tap in enumerate(taps):
            frame = ethernet(f"02:00:00:00:00:a{1 - i}", f"02:00:00:00:00:a{i}",
                             ipv4("10.0.0.1", "10.0.0.2", udp(9, 9, bytes(size))))
            tap.send(frame)
            expect(taps[1 - i].expect(1, f"{size} bytes")[0], frame, "switched frame")

    with Switch(lab) as switch:
        switch.start()
        taps = [switch.add(i, device, 9000) for i in (0, 1)]
        crosses(taps, 18)
        crosses(taps, 1400)
        for i in (0, 1):
            switch.set("set", "Interface", f"p{i}", "mtu_request=9000")
        crosses(taps, 8900)
        taps[1].close()
        switch.set("del-port", "br0", "p1")
        taps[1] = switch.add(1, device, 1500)
        crosses(taps, 1400)
        switch.stop()


# Name, what must be prepared for it (prepare.sh), and the case.
CASES = [
    ("l3fwd", ["examples", "l3fwd"], l3fwd),
    ("ip_reassembly", ["examples", "ip_reassembly"], ip_reassembly),
    ("ipv4_multicast", ["examples", "ipv4_multicast"], ipv4_multicast),
    ("symmetric_mp", ["examples", "multi_process/symmetric_mp"], symmetric_mp),
    ("secondary_tools", ["installed", "/usr/bin/dpdk-testpmd", *TOOLS], secondary_tools),
    ("openvswitch", ["package", "openvswitch-switch-dpdk"], openvswitch),
]
