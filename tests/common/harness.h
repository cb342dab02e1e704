/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _E2E_HARNESS_H_
#define _E2E_HARNESS_H_

/**
 * @file
 * What every end-to-end test stands on: EAL without hugepages or root, ports
 * of net_syncline_soft that are stepped by the test, a wire the test writes
 * and reads frame by frame, mempools of its own, and the checks that end each
 * test: mempool full, no live region but the port's own, no DMA outstanding,
 * no DMA fault unless the test asked for one, nothing found by the checker.
 *
 * All calls: the main thread, within a cmocka test; a failed check fails it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>

#include <cmocka.h>

#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "sl_check.h"
#include "sl_pmd.h"
#include "sl_shm.h"
#include "sl_softnic.h"
#include "sl_wire.h"

#define H_FRAME_CAP 16384u /* bytes any frame buffer of a test has */
#define H_MAX_BURST 64u
#define H_STEPS 10000u /* steps after which a device that never idles is called hung */

/* --- seeded randomness --- */

/** A generator of its own for each purpose: order of tests does not matter. */
struct h_rng {
	uint64_t state;
};

/** The run's seed: SL_SEED, or the clock; printed once at start. */
uint64_t
h_seed(void);
/** A generator from the run's seed and a salt. */
struct h_rng
h_rng(uint64_t salt);
uint64_t
h_rand(struct h_rng *r);
/** lo..hi, both included. */
uint32_t
h_range(struct h_rng *r, uint32_t lo, uint32_t hi);
/** Bytes of a line in checked mode: SL_CHECK_LINE, or 64. */
unsigned int
h_check_line(void);
/** SL_FRAMES, or @p normal. */
uint64_t
h_frames(uint64_t normal);
/** "coherent", "explicit" or "checked": SL_COHERENCY. */
const char *
h_coherency(void);

/* --- the test's own wire --- */

struct h_frame {
	struct h_frame *next;
	uint32_t len;
	bool bad_fcs;
	uint8_t data[];
};

struct h_fifo {
	struct h_frame *head, **tail;
	unsigned int count;
};

/** Frames to arrive, and frames the NIC sent. Belongs to the device once attached. */
struct h_wire {
	struct sl_wire base;
	struct h_fifo in, out;	  /* towards the NIC, from the NIC */
	struct h_frame *lent[64]; /* offered by the last poll */
	unsigned int nb_lent;
	struct h_wire *other; /* crossover: what is sent arrives there */
	bool down;
	bool waits; /* offers no more frames than the NIC has descriptors for */
};

/* --- ports --- */

/** How to set a port up; 0 means the default in brackets. */
struct h_cfg {
	uint16_t nb_rxq, nb_txq; /* [1] */
	uint16_t nb_rxd, nb_txd; /* [128] */
	uint16_t mtu;		 /* [1500] */
	uint16_t rx_free_thresh; /* [the driver's] */
	uint32_t rx_drop_en;	 /* receive queues that drop frames when full, one bit for each */
	uint16_t tx_free_thresh, tx_rs_thresh;
	uint64_t rx_offloads, tx_offloads;
	uint64_t rss_hf;    /* non-zero: RSS */
	uint8_t *rss_key;   /* 40 bytes; NULL: the driver's */
	uint16_t data_room; /* [2048] bytes the NIC may write to one mbuf, headroom apart */
	uint32_t pool_size; /* [4095] */
	bool rx_deferred, tx_deferred;
	bool lsc, rx_intr; /* interrupts: of the link, of each receive queue */
	bool no_start;
};

struct h_port {
	uint16_t id;
	char name[32];
	struct sl_softnic *nic; /* NULL once closed */
	struct h_wire *wire;	/* NULL with a wire from text */
	struct rte_mempool *pool;
	struct rte_mempool
		*old_pools[64]; /* of earlier configurations; in the window until close */
	unsigned int nb_old_pools;
	struct h_cfg cfg;
	struct rte_ether_addr mac;
	uint64_t dma_faults; /* how many the test asked for */
	bool faults_free;    /* any number of DMA faults is allowed */
	bool check_free;     /* findings of the checker are allowed: the device misbehaves */
	bool open;
};

/**
 * Start EAL, run a group of tests, stop EAL. A first argument of the program
 * chooses tests by pattern ("vlan_*").
 * @return the program's exit code.
 */
#define h_main(argc, argv, tests) \
	__extension__({ \
		const int not_started = h_init((argc), (argv)); \
		not_started != 0 ? not_started : \
				   h_fini(cmocka_run_group_tests((tests), NULL, NULL)); \
	})
/** 0; H_SKIP when this CPU lacks the vectors of SL_SIMD; else 1. Prints the reason. */
#define H_SKIP 77
int
h_init(int argc, char **argv);
int
h_fini(int failed);
/** Device threads of software NICs that run in this process. */
unsigned int
h_device_threads(void);
/** Fixtures: one open port as state, with the test's own wire; closed with all checks. */
int
h_setup(void **state);
int
h_teardown(void **state);
/** Fixtures: an array of two open ports, not joined. */
int
h_setup_pair(void **state);
int
h_teardown_pair(void **state);
#define h_test(fn) cmocka_unit_test_setup_teardown(fn, h_setup, h_teardown)
#define h_test_pair(fn) cmocka_unit_test_setup_teardown(fn, h_setup_pair, h_teardown_pair)

/**
 * Make a port. @p args: vdev arguments beyond mode=step and coherency; with
 * no "wire=" in them the test's own wire is attached.
 */
