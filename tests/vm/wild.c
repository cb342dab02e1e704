/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * wild EAL-ARGUMENTS -- CASE
 *
 * Makes a NIC access memory outside of its DMA window and checks the result. Two ports are cabled
 * to each other, and frames go from the first to the second. The program writes registers and rings
 * without the driver. CASE:
 *   rx-payload  receive descriptors with a bad buffer address
 *   rx-ring     a receive ring with a bad base address
 *   tx-payload  a frame to send with a bad data address
 *   tx-head     head write-back to a bad address
 * The bad address is ordinary memory of this process that is not mapped for the NIC. Its bytes must
 * not change. Afterwards, frames must be sent and received correctly.
 */

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <bus_pci_driver.h>
#include <ethdev_driver.h>

#include "frame.h"
#include "sl_bus.h"
#include "sl_desc.h"
#include "sl_fields.h"
#include "sl_regs.h"

#define DESCS 128u
#define FRAME 128u
#define WILD_LEN 8192u
#define WILD_BYTE 0x5a
#define WAIT_MS 30000u /* for events that take a few ms */
#define TICK_MS 100u

/* Content of a frame after its Ethernet header. */
struct payload {
	uint64_t seq;
	uint8_t fill[FRAME - sizeof(struct rte_ether_hdr) - sizeof(uint64_t)];
} __attribute__((packed));

struct rig {
	struct rte_mempool *pool;
	volatile uint8_t *bar[2];
	uint8_t *wild;
	uint64_t seq; /* number of the next frame to send */
};

static void __rte_noreturn
fail(const char *what)
{
	printf("wild: %s\n", what);
	exit(1);
}

static uint32_t
reg_read(struct rig *r, unsigned int port, uint32_t off)
{
	return *(volatile uint32_t *)(r->bar[port] + off);
}

static void
reg_write(struct rig *r, unsigned int port, uint32_t off, uint32_t val)
{
	*(volatile uint32_t *)(r->bar[port] + off) = val;
}

/* Registers as the driver mapped them, because the kernel does not allow a second mapping. */
static volatile uint8_t *
bar_map(uint16_t port)
{
	const struct rte_pci_device *pci =
		container_of(rte_eth_devices[port].device, struct rte_pci_device, device);

	return pci->mem_resource[0].addr;
}

static void
port_start(struct rig *r, uint16_t port)
{
	const struct rte_eth_conf conf = {0};
	struct rte_eth_link link;
	unsigned int i;

	if (rte_eth_dev_configure(port, 1, 1, &conf) != 0 ||
		rte_eth_rx_queue_setup(port, 0, DESCS, SOCKET_ID_ANY, NULL, r->pool) != 0 ||
		rte_eth_tx_queue_setup(port, 0, DESCS, SOCKET_ID_ANY, NULL) != 0 ||
		rte_eth_promiscuous_enable(port) != 0 || rte_eth_dev_start(port) != 0)
		fail("a port does not start");
	for (i = 0; i < 800; i++) {
		if (rte_eth_link_get_nowait(port, &link) == 0 && link.link_status != 0)
			return;
		rte_delay_us_sleep(50000);
	}
	fail("no link");
}

static uint64_t
xstat(uint16_t port, const char *name)
{
	uint64_t id, value;

	if (rte_eth_xstats_get_id_by_name(port, name, &id) != 0 ||
		rte_eth_xstats_get_by_id(port, &id, &value, 1) != 1)
		fail("an extended statistic is missing");
	return value;
}

static struct rte_mbuf *
frame_new(struct rig *r)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(r->pool);
	uint8_t *frame = m == NULL ? NULL : (uint8_t *)rte_pktmbuf_append(m, FRAME);
	struct payload *p;

	if (frame == NULL)
		fail("no mbuf left: they leak");
	frame_ether(frame, FRAME, frame_broadcast, 0);
	p = (struct payload *)(frame + FRAME_ETH_HDR);
	p->seq = r->seq;
	memset(p->fill, (int)(r->seq & UINT8_MAX), sizeof(p->fill));
	r->seq++;
	return m;
}

/* Number of a received frame; UINT64_MAX if it does not equal a sent one. */
static uint64_t
frame_seq(const struct rig *r, const struct rte_mbuf *m)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, const struct rte_ether_hdr *);
	const struct payload *p = (const struct payload *)(eth + 1);
	size_t i, wild = 0;

	for (i = 0; i < sizeof(p->fill); i++)
		wild += p->fill[i] == WILD_BYTE;
	/* Only valid frames with that number have such bytes. */
	if (wild == sizeof(p->fill) && (p->seq & UINT8_MAX) != WILD_BYTE)
		fail("memory outside the window went out on the wire");
	if (m->pkt_len != FRAME || eth->ether_type != RTE_BE16(FRAME_TYPE_LOCAL) ||
		p->seq >= r->seq)
		return UINT64_MAX;
	for (i = 0; i < sizeof(p->fill); i++)
		if (p->fill[i] != (uint8_t)p->seq)
			return UINT64_MAX;
	return p->seq;
}

