/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
/*
 * window EAL-ARGUMENTS -- CASE
 *
 * Contents of the NIC's DMA window from an application's side, with two ports that are cabled to
 * each other. Exit status: 0; 1 with the reason; or 77.
 *
 *   external   external buffers: refused, registered, unregistered, in EAL's memory
 *   pools      mempools that are freed and created again while the ports run
 *   unplug     the same, with memory that EAL returns to the system
 *   readonly   the NIC tries to write to memory that it may only read
 *   headers    the same, to mbuf headers of a mempool with pinned external buffers
 *   writable   the same if the IOMMU does not prevent it
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>

#include "sl_pmd.h"
#include "sl_port.h"

#define FRAME 1000u
#define RINGS 256u
#define POOL 2047u
#define ROUNDS 8u
#define AREA (2u << 20)
/* Device address of external memory, which the application chooses. */
#define AREA_IOVA UINT64_C(0x60000000)
#define LANDING 4u
#define WAIT_MS 20000u /* for events that take a few ms */

static const struct rte_ether_addr broadcast = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

static int
complain(const char *what)
{
	printf("window: %s (%s)\n", what, rte_strerror(rte_errno));
	return 1;
}

static size_t
window_bytes(uint16_t port)
{
	struct sl_shm_stats s;

	sl_shm_stats(sl_pmd_adapter(port), &s);
	return s.window_bytes;
}

static uint64_t
xstat(uint16_t port, const char *name)
{
	uint64_t id, value = UINT64_MAX;

	if (rte_eth_xstats_get_id_by_name(port, name, &id) == 0)
		rte_eth_xstats_get_by_id(port, &id, &value, 1);
	return value;
}

static int
port_start(uint16_t port, struct rte_mempool *pool)
{
	struct rte_eth_conf conf = {0};
	struct rte_eth_link link = {0};
	unsigned int i;

	if (rte_eth_dev_configure(port, 1, 1, &conf) != 0 ||
		rte_eth_rx_queue_setup(port, 0, RINGS, SOCKET_ID_ANY, NULL, pool) != 0 ||
		rte_eth_tx_queue_setup(port, 0, RINGS, SOCKET_ID_ANY, NULL) != 0 ||
		rte_eth_dev_start(port) != 0 || rte_eth_promiscuous_enable(port) != 0)
		return complain("a port does not start");
	for (i = 0; i < 400 && link.link_status == RTE_ETH_LINK_DOWN; i++) {
		if (rte_eth_link_get_nowait(port, &link) != 0)
			return complain("the link cannot be asked for");
		rte_delay_us_sleep(50000);
	}
	return link.link_status == RTE_ETH_LINK_UP ? 0 : complain("no link");
}

static void
fill(uint8_t *p, unsigned int salt)
{
	unsigned int i;

	memset(p, 0, FRAME);
	memcpy(p, &broadcast, sizeof(broadcast));
	p[6] = 2;
	p[12] = 0x88;
	p[13] = 0xb5; /* for local experiments */
	for (i = 14; i < FRAME; i++)
		p[i] = (uint8_t)(i * 7 + salt * 31);
}

static struct rte_mbuf *
receive(uint16_t port)
{
	struct rte_mbuf *m = NULL;
	unsigned int i;

	for (i = 0; i < WAIT_MS && rte_eth_rx_burst(port, 0, &m, 1) == 0; i++)
		rte_delay_us_sleep(1000);
	return m;
}

/* True if port 1 receives the frame as port 0 sent it. */
static bool
arrives(unsigned int salt)
{
	struct rte_mbuf *m = receive(1);
	uint8_t want[FRAME];
	bool same;

	if (m == NULL)
		return false;
	fill(want, salt);
	same = rte_pktmbuf_data_len(m) == FRAME &&
		memcmp(rte_pktmbuf_mtod(m, void *), want, FRAME) == 0;
	rte_pktmbuf_free(m);
	return same;
}

