/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _E2E_HARNESS_H_
#define _E2E_HARNESS_H_

/**
 * @file
 * Base of the end-to-end tests: EAL without hugepages or root, ports of net_syncline_soft that the
 * test steps, a wire that the test writes and reads frame by frame, separate mempools, and the
 * checks at the end of each test. These are: the mempools are full, the only live regions are the
 * port's, no DMA is outstanding, no DMA fault occurred unless the test expects it, and the checker
 * found no mistake.
 *
 * All functions: main thread, within a cmocka test. A failed check fails the test.
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

#include "frame.h"
#include "rng.h"
#include "sl_check.h"
#include "sl_pmd.h"
#include "sl_shm.h"
#include "sl_softnic.h"
#include "sl_wire.h"

#define H_FRAME_CAP 16384u /* size of a test's frame buffer in bytes */
#define H_MAX_BURST 64u
#define H_STEPS 10000u /* after that many steps, a device that never idles counts as hung */

/* --- seeded randomness --- */

/** Seed of the run: SL_SEED, or the clock. Printed once at start. */
uint64_t
h_seed(void);
/** State of a generator (rng.h), made from the run's seed and a salt. */
uint64_t
h_rng(uint64_t salt);
/** Line size in bytes in checked mode: SL_CHECK_LINE, or 64. */
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

/** Frames to receive, and frames that the NIC sent. Belongs to the device once attached. */
struct h_wire {
	struct sl_wire base;
	struct h_fifo in, out;	  /* to the NIC, from the NIC */
	struct h_frame *lent[64]; /* offered by the last poll */
	unsigned int nb_lent;
	struct h_wire *other; /* crossover: sent frames arrive at this wire */
	bool down;
	bool waits; /* offers no more frames than the NIC has descriptors for */
};

/* --- ports --- */

/** Configuration of a port. 0 means the default in brackets. */
struct h_cfg {
	uint16_t nb_rxq, nb_txq; /* [1] */
	uint16_t nb_rxd, nb_txd; /* [128] */
	uint16_t mtu;		 /* [1500] */
	uint16_t rx_free_thresh; /* [the driver's] */
	uint32_t rx_drop_en; /* bits: which of the first 32 receive queues drop frames when full */
	uint16_t tx_free_thresh, tx_rs_thresh;
	uint64_t rx_offloads, tx_offloads;
	uint64_t rss_hf;    /* non-zero: RSS */
	uint8_t *rss_key;   /* 40 bytes; NULL: the driver's default */
	uint16_t data_room; /* [2048] bytes of an mbuf that the NIC may write, excluding headroom */
	uint32_t pool_size; /* [4095] */
	bool rx_deferred, tx_deferred;
	bool lsc, rx_intr;    /* interrupts of the link and of the receive queues */
	uint32_t link_speeds; /* RTE_ETH_LINK_SPEED_* */
	bool types; /* packet types, also without offloads; otherwise the plain paths are tested */
	bool no_start;
};

struct h_port {
	uint16_t id;
	char name[32];
	struct sl_softnic *nic; /* NULL once closed */
	struct h_wire *wire;	/* NULL if the wire is given as text */
	struct rte_mempool *pool;
	struct rte_mempool
		*old_pools[64]; /* pools of earlier configurations; in the window until close */
	unsigned int nb_old_pools;
	struct h_cfg cfg;
	struct rte_ether_addr mac;
	uint64_t dma_faults; /* number of DMA faults that the test expects */
	bool faults_free;    /* any number of DMA faults is allowed */
	bool check_free; /* findings of the checker are allowed, because the device misbehaves */
	bool open;
	bool adopted; /* opened by another driver */
};

/**
 * Start EAL, run a group of tests, stop EAL. The program's first argument selects tests by pattern
 * ("vlan_*").
 * @return the program's exit code.
 */
#define h_main(argc, argv, tests) \
	__extension__({ \
		const int not_started = h_init((argc), (argv)); \
		not_started != 0 ? not_started : \
				   h_fini(cmocka_run_group_tests((tests), NULL, NULL)); \
	})
/** 0; H_SKIP if this CPU lacks the vectors of SL_SIMD; else 1. Prints the reason. */
#define H_SKIP 77
int
h_init(int argc, char **argv);
int
h_fini(int failed);
/** Skip the test and print the reason. */
#define h_skip(why) \
	do { \
		print_message("skipped: %s\n", why); \
		skip(); \
	} while (0)
/** Number of device threads of software NICs in this process. */
unsigned int
h_device_threads(void);
/**
 * Fixtures: the state is one open port on the test's wire. The teardown closes it with all checks.
 */
int
h_setup(void **state);
int
h_teardown(void **state);
/** Fixtures: the state is an array of two open ports, not joined. */
int
h_setup_pair(void **state);
int
h_teardown_pair(void **state);
#define h_test(fn) cmocka_unit_test_setup_teardown(fn, h_setup, h_teardown)
#define h_test_pair(fn) cmocka_unit_test_setup_teardown(fn, h_setup_pair, h_teardown_pair)

/**
 * Open a port. @p args: vdev arguments in addition to mode=step and coherency. Without "wire=" in
 * them, the test's wire is attached.
 */
