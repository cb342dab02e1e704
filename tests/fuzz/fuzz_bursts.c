/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Bursts on a NIC that writes and answers as the input selects: write-backs at any index of the
 * ring, any head, and wrong register values during a stall check. Covers each row of the path
 * tables that this CPU can run, in each coherency mode and with each line size.
 */

#include <string.h>

#include "fuzz.h"
#include "rxtx_rig.h"
#include "sl_pmd.h"
#include "sl_regs_82599.h"

#define MBUFS 383u
#define KINDS 8u
#define FAMILIES 2u
#define RIG_LIFE 4096u /* number of inputs after which a rig is closed and checked */
#define HELD 64u       /* received frames that the application holds */
#define BURST 64u
#define FILLED 32u /* maximum number of write-backs in one step */
#define ROWS 64u   /* maximum number per mode */

/* An application, its port and its NIC. */
struct bench {
	struct rig *r;
	const struct family *family;
	unsigned int inputs;
	struct fuzz_in in;
	struct fuzz_lies lies;
	uint64_t now;
	const struct sl_burst_path *rx;
	const struct sl_burst_path *tx;
	struct rte_mbuf *held[HELD];
	unsigned int nb_held;
	uint64_t received, received_bytes, accepted, written;
};

/* Rigs of each family. */
static const struct {
	enum sl_coherency mode;
	bool apart;
	uint32_t line;
} kinds[KINDS] = {
	{SL_COHERENCY_COHERENT, false, 64},
	{SL_COHERENCY_COHERENT, true, 64},
	{SL_COHERENCY_EXPLICIT, false, 64},
	{SL_COHERENCY_EXPLICIT, true, 64},
	{SL_COHERENCY_CHECKED, false, 64},
	{SL_COHERENCY_CHECKED, true, 32},
	{SL_COHERENCY_CHECKED, true, 128},
	{SL_COHERENCY_CHECKED, true, 256},
};

/* A family's device, and its registers that the input changes. */
static const struct family {
	uint16_t pci_id;
	enum sl_format format;
	uint32_t link, up; /* register that reports the link, and its value with link up */
	uint32_t tdh;
	uint32_t regs[6]; /* registers that the stall check reads */
} families[FAMILIES] = {
	{SL_PCI_DEV_82576, SL_FORMAT_IGB, SL_OFF_STATUS, SL_STATUS_LU, SL_OFF(TDH, 0),
		{SL_OFF(RDH, 0), SL_OFF(TDH, 0), SL_OFF_STATUS, SL_OFF(RXDCTL, 0),
			SL_OFF(TXDCTL, 0), SL_OFF(TDBAL, 0)}},
	{SL_PCI_DEV_82599_KX4, SL_FORMAT_IXGBE, SL_82599_OFF(LINKS, 0), SL_82599_LINKS_UP,
		SL_82599_OFF(TDH, 0),
		{SL_82599_OFF(RDH, 0), SL_82599_OFF(TDH, 0), SL_82599_OFF(LINKS, 0),
			SL_82599_OFF(RXDCTL, 0), SL_82599_OFF(TXDCTL, 0), SL_82599_OFF(TDBAL, 0)}},
};

static struct bench benches[FAMILIES][KINDS];
static unsigned int widest; /* width in bits of the widest vectors of this CPU */

/* --- a clock that the input advances --- */

static uint64_t
bench_time(struct sl_port *port)
{
	const struct bench *b = port->dev_priv;

	return b->now;
}

static void
bench_nap(struct sl_port *port, unsigned int us)
{
	struct bench *b = port->dev_priv;

	b->now += sl_time_ticks(us) + 1;
}

static const struct sl_dev_ops bench_ops = {.kind = "fuzz", .time = bench_time, .nap = bench_nap};

/* --- properties --- */