/* Free sent mbufs until the pool is full. @return true if it becomes full. */
static bool
is_whole(uint16_t port, const struct rte_mempool *pool)
{
	unsigned int i;

	for (i = 0; i < WAIT_MS && !rte_mempool_full(pool); i++) {
		rte_eth_tx_done_cleanup(port, 0, 0);
		rte_delay_us_sleep(1000);
	}
	return rte_mempool_full(pool);
}

static bool
send_from(uint16_t port, struct rte_mempool *pool, unsigned int salt)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);

	if (m == NULL)
		return false;
	fill((uint8_t *)rte_pktmbuf_append(m, FRAME), salt);
	return rte_eth_tx_burst(port, 0, &m, 1) == 1;
}

/* --- external buffers --- */

static void
ext_free(void *addr, void *opaque)
{
	(void)addr;
	(*(unsigned int *)opaque)++;
}

static bool
send_external(struct rte_mempool *pool, uint8_t *buf, uint64_t iova, uint16_t len,
	unsigned int salt, unsigned int *freed)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
	struct rte_mbuf_ext_shared_info *shared;

	if (m == NULL)
		return false;
	shared = rte_pktmbuf_ext_shinfo_init_helper(buf, &len, ext_free, freed);
	rte_pktmbuf_attach_extbuf(m, buf, iova, len, shared);
	fill((uint8_t *)rte_pktmbuf_append(m, FRAME), salt);
	return rte_eth_tx_burst(0, 0, &m, 1) == 1;
}

static int
external_area(struct rte_mempool *pool, struct rte_device *dev, uint8_t *area, unsigned int *freed)
{
	const size_t before = window_bytes(0);
	/* With window=all the figure includes only EAL's memory. */
	const size_t more =
		sl_port_of(&rte_eth_devices[0])->window.link.kind == SL_VFIO_ALL ? 0 : AREA;

	/* The memory was not registered. */
	send_external(pool, area, AREA_IOVA, 4096, 1, freed);
	if (xstat(0, "tx_q0_unmapped") != 1 || window_bytes(0) != before)
		return complain("memory that nobody told of was let in");
	if (rte_extmem_register(area, AREA, NULL, 0, 4096) != 0 ||
		rte_dev_dma_map(dev, area, AREA_IOVA, AREA) != 0)
		return complain("external memory cannot be registered");
	if (window_bytes(0) != before + more)
		return complain("registered memory is not in the window");
	if (!send_external(pool, area + 5000, AREA_IOVA + 5000, 4096, 2, freed) || !arrives(2))
		return complain("a frame from registered memory does not arrive");
	/* At another IOVA than the registered one: not sent. */
	send_external(pool, area, AREA_IOVA + 4096, 4096, 3, freed);
	if (xstat(0, "tx_q0_unmapped") != 2)
		return complain("a wrong IOVA was believed");
	if (rte_dev_dma_unmap(dev, area, AREA_IOVA, AREA) != 0 || window_bytes(0) != before)
		return complain("registered memory does not leave");
	if (rte_dev_dma_unmap(dev, area, AREA_IOVA, AREA) == 0)
		return complain("memory left twice");
	send_external(pool, area, AREA_IOVA, 4096, 4, freed);
	if (xstat(0, "tx_q0_unmapped") != 3)
		return complain("memory that has left is still sent from");
	return 0;
}

