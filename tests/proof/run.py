#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""run.py [--jobs N] [--bounds N] TOOLS WORK [PATTERN]

Proves receive's and transmit's bursts with cbmc, which prepare.sh unpacked into TOOLS;
then removes one bound after the other, each of which must break a proof. One line each on standard output: "PASS name: words" or "FAIL name: words", then "END". PATTERN chooses by name;
of the removed bounds --bounds tries only N, chosen by the seed in SL_SEED.
docs/explanation/proof.md says what is proven, and of what it is made up.
"""

import argparse
import concurrent.futures
import fnmatch
import os
import random
import shlex
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
LIMIT = 900  # seconds for one proof: some twenty times what the longest takes alone

# What is compiled: name, source, macros, how often loops may go round, and which ones more or
# less. A ring of four descriptors has room for a burst of three that wraps; lanes take two
# quads of twelve. A frame has two segments at most, and one more in what tx_post.c is given.
CHAINS = ["world_free.0:3", "rx_trim_crc.0:2"]
SCALAR = ("scalar", "rx.c", ["SL_SIMD=0"], 4, CHAINS)
SCATTERED = ("scattered", "rx.c", ["SL_SIMD=0", "RX_CLEAN=1", "RX_HOLD=1"], 4, CHAINS)
QUAD = ["SL_SIMD=128", "RX_LINE=4u", "RX_CLEAN=0", "RX_HOLD=4"]
LANES = ("lanes", "rx.c", QUAD + ["RX_DESCS=12u"], 9, CHAINS + ["rx_take_quads.0:3"])
SPLIT = ("split lanes", "rx.c", LANES[2] + ["SL_LANE_IS_ATOMIC=0"], 9, LANES[4])
# One quad of the rows with offload: what is loaded otherwise is two of them without.
SPLIT_ONE = ("split lanes, one quad", "rx.c", QUAD + ["RX_DESCS=8u", "SL_LANE_IS_ATOMIC=0"], 9,
             CHAINS + ["rx_take_quads.0:2"])
# Mempools are given back to by their own calls alone, not by way of a cache.
TRANSMIT = ("scalar", "tx.c", ["SL_SIMD=0", "RTE_LIBRTE_MEMPOOL_DEBUG"], 5, CHAINS)
POSTING = ("scalar", "tx_post.c", TRANSMIT[2], 5, ["world_free.0:4", "tx_burst.0:8"])
# Quads of plain frames: two of sixteen; with offload, or where data lies apart, one of eight.
LANE_WORDS = ["SL_SIMD=128", "RTE_LIBRTE_MEMPOOL_DEBUG"]
PLAIN = ("lanes", "tx_post.c", LANE_WORDS + ["TX_DESCS=16u", "TX_BURST=8u"], 17, ["tx_put_quads.3:3"])
PLAIN_ONE = ("lanes, one quad", "tx_post.c", LANE_WORDS + ["TX_DESCS=8u", "TX_BURST=5u"], 9, ["tx_put_quads.3:2"])
# A burst around them, as if a quad were two frames: four in a ring of four.
# Addresses alone: no loop.
PLACES = ("places", "shared.c", ["SL_SIMD=0"], 2, [])
PAIRS = ("pairs", "tx_post.c", LANE_WORDS + ["TX_DESCS=4u", "TX_BURST=4u", "TX_QUAD=2u"], 5, ["tx_burst.0:10"])



def ixgbe(build):
    """The same for the other format of descriptors."""
    return (build[0] + ", ixgbe", build[1], build[2] + ["PROOF_IXGBE"], *build[3:])


# Loops that are of the proof's own making, and those over bytes of a lane.
LOOPS = ["rx_world.0:32", "rx_world.1:32", "rx_world.2:32", "rx_check_queue.0:32",
         "check_sync.0:32", "sl_vec_shuffle.0:17", "sl_vec_above16.0:17",
         # No more than a batch, of two, is handed to a mempool at a time.
         "rte_mempool_put_bulk.0:3"]


# In checked mode explicit's body is run, with each sync call looked at.
def proofs():
    for mode in ("coherent", "checked"):
        yield SCALAR, f"prove_rx_{mode}"
        yield SCALAR, f"prove_rx_{mode}_refill"
        yield SCATTERED, f"prove_rx_{mode}_scattered"
    yield SCALAR, "prove_rx_coherent_offload"
    yield LANES, "prove_rx_coherent_refill"
    for build, offload in ((LANES, LANES), (SPLIT, SPLIT_ONE)):
        yield build, "prove_rx_coherent_quads"
        yield offload, "prove_rx_coherent_offload_quads"
    for what in ("coherent_reclaim", "checked_reclaim", "reclaim_for", "done_cleanup",
                 "descriptor_status"):
        yield TRANSMIT, f"prove_tx_{what}"
    for what in ("coherent_frame", "coherent_offload_frame", "checked_offload_frame",
                 "coherent_frame_apart", "coherent_offload_frame_apart", "checked_offload_frame_apart",
                 "coherent_burst", "checked_burst"):
        yield POSTING, f"prove_tx_{what}"
    yield PLAIN, "prove_tx_coherent_quads"
    for what in ("coherent_offload_quads", "coherent_offload_quads_apart", "checked_quads_apart"):
        yield PLAIN_ONE, f"prove_tx_{what}"
    yield PAIRS, "prove_tx_coherent_burst"
    # What the formats differ in: flags of a received frame, and how long one that is sent may be.
    yield ixgbe(SCALAR), "prove_rx_coherent_offload"
    yield ixgbe(LANES), "prove_rx_coherent_offload_quads"
    yield ixgbe(POSTING), "prove_tx_coherent_offload_frame"
    yield ixgbe(PLAIN_ONE), "prove_tx_coherent_offload_quads"
    yield PLACES, "prove_shared_places"


# A bound that is removed: build, proof that breaks, file of pmd/, text, what it becomes.
BOUNDS = (
    (PLACES, "prove_shared_places", "sl_data_pool.h",
     "headers + len - headers / 8", "headers - headers / 8"),
    (PLACES, "prove_shared_places", "sl_data_pool.h",
     "len / 8 + sizeof(struct rte_mbuf_ext_shared_info)", "len / 16"),
    (PLACES, "prove_shared_places", "sl_data_pool.h",
     "at + (uintptr_t)m / 8", "at + (uintptr_t)m / 16"),
    (SCALAR, "prove_rx_coherent", "sl_rx_burst.c",
     "(SL_BOUNDS && length - 1 >= room)", "false"),
    (SCALAR, "prove_rx_coherent", "sl_rx_burst.c",
     "(unsigned int)q->nb_desc - q->next_to_clean);", "(unsigned int)q->nb_desc);"),
    (SCALAR, "prove_rx_coherent", "sl_rx_burst.c",
     "(unsigned int)q->nb_desc - q->nb_hold,", "(unsigned int)q->nb_desc,"),
    (SCALAR, "prove_rx_checked", "sl_rx_burst.c",
     "RTE_MIN(rx_length(rx_fetch(&d[i], &fetched[i])), q->buf_len)",
     "rx_length(rx_fetch(&d[i], &fetched[i]))"),
    (SCALAR, "prove_rx_checked", "sl_rx_burst.c",
     "mode == SL_COHERENCY_COHERENT ? q->ring : q->fetched", "q->ring"),
    (SCATTERED, "prove_rx_coherent_scattered", "sl_rx_burst.c",
     "length - 1 >= q->buf_len ||", ""),
    (SCATTERED, "prove_rx_coherent_scattered", "sl_rx_burst.c",
     "first->nb_segs < SL_RX_MAX_SEGS &&", ""),
    (SCATTERED, "prove_rx_coherent_scattered", "sl_rx_burst.c",
     "&& first->pkt_len + length <= q->max_frame", ""),
    (SCATTERED, "prove_rx_coherent_scattered", "sl_rx_burst.c",
     "first->pkt_len <= q->crc_len", "false"),
    (SCATTERED, "prove_rx_coherent_scattered", "sl_rx_burst.c",
     "rte_pktmbuf_free(q->first_seg);\n\tq->first_seg = NULL;",
     "rte_pktmbuf_free(q->first_seg);"),
    (LANES, "prove_rx_coherent_quads", "sl_rx_burst.c",
     "amiss |= sl_vec_above16(length, l->room);", "(void)length;"),
    (SPLIT, "prove_rx_coherent_quads", "sl_rx_burst.c",
     "(sl_vec64){d[1].qw[0], low[1]}", "(sl_vec64){d[1].qw[0], d[1].qw[1]}"),
    (SCALAR, "prove_rx_coherent_refill", "sl_rx_refill.h",
     "RTE_ALIGN_FLOOR((unsigned int)q->nb_hold, line) - line",
     "RTE_ALIGN_FLOOR((unsigned int)q->nb_hold, line)"),
    (SCALAR, "prove_rx_coherent_refill", "sl_rx_refill.h",
     "n = RTE_MIN(left, q->nb_desc - idx);", "n = left;"),
    (SCALAR, "prove_rx_coherent_refill", "sl_rx_refill.h",
     "if (idx == q->nb_desc)", "if (false)"),
    (TRANSMIT, "prove_tx_coherent_reclaim", "sl_tx_ring.h",
     "if (SL_BOUNDS && unlikely(done > tx_outstanding(q)))", "if (false)"),
    (TRANSMIT, "prove_tx_checked_reclaim", "sl_rare.c",
     "done > tx_outstanding(q) ? 0 : done", "done"),
    (TRANSMIT, "prove_tx_coherent_reclaim", "sl_tx_burst.c",
     "(unsigned int)q->nb_desc - q->next_to_clean);", "(unsigned int)q->nb_desc);"),
    (TRANSMIT, "prove_tx_coherent_reclaim", "sl_tx_burst.c",
     "if (unlikely(q->mixed > 0))", "if (false)"),
    (TRANSMIT, "prove_tx_reclaim_for", "sl_rare.c",
     "if (!q->started)", "if (false)"),
    (TRANSMIT, "prove_tx_done_cleanup", "sl_rare.c",
     "held == TX_FREE_BATCH ||", ""),
    (TRANSMIT, "prove_tx_done_cleanup", "sl_rare.c",
     "(held > 0 && m->pool != list[0]->pool)", "false"),
    (TRANSMIT, "prove_tx_done_cleanup", "sl_tx_ring.h",
     "if (idx >= q->nb_desc)", "if (false)"),
    (POSTING, "prove_tx_coherent_frame", "sl_tx_ring.h",
     "len - SL_TX_FRAME_MIN <= span", "len <= span + SL_TX_FRAME_MIN"),
    (ixgbe(POSTING), "prove_tx_coherent_offload_frame", "sl_tx_ring.h",
     "len - SL_TX_FRAME_MIN <= span", "len - SL_TX_FRAME_MIN <= span + 1"),
    (ixgbe(PLAIN_ONE), "prove_tx_coherent_offload_quads", "sl_tx_burst.c",
     "const uint64_t most = f->tx_span + SL_TX_FRAME_MIN - least;", "const uint64_t most = f->tx_span;"),
    (POSTING, "prove_tx_coherent_frame", "sl_tx_burst.c",
     "c->used + m->nb_segs + (ctx ? 1u : 0u) > room", "false"),
    (POSTING, "prove_tx_coherent_offload_frame", "sl_tx_burst.c",
     "+ (ctx ? 1u : 0u) > room", "> room"),
    (POSTING, "prove_tx_coherent_frame", "sl_tx_burst.c",
     "if (unlikely(c->used == room))", "if (false)"),
    (POSTING, "prove_tx_coherent_frame", "sl_tx_burst.c",
     "idx + 1 == q->nb_desc ? 0 : idx + 1", "idx + 1"),
    (POSTING, "prove_tx_coherent_frame", "sl_tx_burst.c",
     "if (m->data_len == 0)", "if (false)"),
    (POSTING, "prove_tx_coherent_frame", "sl_tx_burst.c",
     "m->nb_segs > 1 || !tx_is_sole(m)", "false"),
    (POSTING, "prove_tx_coherent_frame", "sl_tx_ring.h",
     "m == NULL && left == 0 && sum", "sum"),
    (POSTING, "prove_tx_coherent_frame", "sl_tx_ring.h",
     "&& left == 0 && sum == pkt_len", "&& left == 0"),
    (POSTING, "prove_tx_coherent_frame", "sl_tx_burst.c",
     "if (strange != 0 && !sl_rare_map(q, m, c->used))", "if (false)"),
    (POSTING, "prove_tx_coherent_frame", "sl_tx_ring.h",
     "| (m->ol_flags & others)", ""),
    (POSTING, "prove_tx_checked_offload_frame", "sl_tx_burst.c",
     "sl_flush(q->sync, mode, rte_pktmbuf_mtod(m, const void *), m->data_len);", ""),
    (POSTING, "prove_tx_checked_burst", "sl_tx_burst.c",
     "RTE_MIN(used, q->nb_desc - from)", "used"),
    (POSTING, "prove_tx_checked_burst", "sl_tx_burst.c",
     "if (used > first)", "if (false)"),
    (POSTING, "prove_tx_coherent_burst", "sl_tx_burst.c",
     "if (c->used != c->reported)", "if (false)"),
    (POSTING, "prove_tx_coherent_burst", "sl_tx_burst.c",
     "q->nb_free -= c->used;", ""),
    (POSTING, "prove_tx_coherent_offload_frame", "sl_tx_burst.c",
     "q->ctx_key[slot] = key;", ""),
    (POSTING, "prove_tx_coherent_offload_frame", "sl_tx_burst.c",
     "m->tx_offload == memo->lens &&", ""),
    (POSTING, "prove_tx_coherent_frame", "sl_rare.c",
     "q->shared_at = pool_shared_at(q, m);", ""),
    (POSTING, "prove_tx_coherent_frame_apart", "sl_tx_burst.c",
     "(q->fast_free || tx_sharers(q, m) == 1)", "true"),
    (POSTING, "prove_tx_coherent_frame_apart", "sl_tx_burst.c",
     "q->shared_at != 0 && (q->fast_free", "(q->fast_free"),
    (POSTING, "prove_tx_coherent_frame_apart", "sl_rare.c",
     "rte_mbuf_ext_refcnt_read(m->shinfo) == 1", "true"),
    (POSTING, "prove_tx_coherent_frame_apart", "sl_tx_ring.h",
     "TX_OTHERS(apart && q->shared_at != 0)", "TX_OTHERS(apart)"),
    (PLAIN_ONE, "prove_tx_coherent_offload_quads", "sl_tx_burst.c",
     "n = RTE_MIN(n, q->nb_desc - idx);", ""),
    (PLAIN_ONE, "prove_tx_coherent_offload_quads", "sl_tx_burst.c",
     "i + SL_QUAD <= n", "i < n"),
    (PLAIN_ONE, "prove_tx_coherent_offload_quads", "sl_tx_burst.c",
     "other != 0 || sl_vec_any(amiss)", "sl_vec_any(amiss)"),
    (PLAIN_ONE, "prove_tx_coherent_offload_quads", "sl_tx_burst.c",
     "((rearm ^ t->one) & t->one_mask) |", ""),
    (PLAIN_ONE, "prove_tx_coherent_offload_quads", "sl_tx_burst.c",
     "((rest ^ lengths ^ t->vlan) & t->same_mask) |", ""),
    (PLAIN_ONE, "prove_tx_coherent_offload_quads", "sl_tx_burst.c",
     "any ^ UINT16_MAX ^ most", "any"),
    (PLAIN_ONE, "prove_tx_coherent_offload_quads", "sl_tx_burst.c",
     "RTE_MAX(memo->least, SL_TX_FRAME_MIN)", "SL_TX_FRAME_MIN"),
    (PLAIN_ONE, "prove_tx_coherent_offload_quads", "sl_tx_burst.c",
     "(tx_lanes(at, TX_LENS_LANE) ^ t.lens) & t.second", "sl_vec_each((sl_lane){0, 0})"),
    (PLAIN_ONE, "prove_tx_coherent_offload_quads", "sl_tx_burst.c",
     "+ (rearm & t.data_off)", ""),
    (PLAIN_ONE, "prove_tx_coherent_offload_quads", "sl_tx_burst.c",
     "if (c->idx == q->nb_desc)", "if (false)"),
    (PLAIN_ONE, "prove_tx_coherent_offload_quads_apart", "sl_tx_burst.c",
     "apart && q->shared_at == 0 ? NULL : q->pool_seen", "q->pool_seen"),
    (PLAIN_ONE, "prove_tx_coherent_offload_quads_apart", "sl_tx_burst.c",
     "look && unlikely(!tx_quad_is_sole(q, &m[i]))", "false"),
    (PLAIN_ONE, "prove_tx_coherent_offload_quads_apart", "sl_tx_burst.c",
     "return any == 1;", "return any != 0;"),
    (PLAIN_ONE, "prove_tx_checked_quads_apart", "sl_tx_burst.c",
     "sl_flush(q->sync, mode, rte_pktmbuf_mtod(m[i], const void *), m[i]->data_len);", ""),
    (PAIRS, "prove_tx_coherent_burst", "sl_tx_burst.c",
     "RTE_MIN(n - i, most)", "n - i"),
    (TRANSMIT, "prove_tx_done_cleanup", "sl_rare.c",
     "if (!q->fast_free)", "if (false)"),
)


def cuts(proof):
    """@return what is a proof by itself and left out of this one; the outer loop's turns."""
    # A second turn, which may end at once, shows that one leaves a sound queue behind; turns
    # beyond are more of the same. Where only one is run, so does what is proven of the queue.
    if proof.startswith("prove_rx"):
        refill = proof.endswith("_refill")
        once = refill or proof.endswith("_scattered")
        return ([] if refill else ["--remove-function-body", "rx_refill",
                                   "--generate-function-body", "rx_refill",
                                   "--generate-function-body-options", "assert-false-assume-false"],
                ["--unwindset", f"rx_burst.0:{1 if once else 2}"])
    if proof.startswith("prove_shared"):
        return [], []
    calls = ["sl_data_pool_shared:shared_of"]
    if proof.endswith("_burst"):
        calls += ["tx_put_one:any_put_one", "tx_reclaim:any_reclaim_burst",
                  "sl_rare_make_room:any_reclaim_for", "tx_put_plain:any_put_plain"]
    once = (["tx_reclaim.0:1"] if proof.endswith("_reclaim") else
            ["sl_rare_make_room.0:1"] if proof.endswith("_reclaim_for") else [])
    return ([word for call in calls for word in ("--replace-calls", call)],
            [word for loop in once for word in ("--unwindset", loop)])