static void
check_rx(const struct bench *b)
{
	const struct sl_rx_queue *q = b->r->rxq[0];
	const struct sl_rx_counters *n = &q->n;

	FUZZ_CHECK(n->packets == b->received && n->bytes == b->received_bytes);
	FUZZ_CHECK(n->packets + n->errors + n->bad_length + n->bad_chain + n->unexpected_seg <=
		b->written);
	FUZZ_CHECK(q->next_to_clean < q->nb_desc && q->next_to_use < q->nb_desc);
	FUZZ_CHECK(q->nb_hold <= q->nb_desc && q->ready <= q->nb_desc - q->nb_hold);
	FUZZ_CHECK((q->next_to_clean + q->nb_desc - q->next_to_use) % q->nb_desc ==
		q->nb_hold % q->nb_desc);
}

static void
check_tx(const struct bench *b)
{
	const struct sl_tx_queue *q = b->r->txq[0];

	FUZZ_CHECK(q->n.packets + q->n.errors + q->n.unmapped == b->accepted);
	FUZZ_CHECK(q->n.given_up <= q->n.packets && q->n.given_up_bytes <= q->n.bytes);
	FUZZ_CHECK(q->next_to_clean < q->nb_desc && q->next_to_use < q->nb_desc);
	FUZZ_CHECK(q->nb_free < q->nb_desc && q->nb_done < q->nb_desc);
	if (q->started)
		FUZZ_CHECK((q->next_to_use + q->nb_desc - q->next_to_clean) % q->nb_desc ==
			q->nb_desc - 1u - q->nb_free);
}

/* --- the NIC --- */

/* Write to the driver's memory as the NIC. */
static void
device_write(struct bench *b, uint64_t iova, const void *data, size_t len)
{
	void *p;

	sl_dma_begin(b->r->dma);
	p = sl_dma_translate(b->r->dma, iova, len, SL_DMA_FROM_DEVICE);
	sl_dma_end(b->r->dma);
	FUZZ_CHECK(p != NULL);
	memcpy(p, data, len);
}

static void
write_desc(struct bench *b, unsigned int at, const union sl_rx_desc *d)
{
	const struct sl_rx_queue *q = b->r->rxq[0];

	device_write(
		b, q->ring_mem.iova + (at % q->nb_desc) * (uint64_t)SL_DESC_SIZE, d, sizeof(*d));
	b->written++;
	fuzz_count_descs(1);
}

/* Write any 16 bytes to any index. */
static void
op_write_back(struct bench *b)
{
	const struct sl_rx_queue *q = b->r->rxq[0];
	const unsigned int at = q->next_to_clean + fuzz_8(&b->in);
	union sl_rx_desc d;

	d.wb.info = fuzz_32(&b->in);
	d.wb.rss = fuzz_32(&b->in);
	d.wb.status = fuzz_32(&b->in);
	d.wb.length = fuzz_16(&b->in);
	d.wb.vlan = fuzz_16(&b->in);
	write_desc(b, at, &d);
}

/* Write back the next descriptors, all done and equal except one. */
static void
op_fill(struct bench *b)
{
	const struct sl_rx_queue *q = b->r->rxq[0];
	const unsigned int n = 1 + fuzz_below(&b->in, FILLED), odd = fuzz_below(&b->in, FILLED);
	union sl_rx_desc d = {.wb = {.status = SL_RXD_STAT_DD | SL_RXD_STAT_EOP}};
	const uint16_t length = fuzz_16(&b->in), odd_length = fuzz_16(&b->in);
	const uint32_t flip = fuzz_32(&b->in);
	unsigned int i;

	d.wb.info = fuzz_16(&b->in);
	for (i = 0; i < n; i++) {
		union sl_rx_desc one = d;

		one.wb.length = i == odd ? odd_length : length;
		one.wb.status ^= i == odd ? flip : 0;
		write_desc(b, q->next_to_clean + i, &one);
	}
}

static void
op_head(struct bench *b)
{
	const struct sl_tx_queue *q = b->r->txq[0];
	uint32_t head = fuzz_32(&b->in);

	/* Small values are near the valid ones. */
	if (head < 256)
		head = (q->next_to_clean + head) % q->nb_desc;
	device_write(b, q->head_mem.iova, &head, sizeof(head));
	fuzz_count_descs(1);
}