static int
case_external(struct rte_mempool *pool)
{
	struct rte_eth_dev_info info;
	unsigned int freed = 0, i;
	uint8_t *area, *heap;

	if (rte_eth_dev_info_get(0, &info) != 0)
		return complain("no device");
	area = mmap(NULL, AREA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		return complain("no memory");
	if (external_area(pool, info.device, area, &freed) != 0)
		return 1;
	/* EAL's memory is mapped at first use, also where a buffer was before. */
	heap = rte_malloc(NULL, 16384, 64);
	for (i = 0; i < 4; i++)
		if (heap == NULL ||
			!send_external(pool, heap + i * 1000, (uintptr_t)heap + i * 1000, 4096,
				10 + i, &freed) ||
			!arrives(10 + i))
			return complain("a frame from EAL's memory does not arrive");
	rte_eth_tx_done_cleanup(0, 0, 0);
	if (freed < 7)
		return complain("buffers were not given back");
	return 0;
}

/* --- mempools that are freed --- */

static int
case_pools(unsigned int objects)
{
	const size_t before = window_bytes(0);
	unsigned int i, k;

	for (i = 0; i < ROUNDS; i++) {
		/* Of varying sizes, so that the memory at an address changes. */
		struct rte_mempool *pool = rte_pktmbuf_pool_create("again", objects + i % 3 * 64, 0,
			0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);

		if (pool == NULL)
			return complain("no mempool");
		for (k = 0; k < 8; k++)
			if (!send_from(0, pool, i * 8 + k) || !arrives(i * 8 + k))
				return complain("a frame of a new mempool does not arrive");
		if (window_bytes(0) <= before)
			return complain("the new mempool is not in the window");
		if (!is_whole(0, pool))
			return complain("mbufs are lost");
		rte_mempool_free(pool);
		if (window_bytes(0) != before)
			return complain("a mempool that is gone is still in the window");
	}
	return 0;
}

static size_t
eal_bytes(void)
{
	return rte_eal_get_physmem_size();
}

/* Takes a number, because compilers warn about pointers to freed memory. */
static __rte_noinline bool
is_covered(uintptr_t at)
{
	return sl_shm_covers(sl_pmd_adapter(0), (const void *)at, 1);
}

static int
case_unplug(void)
{
	const size_t before = eal_bytes();
	struct rte_mempool *big = rte_pktmbuf_pool_create(
		"big", 32767, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	unsigned int freed = 0;
	uintptr_t was;
	uint8_t *heap;

	if (big == NULL || eal_bytes() <= before)
		return complain("the pool took no new memory: give EAL less, by -m");
	if (!send_from(0, big, 1) || !arrives(1) || !is_whole(0, big))
		return complain("a frame of new memory does not arrive");
	printf("window: %zu bytes with the pool\n", window_bytes(0));
	rte_mempool_free(big);
	if (eal_bytes() != before)
		return complain("EAL has not given the memory back");
	printf("window: %zu bytes without\n", window_bytes(0));
	/* Memory whose end no mempool reports. */
	heap = rte_malloc(NULL, 64 << 20, 64);
	big = rte_mempool_lookup("main");
	if (heap == NULL || eal_bytes() <= before ||
		!send_external(big, heap, (uintptr_t)heap, 8192, 2, &freed) || !arrives(2))
		return complain("a frame of new memory does not arrive");
	rte_eth_tx_done_cleanup(0, 0, 0);
	was = (uintptr_t)heap;
	rte_free(heap);
	if (eal_bytes() != before || is_covered(was))
		return complain("memory that is gone is still in the window");
	/* The memory is allocated again and is new. */
	return case_pools(32767);
}

/* --- memory that the NIC may only read --- */

/* Let port 1 receive to a wrong address. @return true if memory there has changed. */
static bool
lands(struct rte_mempool *pool, void *target, uint64_t iova, size_t len)
{
	struct sl_rx_queue *q = rte_eth_devices[1].data->rx_queues[0];
	const uint64_t errors = xstat(1, "rx_q0_frame_errors");
	uint8_t *copy = malloc(len);
	struct rte_mbuf *m;
	unsigned int i, got = 0;
	bool same;

	memcpy(copy, target, len);
	for (i = 0; i < q->nb_desc; i++)
		q->ring[i].read.pkt_addr = rte_cpu_to_le_64(iova);
	rte_wmb();
	for (i = 0; i < LANDING; i++)
		send_from(0, pool, i);
	/* Each descriptor is reported, with or without an error. */
	for (i = 0; i < WAIT_MS && got + xstat(1, "rx_q0_frame_errors") - errors < LANDING; i++) {
		if (rte_eth_rx_burst(1, 0, &m, 1) == 1) {
			rte_pktmbuf_free(m);
			got++;
		}
		rte_delay_us_sleep(1000);
	}
	same = memcmp(copy, target, len) == 0;
	free(copy);
	return !same;
}

static int
case_readonly(struct rte_mempool *pool, bool stopped)
{
	struct rte_mempool *sent = rte_pktmbuf_pool_create(
		"sent", POOL, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	struct sl_tx_queue *q = rte_eth_devices[1].data->tx_queues[0];
	struct rte_mbuf *m[64];
	bool to_pool, to_ring;
	uint8_t *page;

	/* Port 1 sends from this pool, but does not receive into it. */
	if (sent == NULL || !send_from(1, sent, 1) || !is_whole(1, sent) ||
		rte_pktmbuf_alloc_bulk(sent, m, RTE_DIM(m)) != 0)
		return complain("no mempool to send from");
	/* A page that lies completely in the pool, because pages at its edges may be shared. */
	page = RTE_PTR_ALIGN_CEIL(m[RTE_DIM(m) / 2]->buf_addr, 4096);
	to_pool = lands(
		pool, page, m[0]->buf_iova + (uint64_t)(page - (uint8_t *)m[0]->buf_addr), FRAME);
	to_ring = lands(pool, (void *)(uintptr_t)q->ring, q->ring_mem.iova, q->ring_mem.len);
	printf("window: written: mempool for sending %s, transmit ring %s\n",
		to_pool ? "yes" : "no", to_ring ? "yes" : "no");
	if (stopped)
		return to_pool || to_ring ? complain("the NIC wrote what it may only read") : 0;
	return to_pool && to_ring ? 0 :
				    complain("nothing stands in the way, but it is not written");
}

/* Let port 1 receive to the header of an unused mbuf. @return true if the header changed. */
static bool
header_lands(struct rte_mempool *pool, struct rte_mempool *of)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(of);
	bool written = m != NULL && lands(pool, m, (uintptr_t)m, sizeof(*m));

	rte_pktmbuf_free(m);
	return written;
}

/* True if the pool needs pinned external buffers: window=strict receives only into these. */
static bool
wants_apart(const char *name)
{
	return sl_port_of(&rte_eth_devices[0])->window.strict || strcmp(name, "headers") == 0;
}

/* Headers of two mempools with pinned external buffers, one for receive and one for transmit. */
static int
case_headers(struct rte_mempool *pool)
{
	struct rte_mempool *sent = sl_pktmbuf_pool_create(
		"sent", POOL, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	bool own, other;

	if (sent == NULL || !send_from(1, sent, 1) || !is_whole(1, sent))
		return complain("no mempool to send from");
	own = header_lands(pool, pool);
	other = header_lands(pool, sent);
	printf("window: written: mbuf header of the receive mempool %s, of another %s\n",
		own ? "yes" : "no", other ? "yes" : "no");
	return own || other ? complain("the NIC wrote an mbuf header") : 0;
}

static int
run(const char *name)
{
	struct rte_mempool *pool;

	if (!sl_pmd_is_ours(0) || !sl_pmd_is_ours(1))
		return complain("two ports of ours are needed");
	pool = (wants_apart(name) ? sl_pktmbuf_pool_create : rte_pktmbuf_pool_create)(
		"main", POOL, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (pool == NULL)
		return complain("no mempool");
	if (port_start(0, pool) != 0 || port_start(1, pool) != 0)
		return 1;
	printf("window: %zu bytes to start with\n", window_bytes(0));
	if (strcmp(name, "external") == 0)
		return case_external(pool);
	if (strcmp(name, "pools") == 0)
		return case_pools(POOL);
	if (strcmp(name, "unplug") == 0)
		return case_unplug();
	if (strcmp(name, "readonly") == 0)
		return case_readonly(pool, true);
	if (strcmp(name, "headers") == 0)
		return case_headers(pool);
	if (strcmp(name, "writable") == 0)
		return case_readonly(pool, false);
	return complain("no such case");
}

int
main(int argc, char **argv)
{
	int used = rte_eal_init(argc, argv), ret;
	uint16_t port;

	if (used < 0 || argc != used + 2)
		return complain("usage: window EAL-ARGUMENTS -- CASE");
	ret = run(argv[used + 1]);
	for (port = 0; port < 2; port++) {
		if (rte_eth_dev_stop(port) != 0 || rte_eth_dev_close(port) != 0)
			ret = ret == 0 ? complain("a port does not close") : ret;
	}
	rte_eal_cleanup();
	return ret;
}
