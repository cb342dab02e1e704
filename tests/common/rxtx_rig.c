/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Rig for tests of the driver's hot path. The NIC is a register file and two rings. In checked mode
 * memory exists twice, and only the sync calls and an adversary copy between the two.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_vect.h>

#include "rxtx_rig.h"
#include "sl_data_pool.h"
#include "sl_pmd.h"

#define LINE 64u     /* unless the test sets another */
#define RIG_CACHE 8u /* mbufs: small, so that the cache is often full and often empty */

/* --- memory in two copies --- */

static void *
copy_map(void *ctx, const struct sl_sync_mapping *m)
{
	struct rig *r = ctx;
	struct rig_copy *c = &r->copy[r->copies];

	assert_true(r->copies < RIG_COPIES);
	*c = (struct rig_copy){.cpu = m->va, .len = m->len};
	c->dev = aligned_alloc(r->line, RTE_ALIGN_CEIL(m->len, r->line));
	c->synced = malloc(m->len);
	assert_non_null(c->dev);
	assert_non_null(c->synced);
	memcpy(c->dev, m->va, m->len);
	memcpy(c->synced, m->va, m->len);
	r->copies++;
	return c->dev;
}

static void
copy_unmap(void *ctx, void *va, size_t len)
{
	struct rig *r = ctx;
	unsigned int i;

	for (i = 0; i < r->copies && r->copy[i].cpu != va; i++)
		;
	assert_true(i < r->copies && r->copy[i].len == len);
	free(r->copy[i].dev);
	free(r->copy[i].synced);
	r->copy[i] = r->copy[--r->copies];
}

/* Write a line back if it is dirty. Then load it again if @fetch is set. */
static void
copy_line(struct rig_copy *c, uint32_t line, size_t off, bool fetch)
{
	const size_t n = RTE_MIN((size_t)line, c->len - off);

	if (memcmp(c->cpu + off, c->synced + off, n) != 0) {
		memcpy(c->dev + off, c->cpu + off, n);
		memcpy(c->synced + off, c->cpu + off, n);
	}
	if (fetch && memcmp(c->cpu + off, c->dev + off, n) != 0) {
		memcpy(c->cpu + off, c->dev + off, n);
		memcpy(c->synced + off, c->dev + off, n);
	}
}

static void
copy_sync(void *ctx, enum sl_sync_verb verb, const void *va, size_t len,
	const struct sl_sync_site *site)
{
	struct rig *r = ctx;
	const uint8_t *p = va;
	unsigned int i;
	size_t off;

	(void)site;
	if (verb == SL_SYNC_DOORBELL)
		return;
	for (i = 0; i < r->copies; i++)
		if (p >= r->copy[i].cpu && p + len <= r->copy[i].cpu + r->copy[i].len)
			break;
	assert_true(i < r->copies); /* A1 */
	off = RTE_ALIGN_FLOOR((size_t)(p - r->copy[i].cpu), r->line);
	for (; r->copy[i].cpu + off < p + len; off += r->line)
		copy_line(&r->copy[i], r->line, off, verb == SL_SYNC_UPDATE);
}

void
rig_adversary(struct rig *r, unsigned int n)
{
	while (n-- > 0 && r->copies > 0) {
		struct rig_copy *c = &r->copy[rng_below(&r->rnd, r->copies)];
		size_t line = rng_below(&r->rnd, (unsigned int)((c->len + r->line - 1) / r->line));

		copy_line(c, r->line, line * r->line, rng_below(&r->rnd, 2) == 0);
	}
}

/* --- the register file --- */

static uint32_t
reg_read(void *dev, uint32_t off)
{
	struct rig *r = dev;
	const uint32_t val = r->regs[off / sizeof(uint32_t)];

	return r->lie == NULL ? val : r->lie(r->lie_ctx, off, val);
}

static void
reg_write(void *dev, uint32_t off, uint32_t val)
{
	struct rig *r = dev;

	r->regs[off / sizeof(uint32_t)] = val;
}

static volatile uint32_t *
reg_doorbell(void *dev, uint32_t off)
{
	struct rig *r = dev;

	return &r->regs[off / sizeof(uint32_t)];
}

static const struct sl_bus_ops rig_bus = {
	.read = reg_read, .write = reg_write, .doorbell = reg_doorbell};