void
h_open(struct h_port *p, const char *args);
/** h_open() that does not fail the test: @return the probe's result. */
int
h_try_open(struct h_port *p, const char *args);
/** Configure, set queues up from a new pool, start. */
void
h_start(struct h_port *p, const struct h_cfg *cfg);
/** @p want queues, or as many as the NIC has of each direction, whichever is less. */
uint16_t
h_queues(const struct h_port *p, uint16_t want);
/** Only configure: queues stay as they were set up. @return ethdev's result. */
int
h_configure(struct h_port *p, const struct h_cfg *cfg);
/**
 * h_start() without the start, which does not fail the test: @return the result of the
 * first failing call.
 */
int
h_try_setup(struct h_port *p, const struct h_cfg *cfg);
/** Stop; afterwards the port holds no mbufs of its own pool. */
void
h_stop(struct h_port *p);
/** The checks that end a test, then close. Allowed for a port that is not open. */
void
h_close(struct h_port *p);
/** Two open ports, the test's wires joined. */
void
h_join(struct h_port *a, struct h_port *b);

/** Let the device work until it idles. @return frames moved. */
unsigned int
h_step(struct h_port *p);
/** A frame arrives (when the device is stepped). */
void
h_give(struct h_port *p, const void *data, uint32_t len);
void
h_give_bad_fcs(struct h_port *p, const void *data, uint32_t len);
/**
 * True when mempools have their data apart (SL_POOL=apart, long lines): such mbufs
 * cannot be attached.
 */
bool
h_pinned(void);
/** Take the next frame the NIC sent: its length, or 0 when there is none. */
uint32_t
h_take(struct h_port *p, void *buf);
/** How many sent frames the test has not taken yet. */
unsigned int
h_sent(const struct h_port *p);
/** Step and receive: up to @p max frames of queue @p q, polling until it stays empty. */
uint16_t
h_recv(struct h_port *p, uint16_t q, struct rte_mbuf **m, uint16_t max);
/** Receive the one frame that is due on queue @p q. */
struct rte_mbuf *
h_recv_one(struct h_port *p, uint16_t q);
/** Nothing is due on any queue. */
void
h_recv_none(struct h_port *p);
/** Give a frame, expect the same bytes on queue @p q. */
void
h_expect(struct h_port *p, uint16_t q, const void *data, uint32_t len);
/** Give a frame, expect nothing. */
void
h_expect_none(struct h_port *p, const void *data, uint32_t len);
/** A frame crosses in both directions, byte for byte: the port is alive. */
void
h_alive(struct h_port *p);
/** Send one mbuf on queue @p q and step. */
void
h_send(struct h_port *p, uint16_t q, struct rte_mbuf *m);

/* --- mbufs and frames --- */

/** The frame as a chain of @p segs about equal segments from the port's pool. */
struct rte_mbuf *
h_mbuf(struct h_port *p, const void *data, uint32_t len, unsigned int segs);
/** The frame as a chain that is split at random. */
struct rte_mbuf *
h_mbuf_random(struct rte_mempool *pool, struct h_rng *r, const void *data, uint32_t len,
	unsigned int max_segs);
/** The chain is sound and holds exactly these bytes. */
void
h_same(const struct rte_mbuf *m, const void *data, uint32_t len);

/** Addresses and ports of a flow. */
struct h_flow {
	uint32_t src, dst; /* host order */
	uint16_t sport, dport;
	uint8_t proto; /* IPPROTO_UDP, IPPROTO_TCP; 0: neither */
	uint16_t vlan; /* TCI; 0: no tag */
	bool ipv6;
};

/** An Ethernet frame to @p dst with payload from @p seed. */
void
h_ether(uint8_t *f, uint32_t len, const struct rte_ether_addr *dst, uint64_t seed);
/** An IP frame with right checksums; the rest is payload from @p seed. @return offset of the L3
 * header. */
unsigned int
h_ip(uint8_t *f, uint32_t len, const struct rte_ether_addr *dst, const struct h_flow *flow,
	uint64_t seed);

/* --- what ethdev tells --- */

struct rte_eth_stats
h_stats(struct h_port *p);
/** Value of an extended statistic; the test fails when there is none of that name. */
uint64_t
h_xstat(struct h_port *p, const char *name);
/** Value of an extended statistic, or UINT64_MAX when there is none of that name. */
uint64_t
h_xstat_find(struct h_port *p, const char *name);
void
h_fault(struct h_port *p, enum sl_fault fault, uint32_t arg, uint32_t count);
struct sl_softnic_stats
h_nic_stats(struct h_port *p);

/** A connection to EAL's telemetry, past its greeting; -1: there is none. The caller closes it. */
int
h_telemetry(void);

/** Forget the log; and: was @p text logged since the last mark? */
void
h_log_mark(void);
bool
h_log_has(const char *text);

/**
 * Receive frames, compare, change and send the correct ones, and compare what is sent. It does not
 * fail the test, since bugs may be planted in the driver. @return correctly sent frames.
 */
unsigned int
h_forward(struct h_port *p, unsigned int frames);

/*
 * For programs that make mistakes on purpose: AddressSanitizer would end them at the
 * first access to what the NIC owns, so it leaves these accesses to the checker.
 */
#define H_MISTAKES_ON_PURPOSE \
	const char *__asan_default_options(void); \
	const char *__asan_default_options(void) \
	{ \
		return "allow_user_poisoning=0"; \
	}

#endif /* _E2E_HARNESS_H_ */