class Broken(Exception):
    """Something that is no verdict on a proof."""


class Prover:
    def __init__(self, tools, work):
        self.root, self.work = os.path.join(tools, "root"), work
        flags = subprocess.run(["pkg-config", "--cflags", "libdpdk"], check=True,
                               stdout=subprocess.PIPE, text=True).stdout
        self.flags = shlex.split(flags)

    def tool(self, name, *args, out=None, may=(0,)):
        lib = os.path.join(self.root, "usr/lib")
        multi = os.path.join(lib, "x86_64-linux-gnu")
        command = [os.path.join(multi, "ld-linux-x86-64.so.2"), "--library-path",
                   f"{multi}:{lib}", os.path.join(self.root, "usr/bin", name), *args]
        return self.run(command, out, may)

    @staticmethod
    def run(command, out=None, may=(0,)):
        done = subprocess.run(command, stdout=out or subprocess.PIPE, stderr=subprocess.PIPE,
                              stdin=subprocess.DEVNULL, text=True, timeout=LIMIT, check=False)
        if done.returncode not in may:
            raise Broken(f"{os.path.basename(command[0])}: status {done.returncode}: "
                         f"{((done.stdout or '') + done.stderr)[-400:]}")
        return done.stdout

    def compile(self, build, name, pmd):
        """The proof's source with the driver's in folder @pmd, ready for the prover."""
        base = os.path.join(self.work, name)
        macros = [f"-D{m}" for m in build[2]]
        # glibc's headers have attributes for newer compilers that clang does not know.
        with open(base + ".0.i", "w", encoding="utf-8") as out:
            self.run(["gcc", "-E", "-U__GNUC__", "-D__GNUC__=9", *macros, "-DPROOF_CACHE=8",
                      f"-I{HERE}/include", *(f"-I{room}" for room, _, _ in os.walk(pmd)),
                      f"-I{TOP}/lib/compat", f"-I{TOP}/lib/hw", f"-I{TOP}/lib/hw/igb",
                      f"-I{TOP}/lib/shm",
                      *self.flags, "-DALLOW_INTERNAL_API", "-DALLOW_EXPERIMENTAL_API",
                      "-D_GNU_SOURCE", "-DSL_ISA=proof", "-DSL_VEC_PLAIN=1", f"{HERE}/{build[1]}"], out)
        with open(base + ".json", "w", encoding="utf-8") as out:
            self.run(["clang", "-fsyntax-only", "-Wno-everything", "-x", "cpp-output", "-Xclang",
                      "-ast-dump=json", base + ".0.i"], out)
        with open(base + ".i", "w", encoding="utf-8") as out:
            self.run([sys.executable, f"{HERE}/reads.py", base + ".0.i", base + ".json"], out)
        os.remove(base + ".json")
        self.tool("goto-cc", base + ".i", "-o", base + ".all")
        return base

    def prove(self, build, base, proof, breaks=False):
        """@return words of what failed, "" when all is proven. @breaks: the first one will do."""
        mine = f"{base}.{proof}"
        apart, cut = cuts(proof)
        self.tool("goto-instrument", *apart, base + ".all", mine + ".1")
        self.tool("goto-instrument", *cut, "--no-unwinding-assertions", mine + ".1", mine + ".2")
        said = self.tool(
            "cbmc", mine + ".2", "--function", proof, "--unwinding-assertions",
            "--drop-unused-functions", "--no-malloc-may-fail", "--slice-formula",
            "--object-bits", "10", "--unwind", str(build[3]), "--unwindset", ",".join(LOOPS + build[4]),
            *(["--stop-on-fail"] if breaks else []), may=(0, 10))
        if breaks:
            return "breaks" if "VERIFICATION FAILED" in said else ""
        failed = [line for line in said.splitlines() if line.endswith(": FAILURE")]
        if failed or "VERIFICATION SUCCESSFUL" not in said:
            return "; ".join(failed) or "no verdict"
        return ""