void
h_open(struct h_port *p, const char *args);
/** h_open() that does not fail the test. @return the result of the probe. */
int
h_try_open(struct h_port *p, const char *args);
/** Configure, set queues up with a new pool, start. */
void
h_start(struct h_port *p, const struct h_cfg *cfg);
/** @return @p want, or the NIC's number of queues per direction if that is less. */
uint16_t
h_queues(const struct h_port *p, uint16_t want);
/** Speed of the link in Mbit/s, while it is up. */
uint32_t
h_mbps(const struct h_port *p);
/** The driver's description of the port's device. */
const struct sl_hw *
h_hw(const struct h_port *p);
/** True if the port's NIC has a register of that name. */
bool
h_has_reg(const struct h_port *p, const char *name);
/** Byte offset of element @p i of a register, which the port's NIC must have. */
uint32_t
h_off(const struct h_port *p, const char *name, unsigned int i);
/** Configure without queue setup. @return the result of ethdev. */
int
h_configure(struct h_port *p, const struct h_cfg *cfg);
/** h_start() without the start. Does not fail the test. @return the first error, or 0. */
int
h_try_setup(struct h_port *p, const struct h_cfg *cfg);
/** Stop the port. It must then hold no mbufs of its pool. */
void
h_stop(struct h_port *p);
/** Do the checks that end a test, then close. The port need not be open. */
void
h_close(struct h_port *p);
/**
 * Use a port of another driver, whose device is @p nic and has no wire, as one of the test's.
 * h_close() and h_forward() do not work on it, because they call Syncline's driver.
 */
void
h_adopt(struct h_port *p, uint16_t id, struct sl_softnic *nic);
/** Free the mempools of a closed adopted port. They must be full except for @p lost mbufs. */
void
h_disown(struct h_port *p, unsigned int lost);
/** Join the wires of two open ports. */
void
h_join(struct h_port *a, struct h_port *b);

/** Step the device until it is idle. @return the number of frames moved. */
unsigned int
h_step(struct h_port *p);
/** Queue a frame that the NIC receives when it is stepped. */
void
h_give(struct h_port *p, const void *data, uint32_t len);
void
h_give_bad_fcs(struct h_port *p, const void *data, uint32_t len);
/** True with pinned external buffers (SL_POOL=apart, long lines): mbufs cannot be attached. */
bool
h_pinned(void);
/** Take the next frame that the NIC sent. @return its length, or 0 if there is none. */
uint32_t
h_take(struct h_port *p, void *buf);
/** Number of sent frames that the test has not taken yet. */
unsigned int
h_sent(const struct h_port *p);
/** Step and receive up to @p max frames from queue @p q, until it stays empty. */
uint16_t
h_recv(struct h_port *p, uint16_t q, struct rte_mbuf **m, uint16_t max);
/** Receive one frame from queue @p q and check that there is no other. */
struct rte_mbuf *
h_recv_one(struct h_port *p, uint16_t q);
/** Check that no queue receives a frame. */
void
h_recv_none(struct h_port *p);
/** Give a frame and check that queue @p q receives the same bytes. */
void
h_expect(struct h_port *p, uint16_t q, const void *data, uint32_t len);
/** Give a frame and check that no queue receives it. */
void
h_expect_none(struct h_port *p, const void *data, uint32_t len);
/** Check that the port works: one frame in each direction, compared byte for byte. */
void
h_alive(struct h_port *p);
/** Send one mbuf on queue @p q and step. */
void
h_send(struct h_port *p, uint16_t q, struct rte_mbuf *m);

/* --- mbufs and frames --- */

/** The frame as a chain of @p segs segments of about equal length, from the port's pool. */
struct rte_mbuf *
h_mbuf(struct h_port *p, const void *data, uint32_t len, unsigned int segs);
/** The frame as a chain that is split at random. */
struct rte_mbuf *
h_mbuf_random(struct rte_mempool *pool, uint64_t *r, const void *data, uint32_t len,
	unsigned int max_segs);
/** Check that the chain is valid and holds exactly these bytes. */
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

/**
 * Build a frame of the flow, with @p len bytes and right checksums. frame_ether() builds one
 * without IP.
 * @return offset of the L3 header.
 */
unsigned int
h_ip(uint8_t *f, uint32_t len, const struct rte_ether_addr *dst, const struct h_flow *flow,
	uint64_t seed);

/* --- reports of ethdev --- */

struct rte_eth_stats
h_stats(struct h_port *p);
/** Value of an extended statistic. The test fails if no statistic has that name. */
uint64_t
h_xstat(struct h_port *p, const char *name);
void
h_fault(struct h_port *p, enum sl_fault fault, uint32_t arg, uint32_t count);
struct sl_softnic_stats
h_nic_stats(struct h_port *p);

/** Connect to EAL's telemetry and read its greeting. @return a socket to close; -1: none. */
int
h_telemetry(void);

/** h_log_mark() empties the log. h_log_has(): true if @p text was logged since then. */
void
h_log_mark(void);
bool
h_log_has(const char *text);

/**
 * Receive frames, compare them, send the correct ones back with a change, and compare what is sent.
 * The test does not fail, because the driver may contain injected bugs. @return frames sent
 * correctly.
 */
unsigned int
h_forward(struct h_port *p, unsigned int frames);

/*
 * For programs that make mistakes on purpose. AddressSanitizer would end them at the first access
 * to memory that the NIC owns. This setting leaves these accesses to the checker.
 */
#define H_MISTAKES_ON_PURPOSE \
	const char *__asan_default_options(void); \
	const char *__asan_default_options(void) \
	{ \
		return "allow_user_poisoning=0"; \
	}

#endif /* _E2E_HARNESS_H_ */