static const struct sl_dev_ops rig_dev = {.kind = "rig"};

static void *
dma(struct rig *r, uint64_t iova, size_t len, enum sl_dma_dir dir)
{
	void *p;

	sl_dma_begin(r->dma);
	p = sl_dma_translate(r->dma, iova, len, dir);
	sl_dma_end(r->dma);
	assert_non_null(p);
	return p;
}

static uint64_t
reg64(const struct rig *r, uint32_t high, uint32_t low)
{
	return (uint64_t)r->regs[high / sizeof(uint32_t)] << 32 | r->regs[low / sizeof(uint32_t)];
}

static uint32_t
reg(const struct rig *r, uint32_t off)
{
	return r->regs[off / sizeof(uint32_t)];
}

/* --- open and close --- */

static uint64_t seed;

void
rig_eal(void)
{
	static char line[] = "rxtx --no-huge --no-pci --no-shconf --no-telemetry -m 128 -l 0 "
			     "--log-level=lib.eal:4";
	char *argv[16], *word, *rest = line;
	int argc = 0;

	while ((word = strtok_r(rest, " ", &rest)) != NULL)
		argv[argc++] = word;
	seed = rng_seed(0);
	assert_true(rte_eal_init(argc, argv) >= 0);
	/* All paths that this CPU can run. EAL's default excludes AVX-512. */
	assert_int_equal(rte_vect_set_max_simd_bitwidth(RTE_VECT_SIMD_512), 0);
}

static struct rte_mempool *
pool_make(const struct rig *r, const char *what, unsigned int n, unsigned int cache,
	uint16_t priv_size, bool apart)
{
	char name[RTE_MEMPOOL_NAMESIZE];
	struct rte_mempool *pool;

	/* Each rig has separate pools: the name contains the rig's address. */
	snprintf(name, sizeof(name), "%s_%" PRIxPTR, what, (uintptr_t)r & UINT32_MAX);
	pool = apart ? sl_pktmbuf_pool_create(name, n, cache, priv_size, RTE_MBUF_DEFAULT_BUF_SIZE,
			       SOCKET_ID_ANY) :
		       rte_pktmbuf_pool_create(
			       name, n, cache, priv_size, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);

	assert_non_null(pool);
	return pool;
}

struct rig *
rig_open(enum sl_coherency mode, unsigned int mbufs, uint16_t priv_size)
{
	return rig_open_with(mode, mbufs, priv_size, false);
}

struct rig *
rig_open_with(enum sl_coherency mode, unsigned int mbufs, uint16_t priv_size, bool apart)
{
	return rig_open_lined(mode, mbufs, priv_size, apart, LINE);
}

struct rig *
rig_open_lined(
	enum sl_coherency mode, unsigned int mbufs, uint16_t priv_size, bool apart, uint32_t line)
{
	return rig_open_device(mode, mbufs, priv_size, apart, line, SL_PCI_DEV_82576);
}

struct rig *
rig_open_device(enum sl_coherency mode, unsigned int mbufs, uint16_t priv_size, bool apart,
	uint32_t line, uint16_t pci_id)
{
	struct rig *r = calloc(1, sizeof(*r));
	struct sl_adapter_params params = {.name = "rig",
		.coherency = mode,
		.numa_node = SL_NODE_ANY,
		.source = sl_mem_source_pages(),
		.platform_coherent = -1};

	assert_non_null(r);
	r->rnd = seed;
	r->line = line;
	r->checker = (struct sl_sync_checker){
		.sync = copy_sync, .map = copy_map, .unmap = copy_unmap, .ctx = r, .line = line};
	if (mode == SL_COHERENCY_CHECKED)
		params.checker = &r->checker;
	assert_int_equal(sl_adapter_open(&params, &r->port.adapter), 0);
	r->port.sync = *sl_adapter_sync(r->port.adapter);
	r->dma = sl_dma_open(r->port.adapter);
	assert_non_null(r->dma);
	r->port.bus = (struct sl_bus){.ops = &rig_bus, .dev = r};
	r->port.dev_ops = &rig_dev;
	r->hw = *sl_hw_find(pci_id);
	assert_true(r->hw.bar_size <= sizeof(r->regs));
	r->port.hw = &r->hw;
	assert_int_equal(sl_stats_open(&r->port), 0);
	r->port.eth = &r->eth;
	r->port.mode = mode;
	r->eth.data = &r->data;
	r->data.dev_private = &r->port;
	r->data.rx_queues = r->rxq;
	r->data.tx_queues = r->txq;
	r->data.nb_rx_queues = 1;
	r->data.nb_tx_queues = 1;
	/* The rig's NIC fills whole buffers. */
	r->data.mtu = RTE_MBUF_DEFAULT_DATAROOM - SL_L2_OVERHEAD;
	r->pool_size = mbufs;
	/* At random with a cache or without: the driver takes mbufs from cache and ring. */
	r->pool = pool_make(r, "rig", mbufs, rng_below(&r->rnd, 2) * RIG_CACHE, priv_size, apart);
	r->apart = apart;
	r->other_size = mbufs / 4;
	r->other = pool_make(r, "other", r->other_size, 0, priv_size, !apart);
	r->clones = pool_make(r, "clones", mbufs, 0, priv_size, false);
	return r;
}