static void
send_one(struct rig *r)
{
	const uint64_t end = rte_get_timer_cycles() + WAIT_MS / MS_PER_S * rte_get_timer_hz();
	struct rte_mbuf *m = frame_new(r);

	while (rte_eth_tx_burst(0, 0, &m, 1) == 0)
		if (rte_get_timer_cycles() > end)
			fail("the transmit queue stays full");
}

/*
 * Receive @p want frames, or as many as arrive within @p ms. @return number of frames. The valid
 * ones with number @p first or later are added to @p sound.
 */
static unsigned int
take_in(const struct rig *r, unsigned int want, unsigned int ms, uint64_t first,
	unsigned int *sound)
{
	const uint64_t end = rte_get_timer_cycles() + ms * rte_get_timer_hz() / MS_PER_S;
	struct rte_mbuf *m[32];
	unsigned int n = 0;
	uint16_t got, i;

	while (n < want && rte_get_timer_cycles() < end) {
		got = rte_eth_rx_burst(1, 0, m, RTE_DIM(m));
		for (i = 0; i < got; i++) {
			const uint64_t seq = frame_seq(r, m[i]);

			*sound += seq != UINT64_MAX && seq >= first;
		}
		n += got;
		rte_pktmbuf_free_bulk(m, got);
	}
	return n;
}

/* Receive the frames in flight: they arrive before one that is sent now. @return their number. */
static unsigned int
drain(struct rig *r)
{
	unsigned int n = 0, got, last = 0;

	send_one(r);
	while (last == 0) {
		got = take_in(r, 1, WAIT_MS, r->seq - 1, &last);
		if (got == 0)
			fail("a frame is lost though everything was mended");
		n += got;
	}
	return n - 1;
}

/* Several rings of frames, one at a time, must arrive unchanged. */
static void
must_work(struct rig *r)
{
	struct rte_mbuf *m;
	unsigned int i;
	uint64_t end;

	for (i = 0; i < 3 * DESCS; i++) {
		send_one(r);
		end = rte_get_timer_cycles() + WAIT_MS / MS_PER_S * rte_get_timer_hz();
		while (rte_eth_rx_burst(1, 0, &m, 1) == 0)
			if (rte_get_timer_cycles() > end)
				fail("a frame is lost though everything was mended");
		if (frame_seq(r, m) != r->seq - 1)
			fail("a frame is not what was sent though everything was mended");
		rte_pktmbuf_free(m);
	}
}

static void
case_rx_payload(struct rig *r)
{
	const uint64_t base =
		(uint64_t)reg_read(r, 1, SL_OFF(RDBAH, 0)) << 32 | reg_read(r, 1, SL_OFF(RDBAL, 0));
	volatile union sl_rx_desc *ring = (void *)(uintptr_t)base;
	unsigned int i, n, sound = 0;
	uint64_t first = r->seq;

	for (i = 0; i < DESCS; i++)
		ring[i].read.pkt_addr = (uintptr_t)r->wild;
	for (i = 0; i < 32; i++)
		send_one(r);
	n = take_in(r, 32, WAIT_MS, first, &sound);
	printf("wild: 32 frames to wild buffers: %u reported by the NIC, %u of them sound\n", n,
		sound);
	if (sound != 0)
		fail("a frame arrived that could not have been written");
	/* Each descriptor gets a valid buffer when it is posted again. */
	for (i = 0; i < DESCS - 32; i++)
		send_one(r);
	take_in(r, DESCS - 32, WAIT_MS, first, &sound);
}

static void
case_rx_ring(struct rig *r)
{
	const uint64_t wild = (uintptr_t)r->wild, first = r->seq;
	unsigned int i, n = 0, sound = 0;

	reg_write(r, 1, SL_OFF(RDBAL, 0), (uint32_t)wild);
	reg_write(r, 1, SL_OFF(RDBAH, 0), (uint32_t)(wild >> 32));
	for (i = 0; i < 8; i++)
		send_one(r);
	for (i = 0; i < WAIT_MS / TICK_MS && xstat(1, "rx_q0_stalls") == 0; i++)
		n += take_in(r, UINT_MAX, TICK_MS, first, &sound);
	if (xstat(1, "rx_q0_stalls") == 0)
		fail("the driver did not see that the queue stood still");
	n += drain(r);
	printf("wild: 8 frames to a wild ring: %u came; stalls %" PRIu64 "\n", n,
		xstat(1, "rx_q0_stalls"));
}