static void
op_all_sent(struct bench *b)
{
	const struct sl_tx_queue *q = b->r->txq[0];
	const uint32_t head = q->next_to_use;

	device_write(b, q->head_mem.iova, &head, sizeof(head));
	b->r->regs[b->family->tdh / sizeof(uint32_t)] = head;
}

static void
op_lie(struct bench *b)
{
	fuzz_lie(&b->lies, &b->in);
}

/* Set a register of the rings or of the link. */
static void
op_register(struct bench *b)
{
	const uint32_t off = b->family->regs[fuzz_below(&b->in, RTE_DIM(b->family->regs))];

	b->r->regs[off / sizeof(uint32_t)] = fuzz_32(&b->in);
}

static void
op_caches(struct bench *b)
{
	rig_adversary(b->r, fuzz_8(&b->in));
}

/* --- the application --- */

static void
op_receive(struct bench *b)
{
	const struct sl_rx_queue *q = b->r->rxq[0];
	const uint16_t n = (uint16_t)fuzz_below(&b->in, BURST + 1);
	const unsigned int segs = sl_burst_can(b->rx, SL_CAN_SCATTER) ? SL_RX_MAX_SEGS : 1;
	struct rte_mbuf *pkts[BURST];
	const uint16_t got = b->rx->burst(b->r->rxq[0], pkts, n);
	uint16_t i;

	FUZZ_CHECK(got <= n);
	for (i = 0; i < got; i++) {
		fuzz_check_mbuf(pkts[i], q->buf_len, segs);
		FUZZ_CHECK(pkts[i]->pool == b->r->pool && pkts[i]->pkt_len <= b->r->hw.max_frame);
		b->received++;
		b->received_bytes += pkts[i]->pkt_len;
		if (b->nb_held < HELD)
			b->held[b->nb_held++] = pkts[i];
		else
			rte_pktmbuf_free(pkts[i]);
	}
	check_rx(b);
}

/* Stall checks, which the driver does after many empty polls. */
static void
op_look(struct bench *b)
{
	sl_stall_rx_check(b->r->rxq[0]);
	check_rx(b);
	sl_stall_tx_check(b->r->txq[0]);
	check_tx(b);
}

static void
op_time(struct bench *b)
{
	b->now += sl_time_ticks(fuzz_8(&b->in) * 10000ull);
}

/* A frame from an application, valid or not. */
static struct rte_mbuf *
frame(struct bench *b, uint8_t how, uint16_t len)
{
	static const uint64_t flags[] = {0, RTE_MBUF_F_TX_VLAN,
		RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM,
		RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_TCP_CKSUM,
		RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_UDP_CKSUM,
		RTE_MBUF_F_TX_IPV6 | RTE_MBUF_F_TX_TCP_CKSUM,
		RTE_MBUF_F_TX_IPV6 | RTE_MBUF_F_TX_UDP_CKSUM, RTE_MBUF_F_TX_TCP_SEG};
	struct rte_mempool *pool = b->r->line > 64 || (how & 0x80) == 0 ? b->r->pool : b->r->other;
	unsigned int segs = 1 + (how >> 3 & 0xf);
	struct rte_mbuf *m = NULL, *s;

	for (; segs > 0; segs--) {
		s = rte_pktmbuf_alloc(pool);
		if (s == NULL)
			break;
		if (len > 0)
			memset(rte_pktmbuf_append(s, len), how, len);
		if (m == NULL)
			m = s;
		else if (rte_pktmbuf_chain(m, s) != 0)
			rte_pktmbuf_free(s);
	}
	if (m == NULL)
		return NULL;
	m->ol_flags |= flags[how & 7];
	m->l2_len = 14;
	m->l3_len = (how & 7) >= 5 ? 40 : 20;
	m->l4_len = how;
	m->vlan_tci = len;
	return m;
}