void
rig_format(struct rig *r, const struct sl_desc_format *format)
{
	r->hw.format = format;
	r->hw.max_frame = format->format == SL_FORMAT_IGB ? SL_IGB_FRAME_MAX : SL_IXGBE_FRAME_MAX;
}

const struct sl_desc_format *
rig_format_of(const struct sl_burst_path *path)
{
	return path->format == SL_FORMAT_IGB ? &sl_format_of_IGB : &sl_format_of_IXGBE;
}

/* Check that an mbuf in its pool is as the pool made it. */
static void
mbuf_is_fresh(struct rte_mempool *pool, void *arg, void *obj, unsigned int idx)
{
	const struct rte_mbuf *m = obj;
	const bool apart = sl_data_pool_is_pinned(pool);

	(void)arg;
	(void)idx;
	assert_ptr_equal(m->pool, pool);
	if (apart)
		assert_int_equal(rte_mbuf_ext_refcnt_read(m->shinfo), 1);
	else
		assert_ptr_equal(m->buf_addr, rte_mbuf_buf_addr(obj, pool));
	assert_int_equal(m->ol_flags & (RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL),
		apart ? RTE_MBUF_F_EXTERNAL : 0);
	assert_int_equal(rte_mbuf_refcnt_read(m), 1);
	assert_int_equal(m->nb_segs, 1);
	assert_null(m->next);
}

void
rig_close(struct rig *r)
{
	struct sl_shm_stats stats;

	sl_rxq_release(&r->eth, 0);
	sl_txq_release(&r->eth, 0);
	/* The window's list of queues must not contain freed queues. */
	assert_null(r->port.window.tx_queues);
	assert_int_equal(rte_mempool_avail_count(r->pool), r->pool_size);
	assert_int_equal(rte_mempool_avail_count(r->other), r->other_size);
	assert_int_equal(rte_mempool_avail_count(r->clones), r->pool_size);
	rte_mempool_obj_iter(r->pool, mbuf_is_fresh, NULL);
	rte_mempool_obj_iter(r->other, mbuf_is_fresh, NULL);
	rte_mempool_obj_iter(r->clones, mbuf_is_fresh, NULL);
	/* A NIC that writes back too many bad values makes the driver request a reset. */
	sl_event_close(&r->port);
	sl_dmamap_close(&r->port);
	sl_stats_close(&r->port);
	sl_shm_stats(r->port.adapter, &stats);
	assert_int_equal(stats.dma_faults, 0);
	sl_dma_close(r->dma);
	assert_int_equal(sl_adapter_close(r->port.adapter), 0);
	rte_mempool_free(r->pool);
	rte_mempool_free(r->other);
	rte_mempool_free(r->clones);
	free(r);
}

struct sl_rx_queue *
rig_rx_start(struct rig *r, uint16_t nb_desc, const struct rte_eth_rxconf *conf)
{
	const struct rte_eth_rxconf none = {0};

	assert_int_equal(
		sl_rxq_setup(&r->eth, 0, nb_desc, 0, conf == NULL ? &none : conf, r->pool), 0);
	assert_int_equal(sl_path_choose(&r->eth), 0);
	assert_int_equal(sl_rxq_start(&r->eth, 0), 0);
	r->rx_head = 0;
	return r->rxq[0];
}