def source_of(pmd, bound):
    """The text of the source that has a bound, once."""
    _, _, name, text, _ = bound
    path, = [os.path.join(room, name) for room, _, files in os.walk(pmd) if name in files]
    with open(path, encoding="utf-8") as f:
        source = f.read()
    if source.count(text) != 1:
        raise Broken(f"pmd/{name} has '{text}' {source.count(text)} times: mend the list of bounds")
    return source


def without(pmd, bound, to):
    """A copy of the driver's source in folder @to that lacks a bound."""
    _, _, name, text, instead = bound
    shutil.rmtree(to, ignore_errors=True)
    os.mkdir(to)
    for room, _, files in os.walk(pmd):
        for file in files:
            if file.endswith((".c", ".h", ".def")):
                shutil.copy(os.path.join(room, file), to)
    with open(os.path.join(to, name), "w", encoding="utf-8") as f:
        f.write(source_of(pmd, bound).replace(text, instead))
    return to


def report(name, start, words, good):
    print("PASS" if good else "FAIL", f"{name}: {words} ({time.monotonic() - start:.0f} s)", flush=True)
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--bounds", type=int, metavar="N")
    parser.add_argument("tools")
    parser.add_argument("work")
    parser.add_argument("pattern", nargs="?", default="*")
    args = parser.parse_args()
    os.makedirs(args.work, exist_ok=True)
    prover = Prover(os.path.abspath(args.tools), os.path.abspath(args.work))
    pmd = os.path.join(TOP, "pmd")

    def holds(build, base, proof):
        start, name = time.monotonic(), f"{proof}, {build[0]}"
        try:
            failed = prover.prove(build, base, proof)
            return report(name, start, failed[:300] or "proven", not failed)
        except (Broken, subprocess.TimeoutExpired) as error:
            return report(name, start, str(error), False)

    def breaks(number, bound):
        start, name = time.monotonic(), f"{bound[1]} without '{' '.join(bound[3].split())}'"
        try:
            source = without(pmd, bound, os.path.join(prover.work, f"bound{number}"))
            base = prover.compile(bound[0], f"bound{number}.build", source)
            failed = prover.prove(bound[0], base, bound[1], breaks=True)
            return report(name, start, "breaks" if failed else "still proven", bool(failed))
        except (Broken, subprocess.TimeoutExpired) as error:
            return report(name, start, str(error), False)

    wanted = [p for p in proofs() if fnmatch.fnmatch(f"{p[1]}, {p[0][0]}", args.pattern)]
    removed = [(i, b) for i, b in enumerate(BOUNDS)
               if fnmatch.fnmatch(f"{b[1]} without", args.pattern)]
    if args.bounds is not None and args.bounds < len(removed):
        seed = int(os.environ.get("SL_SEED") or random.SystemRandom().getrandbits(32))
        print(f"SAMPLE {args.bounds} of {len(removed)} removed bounds, SL_SEED={seed}", flush=True)
        removed = random.Random(seed).sample(removed, args.bounds)
    # The list is right as a whole, also where a bound is not tried.
    for bound in BOUNDS:
        source_of(pmd, bound)
    if not wanted and not removed:
        sys.exit(f"run.py: no proof has a name like '{args.pattern}'")
    builds = {b[:2]: b for b, _ in wanted}
    bases = {name: prover.compile(b, "-".join(name).replace(" ", "-"), pmd)
             for name, b in builds.items()}
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        jobs = [pool.submit(holds, b, bases[b[:2]], proof) for b, proof in wanted]
        jobs += [pool.submit(breaks, i, b) for i, b in removed]
        good = all([job.result() for job in jobs])
    print("END")
    sys.exit(0 if good else 1)


main()