static void
op_send(struct bench *b)
{
	const uint16_t want = (uint16_t)(1 + fuzz_below(&b->in, BURST));
	const uint8_t how = fuzz_8(&b->in), choice = fuzz_8(&b->in);
	const uint16_t len = fuzz_16(&b->in) % RTE_MBUF_DEFAULT_DATAROOM;
	struct rte_mbuf *pkts[BURST];
	uint16_t n, sent, ready;

	for (n = 0; n < want; n++) {
		/* Received frames are sent. */
		if ((choice & 1) != 0 && b->nb_held > 0)
			pkts[n] = b->held[--b->nb_held];
		else
			pkts[n] = frame(b, (uint8_t)(how + (choice & 2 ? n : 0)), len);
		if (pkts[n] == NULL)
			break;
	}
	ready = (choice & 4) != 0 ? sl_tx_prepare(b->r->txq[0], pkts, n) : n;
	FUZZ_CHECK(ready <= n);
	sent = b->tx->burst(b->r->txq[0], pkts, ready);
	FUZZ_CHECK(sent <= ready);
	b->accepted += sent;
	rte_pktmbuf_free_bulk(&pkts[sent], n - sent);
	check_tx(b);
}

static void
op_cleanup(struct bench *b)
{
	FUZZ_CHECK(sl_tx_done_cleanup(b->r->txq[0], fuzz_8(&b->in)) >= 0);
	check_tx(b);
}

static void
op_status(struct bench *b)
{
	const struct sl_rx_queue *q = b->r->rxq[0];
	const uint16_t at = fuzz_8(&b->in);

	(void)sl_rx_descriptor_status(b->r->rxq[0], at);
	(void)sl_tx_descriptor_status(b->r->txq[0], at);
	FUZZ_CHECK(sl_rx_queue_count(b->r->rxq[0]) <= q->nb_desc);
}

static void
op_rx_again(struct bench *b)
{
	if (sl_rxq_stop(&b->r->eth, 0) == 0)
		(void)sl_rxq_start(&b->r->eth, 0);
	check_rx(b);
}

static void
op_tx_again(struct bench *b)
{
	if (sl_txq_stop(&b->r->eth, 0) == 0)
		(void)sl_txq_start(&b->r->eth, 0);
	check_tx(b);
}

static void
op_stop(struct bench *b)
{
	if ((fuzz_8(&b->in) & 1) != 0)
		(void)sl_rxq_stop(&b->r->eth, 0);
	else
		(void)sl_txq_stop(&b->r->eth, 0);
}

static void (*const ops[])(struct bench *b) = {
	op_write_back,
	op_fill,
	op_fill,
	op_receive,
	op_receive,
	op_send,
	op_send,
	op_head,
	op_all_sent,
	op_lie,
	op_register,
	op_caches,
	op_look,
	op_time,
	op_cleanup,
	op_status,
	op_rx_again,
	op_tx_again,
	op_stop,
};

/* --- an input --- */

/* Select a row of the table for this mode and family that this CPU can run. */
static const struct sl_burst_path *
choose(struct bench *b, const struct sl_burst_path *paths, unsigned int count,
	enum sl_coherency mode)
{
	const struct sl_burst_path *fit[ROWS];
	unsigned int i, n = 0;

	for (i = 0; i < count && n < RTE_DIM(fit); i++)
		if (paths[i].mode == mode && paths[i].format == b->family->format &&
			paths[i].simd <= widest)
			fit[n++] = &paths[i];
	return fit[fuzz_below(&b->in, n)];
}

/* Set up two queues as the input selects. @return false: the driver refuses. */
static bool
set_up(struct bench *b)
{
	static const uint16_t sizes[] = {32, 48, 64, 96, 128, 256, 40, 33};
	struct rte_eth_rxconf rx = {0};
	struct rte_eth_txconf tx = {0};
	struct rig *r = b->r;
	const uint16_t nb_rx = sizes[fuzz_below(&b->in, RTE_DIM(sizes))];
	const uint16_t nb_tx = sizes[fuzz_below(&b->in, RTE_DIM(sizes))];
	const uint8_t what = fuzz_8(&b->in);

	rx.rx_free_thresh = fuzz_8(&b->in);
	rx.rx_drop_en = what & 1;
	tx.tx_free_thresh = fuzz_8(&b->in);
	tx.tx_rs_thresh = fuzz_8(&b->in);
	r->data.dev_conf.rxmode.offloads = (what & 2) != 0 ? RTE_ETH_RX_OFFLOAD_KEEP_CRC : 0;
	if (sl_burst_can(b->rx, SL_CAN_SCATTER))
		r->data.dev_conf.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_SCATTER;
	r->data.mtu = sl_burst_can(b->rx, SL_CAN_SCATTER) && (what & 4) != 0 ?
		9000 :
		RTE_MBUF_DEFAULT_DATAROOM - SL_L2_OVERHEAD;
	if (sl_rxq_setup(&r->eth, 0, nb_rx, 0, &rx, r->pool) != 0 ||
		sl_txq_setup(&r->eth, 0, nb_tx, 0, &tx) != 0 || sl_path_choose(&r->eth) != 0)
		return false;
	r->port.rx_path = b->rx;
	r->port.tx_path = b->tx;
	return true;
}