static void
case_tx_payload(struct rig *r)
{
	const uint64_t first = r->seq;
	unsigned int i, n = 0, sound = 0;
	struct rte_mbuf *m;
	rte_iova_t iova;

	m = frame_new(r);
	iova = m->buf_iova;
	m->buf_iova = (uintptr_t)r->wild - m->data_off;
	if (rte_eth_tx_burst(0, 0, &m, 1) != 1)
		fail("the frame was not taken");
	for (i = 0; i < 31; i++)
		send_one(r);
	/* If the NIC sends the frame with the bad address, it arrives before these 31. */
	for (i = 0; i < WAIT_MS && sound < 31; i++)
		n += take_in(r, 1, 1, first, &sound);
	m->buf_iova = iova;
	printf("wild: 1 wild frame and 31 true ones sent: %u came, %u of them true\n", n, sound);
	if (sound != 31)
		fail("the true frames did not all arrive");
}

static void
case_tx_head(struct rig *r)
{
	const uint64_t wild = (uintptr_t)r->wild, first = r->seq;
	unsigned int i, n = 0, sound = 0;

	reg_write(r, 0, SL_OFF(TDWBAH, 0), (uint32_t)(wild >> 32));
	reg_write(r, 0, SL_OFF(TDWBAL, 0), (uint32_t)wild | SL_TDWBAL_HEAD_WB_EN);
	for (i = 0; i < DESCS + 8; i++) {
		send_one(r);
		/* The receiver keeps up. Only the reports of the sender are lost. */
		if (i % 32 == 31)
			n += take_in(r, 32, TICK_MS, first, &sound);
	}
	if (xstat(0, "tx_q0_stalls") == 0)
		fail("the driver did not see that the queue stood still");
	n += drain(r);
	printf("wild: %u frames sent without reports, %u came; stalls %" PRIu64
	       ", given up %" PRIu64 "\n",
		i, n, xstat(0, "tx_q0_stalls"), xstat(0, "tx_q0_given_up"));
}

static const struct {
	const char *name;
	void (*run)(struct rig *r);
} cases[] = {
	{"rx-payload", case_rx_payload},
	{"rx-ring", case_rx_ring},
	{"tx-payload", case_tx_payload},
	{"tx-head", case_tx_head},
};

static void
wild_unchanged(const struct rig *r)
{
	unsigned int i;

	for (i = 0; i < WILD_LEN; i++)
		if (r->wild[i] != WILD_BYTE)
			fail("memory outside the window was written");
}

int
main(int argc, char **argv)
{
	struct rig r = {0};
	unsigned int i;
	int n;

	n = rte_eal_init(argc, argv);
	if (n < 0 || argc - n != 2 || rte_eth_dev_count_avail() != 2)
		fail("usage: wild EAL-ARGUMENTS -- CASE, with two ports");
	if (rte_eal_iova_mode() != RTE_IOVA_VA)
		fail("needs IOVA as VA");
	r.pool = rte_pktmbuf_pool_create("wild", 1023, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	r.wild = mmap(NULL, WILD_LEN, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	if (r.pool == NULL || r.wild == MAP_FAILED)
		fail("no memory");
	memset(r.wild, WILD_BYTE, WILD_LEN);
	for (i = 0; i < 2; i++) {
		r.bar[i] = bar_map((uint16_t)i);
		port_start(&r, (uint16_t)i);
	}
	must_work(&r);
	printf("wild: place %p\n", (void *)r.wild);
	for (i = 0; i < RTE_DIM(cases); i++) {
		if (strcmp(cases[i].name, argv[n + 1]) != 0)
			continue;
		cases[i].run(&r);
		wild_unchanged(&r);
		must_work(&r);
		wild_unchanged(&r);
		break;
	}
	if (i == RTE_DIM(cases))
		fail("no such case");
	for (i = 0; i < 2; i++) {
		rte_eth_dev_stop((uint16_t)i);
		rte_eth_dev_close((uint16_t)i);
	}
	if (rte_mempool_avail_count(r.pool) != r.pool->size)
		fail("mbufs are lost");
	rte_mempool_free(r.pool);
	rte_eal_cleanup();
	printf("wild: ok\n");
	return 0;
}