struct sl_tx_queue *
rig_tx_start(struct rig *r, uint16_t nb_desc, const struct rte_eth_txconf *conf)
{
	const struct rte_eth_txconf none = {0};

	assert_int_equal(sl_txq_setup(&r->eth, 0, nb_desc, 0, conf == NULL ? &none : conf), 0);
	assert_int_equal(sl_path_choose(&r->eth), 0);
	assert_int_equal(sl_txq_start(&r->eth, 0), 0);
	r->tx_head = 0;
	r->tx_reported = 0;
	return r->txq[0];
}

/* --- the NIC at work --- */

static uint32_t
ring_size(const struct rig *r, uint32_t off)
{
	return reg(r, off) / SL_DESC_SIZE;
}

unsigned int
rig_rx_room(const struct rig *r)
{
	const uint32_t size = ring_size(r, SL_OFF(RDLEN, 0));
	const uint32_t tail = reg(r, SL_OFF(RDT, 0));

	assert_true(tail < size);
	return (tail + size - r->rx_head) % size;
}

void
rig_rx_write(struct rig *r, const struct rig_wb *wb)
{
	const uint64_t at =
		reg64(r, SL_OFF(RDBAH, 0), SL_OFF(RDBAL, 0)) + (uint64_t)r->rx_head * SL_DESC_SIZE;
	volatile union sl_rx_desc *d = dma(r, at, SL_DESC_SIZE, SL_DMA_BIDIRECTIONAL);

	assert_true(rig_rx_room(r) > 0);
	if (wb->data_len > 0)
		memcpy(dma(r, d->read.pkt_addr, wb->data_len, SL_DMA_FROM_DEVICE), wb->data,
			wb->data_len);
	d->wb.info = wb->info;
	d->wb.rss = wb->rss;
	d->wb.length = wb->length;
	d->wb.vlan = wb->vlan;
	d->wb.status = wb->status;
	r->rx_head = (r->rx_head + 1) % ring_size(r, SL_OFF(RDLEN, 0));
}

bool
rig_tx_take(struct rig *r, bool *empty)
{
	const uint32_t size = ring_size(r, SL_OFF(TDLEN, 0));
	const uint64_t at =
		reg64(r, SL_OFF(TDBAH, 0), SL_OFF(TDBAL, 0)) + (uint64_t)r->tx_head * SL_DESC_SIZE;
	struct rig_sent *s = &r->sent;
	const union sl_tx_desc *d;
	uint32_t len, cmd;

	*empty = r->tx_head == reg(r, SL_OFF(TDT, 0));
	if (*empty)
		return false;
	d = dma(r, at, SL_DESC_SIZE, SL_DMA_TO_DEVICE);
	cmd = d->read.cmd;
	assert_true((cmd & SL_TXD_DCMD_DEXT) != 0);
	r->tx_head = (r->tx_head + 1) % size;
	r->regs[SL_OFF(TDH, 0) / sizeof(uint32_t)] = r->tx_head;
	if (SL_GET(SL_TXD_DTYP, cmd) == SL_TXD_DTYP_CTX) {
		memcpy(r->ctx[SL_GET(SL_TXC_IDX, d->ctx.mss_l4)], d, SL_DESC_SIZE);
		return false;
	}
	assert_int_equal(SL_GET(SL_TXD_DTYP, cmd), SL_TXD_DTYP_DATA);
	len = SL_GET(SL_TXD_DTALEN, cmd);
	assert_true(len > 0 && s->len + len <= RIG_FRAME_MAX);
	memcpy(s->data + s->len, dma(r, d->read.addr, len, SL_DMA_TO_DEVICE), len);
	s->len += len;
	s->segs++;
	s->cmd = cmd;
	s->olinfo = d->read.olinfo;
	memcpy(s->ctx, r->ctx[SL_GET(SL_TXD_IDX, s->olinfo)], sizeof(s->ctx));
	if ((cmd & SL_TXD_DCMD_RS) != 0)
		rig_tx_head(r, r->tx_head);
	return (cmd & SL_TXD_DCMD_EOP) != 0;
}

void
rig_tx_head(struct rig *r, uint32_t head)
{
	const uint64_t at = reg64(r, SL_OFF(TDWBAH, 0), SL_OFF(TDWBAL, 0)) & ~UINT64_C(3);

	r->tx_reported = head;
	*(uint32_t *)dma(r, at, sizeof(head), SL_DMA_FROM_DEVICE) = head;
}