/* End of an input: registers have true values, and all mbufs must be back. */
static void
wind_up(struct bench *b)
{
	struct rig *r = b->r;

	r->lie = NULL;
	sl_rxq_release(&r->eth, 0);
	sl_txq_release(&r->eth, 0);
	sl_kept_give_back(&r->port);
	rte_pktmbuf_free_bulk(b->held, b->nb_held);
	b->nb_held = 0;
	sl_event_close(&r->port);
	FUZZ_CHECK(rte_mempool_avail_count(r->pool) == r->pool_size);
	FUZZ_CHECK(rte_mempool_avail_count(r->other) == r->other_size);
	if (++b->inputs >= RIG_LIFE) {
		rig_close(r);
		*b = (struct bench){0};
	}
}

/* Restore the initial state. */
static void
begin(struct bench *b, const struct family *family, unsigned int kind)
{
	struct rig *r;

	b->family = family;
	if (b->r == NULL)
		b->r = rig_open_device(kinds[kind].mode, MBUFS, 0, kinds[kind].apart,
			kinds[kind].line, family->pci_id);
	r = b->r;
	memset(r->regs, 0, sizeof(r->regs));
	r->regs[family->link / sizeof(uint32_t)] = family->up;
	r->rnd = 1;
	r->lie = fuzz_read;
	r->lie_ctx = &b->lies;
	r->port.dev_ops = &bench_ops;
	r->port.dev_priv = b;
	r->port.removed = false;
	r->port.events = (struct sl_event_state){0};
	r->port.intr.removal_told = false;
	b->lies = (struct fuzz_lies){0};
	b->now = sl_time_ticks(US_PER_S);
	b->received = b->received_bytes = b->accepted = b->written = 0;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv);
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The driver and the rigs keep no memory after the last input. */
static void
close_rigs(void)
{
	unsigned int f, k;

	for (f = 0; f < FAMILIES; f++)
		for (k = 0; k < KINDS; k++)
			if (benches[f][k].r != NULL)
				rig_close(benches[f][k].r);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const unsigned int widths[] = {128, 256, 512};
	unsigned int i;

	(void)argc;
	(void)argv;
	fuzz_begin();
	rig_eal();
	rte_log_set_level_pattern("pmd.*", RTE_LOG_EMERG);
	for (i = 0; i < RTE_DIM(widths) && sl_pmd_simd_runs(widths[i]); i++)
		widest = widths[i];
	atexit(close_rigs);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz_in in = {.p = data, .left = len};
	const uint8_t what = fuzz_8(&in);
	const unsigned int family = what >> 7, kind = what % KINDS;
	struct bench *b = &benches[family][kind];

	begin(b, &families[family], kind);
	b->in = in;
	b->rx = choose(b, sl_rx_paths, sl_rx_path_count, kinds[kind].mode);
	b->tx = choose(b, sl_tx_paths, sl_tx_path_count, kinds[kind].mode);
	if (set_up(b) && sl_rxq_start(&b->r->eth, 0) == 0 && sl_txq_start(&b->r->eth, 0) == 0)
		while (b->in.left > 0)
			ops[fuzz_below(&b->in, RTE_DIM(ops))](b);
	wind_up(b);
	fuzz_count_inputs();
	return 0;
}
