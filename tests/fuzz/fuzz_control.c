/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The control path with a NIC whose registers answer as the input selects. A port is used through
 * ethdev calls in the order of the input, for some inputs from the first read of the probe on. Each
 * call ends within its deadline on the port's clock, its results are valid, and nothing leaks when
 * the port closes.
 */

#include <rte_malloc.h>

#include "fuzz.h"
#include "harness.h"

#define CALL_US 2000000u
#define MOST_CALLS 48u /* of one port */
#define MAX_XSTATS 512u
#define QUEUES 4u

/* A port, and the two halves of the input: calls, and answers of registers. */
struct life {
	struct h_port p;
	struct fuzz_in in, words;
	struct fuzz_lies lies;
	bool started;
};

/* --- the NIC --- */

/* The true value, one with a wrong bit, or any value. */
static uint32_t
answer(void *ctx, uint32_t off, uint32_t val)
{
	struct life *l = ctx;
	const uint8_t how = fuzz_8(&l->words);
	uint32_t is = fuzz_read(&l->lies, off, val);

	if ((how & 3) == 2)
		is ^= RTE_BIT32(how >> 3);
	else if ((how & 3) == 3)
		is = fuzz_32(&l->words);
	return is;
}

/* --- calls --- */

static void
do_lie(struct life *l)
{
	fuzz_lie(&l->lies, &l->in);
}

static void
do_configure(struct life *l)
{
	static const uint64_t rx[] = {0, RTE_ETH_RX_OFFLOAD_CHECKSUM, RTE_ETH_RX_OFFLOAD_SCATTER,
		RTE_ETH_RX_OFFLOAD_VLAN_STRIP | RTE_ETH_RX_OFFLOAD_VLAN_FILTER,
		RTE_ETH_RX_OFFLOAD_KEEP_CRC};
	static const uint16_t mtus[] = {0, 68, 1400, 2000, 9000};
	static const uint16_t sizes[] = {64, 32, 128, 256, 33};
	const struct h_cfg old = l->p.cfg;
	struct h_cfg cfg = {.pool_size = 2047};

	cfg.nb_rxq = (uint16_t)(1 + fuzz_below(&l->in, QUEUES));
	cfg.nb_txq = (uint16_t)(1 + fuzz_below(&l->in, QUEUES));
	cfg.nb_rxd = sizes[fuzz_below(&l->in, RTE_DIM(sizes))];
	cfg.nb_txd = sizes[fuzz_below(&l->in, RTE_DIM(sizes))];
	cfg.mtu = mtus[fuzz_below(&l->in, RTE_DIM(mtus))];
	cfg.rx_offloads = rx[fuzz_below(&l->in, RTE_DIM(rx))];
	cfg.rss_hf = cfg.nb_rxq > 1 ? RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_IPV6 : 0;
	if (h_try_setup(&l->p, &cfg) != 0) {
		/* After a refused configure, the old queues may still exist. */
		l->p.cfg.nb_rxq = RTE_MAX(l->p.cfg.nb_rxq, old.nb_rxq);
		l->p.cfg.nb_txq = RTE_MAX(l->p.cfg.nb_txq, old.nb_txq);
	}
}

static void
do_start(struct life *l)
{
	if (rte_eth_dev_start(l->p.id) == 0)
		l->started = true;
}

static void
do_stop(struct life *l)
{
	(void)rte_eth_dev_stop(l->p.id);
	l->started = false;
}

static void
do_reset(struct life *l)
{
	(void)rte_eth_dev_reset(l->p.id);
	l->started = false;
}

static void
do_link(struct life *l)
{
	const uint8_t how = fuzz_8(&l->in);
	struct rte_eth_link link = {0};
	int ret = (how & 1) != 0 ? rte_eth_link_get(l->p.id, &link) :
				   rte_eth_link_get_nowait(l->p.id, &link);

	if (ret == 0)
		FUZZ_CHECK(link.link_speed == RTE_ETH_SPEED_NUM_NONE ||
			link.link_speed == RTE_ETH_SPEED_NUM_UNKNOWN ||
			link.link_speed == RTE_ETH_SPEED_NUM_10M ||
			link.link_speed == RTE_ETH_SPEED_NUM_100M ||
			link.link_speed == RTE_ETH_SPEED_NUM_1G ||
			(link.link_speed == RTE_ETH_SPEED_NUM_10G &&
				h_mbps(&l->p) == RTE_ETH_SPEED_NUM_10G));
	if ((how & 2) != 0)
		(void)rte_eth_dev_set_link_down(l->p.id);
	if ((how & 4) != 0)
		(void)rte_eth_dev_set_link_up(l->p.id);
}

static void
do_stats(struct life *l)
{
	struct rte_eth_stats stats;

	(void)rte_eth_stats_get(l->p.id, &stats);
	if ((fuzz_8(&l->in) & 1) != 0)
		(void)rte_eth_stats_reset(l->p.id);
}

static void
do_xstats(struct life *l)
{
	/* On the heap, so that accesses beyond the end are detected. */
	const unsigned int room = fuzz_below(&l->in, 2) * MAX_XSTATS;
	struct rte_eth_xstat *values = calloc(room + 1, sizeof(*values));
	struct rte_eth_xstat_name *names = calloc(room + 1, sizeof(*names));

	FUZZ_CHECK(values != NULL && names != NULL);
	FUZZ_CHECK(rte_eth_xstats_get(l->p.id, values, room) <= (int)MAX_XSTATS);
	FUZZ_CHECK(rte_eth_xstats_get_names(l->p.id, names, room) <= (int)MAX_XSTATS);
	free(values);
	free(names);
	if ((fuzz_8(&l->in) & 1) != 0)
		(void)rte_eth_xstats_reset(l->p.id);
}

static void
do_registers(struct life *l)
{
	struct rte_dev_reg_info info = {0};

	if (rte_eth_dev_get_reg_info(l->p.id, &info) != 0)
		return;
	info.data = calloc(info.length, info.width);
	FUZZ_CHECK(info.data != NULL);
	(void)rte_eth_dev_get_reg_info(l->p.id, &info);
	free(info.data);
}

static void
do_filters(struct life *l)
{
	const uint8_t how = fuzz_8(&l->in);
	struct rte_ether_addr mac = {{2, 0, 0, 0, 0, how & 31}};

	(void)((how & 1) != 0 ? rte_eth_promiscuous_enable(l->p.id) :
				rte_eth_promiscuous_disable(l->p.id));
	(void)((how & 2) != 0 ? rte_eth_allmulticast_enable(l->p.id) :
				rte_eth_allmulticast_disable(l->p.id));
	(void)((how & 4) != 0 ? rte_eth_dev_mac_addr_add(l->p.id, &mac, 0) :
				rte_eth_dev_mac_addr_remove(l->p.id, &mac));
	if ((how & 8) != 0)
		(void)rte_eth_dev_default_mac_addr_set(l->p.id, &mac);
	mac.addr_bytes[0] = 1;
	(void)rte_eth_dev_set_mc_addr_list(l->p.id, &mac, (how & 16) != 0);
}

static void
do_vlan(struct life *l)
{
	const uint16_t how = fuzz_16(&l->in);

	(void)rte_eth_dev_set_vlan_offload(l->p.id, how >> 12);
	(void)rte_eth_dev_vlan_filter(l->p.id, how & 0xfff, (how & 0x1000) != 0);
}

static void
do_mtu(struct life *l)
{
	(void)rte_eth_dev_set_mtu(l->p.id, fuzz_16(&l->in));
}

static void
do_reta(struct life *l)
{
	struct rte_eth_rss_reta_entry64 reta[2] = {0};
	uint8_t *key = calloc(1, 40);
	struct rte_eth_rss_conf conf = {.rss_key = key, .rss_key_len = 40};
	unsigned int i;

	FUZZ_CHECK(key != NULL);
	for (i = 0; i < 128; i++) {
		reta[i / 64].mask |= RTE_BIT64(i % 64);
		reta[i / 64].reta[i % 64] = l->p.cfg.nb_rxq == 0 ? 0 : i % l->p.cfg.nb_rxq;
	}
	if ((fuzz_8(&l->in) & 1) != 0)
		(void)rte_eth_dev_rss_reta_update(l->p.id, reta, 128);
	(void)rte_eth_dev_rss_reta_query(l->p.id, reta, 128);
	if (rte_eth_dev_rss_hash_conf_get(l->p.id, &conf) == 0)
		(void)rte_eth_dev_rss_hash_update(l->p.id, &conf);
	free(key);
}

static void
do_queue(struct life *l)
{
	const uint8_t how = fuzz_8(&l->in);
	const uint16_t q = how >> 4 & (QUEUES - 1);

	if ((how & 1) != 0)
		(void)rte_eth_dev_rx_queue_stop(l->p.id, q);
	if ((how & 2) != 0)
		(void)rte_eth_dev_rx_queue_start(l->p.id, q);
	if ((how & 4) != 0)
		(void)rte_eth_dev_tx_queue_stop(l->p.id, q);
	if ((how & 8) != 0)
		(void)rte_eth_dev_tx_queue_start(l->p.id, q);
}

/* Frames in both directions, so that mbufs are in use in the following calls. */
static void
do_traffic(struct life *l)
{
	const unsigned int frames = fuzz_below(&l->in, 16);
	struct rte_mbuf *m, *got[16];
	uint8_t f[100];
	unsigned int i;
	uint16_t n;

	if (!l->started)
		return;
	frame_ether(f, sizeof(f), &l->p.mac, 1);
	for (i = 0; i < frames; i++) {
		h_give(&l->p, f, sizeof(f));
		m = rte_pktmbuf_alloc(l->p.pool);
		if (m == NULL)
			break;
		memcpy(rte_pktmbuf_append(m, sizeof(f)), f, sizeof(f));
		if (rte_eth_tx_burst(l->p.id, 0, &m, 1) == 0)
			rte_pktmbuf_free(m);
	}
	if ((frames & 1) != 0)
		h_step(&l->p);
	n = rte_eth_rx_burst(l->p.id, 0, got, RTE_DIM(got));
	for (i = 0; i < n; i++)
		fuzz_check_mbuf(got[i], UINT16_MAX, got[i]->nb_segs);
	rte_pktmbuf_free_bulk(got, n);
}

static void (*const calls[])(struct life *l) = {
	do_lie,
	do_lie,
	do_configure,
	do_start,
	do_start,
	do_stop,
	do_reset,
	do_link,
	do_stats,
	do_xstats,
	do_registers,
	do_filters,
	do_vlan,
	do_mtu,
	do_reta,
	do_queue,
	do_traffic,
};

static uint64_t
now_us(const struct life *l)
{
	uint64_t us = 0;

	FUZZ_CHECK(sl_pmd_time_us(l->p.id, &us) == 0);
	return us;
}

/*
 * Registers have true values again. A port that was not considered removed must start and forward
 * frames after a reset.
 */
static void
recover(struct life *l)
{
	const struct h_cfg cfg = {.pool_size = 2047};
	static uint8_t frame[H_FRAME_CAP];
	struct rte_mbuf *got[16];
	uint16_t n;

	sl_softnic_on_read(l->p.nic, NULL, NULL);
	if (rte_eth_dev_is_removed(l->p.id) != 0)
		return;
	FUZZ_CHECK(rte_eth_dev_reset(l->p.id) == 0);
	FUZZ_CHECK(h_try_setup(&l->p, &cfg) == 0);
	FUZZ_CHECK(rte_eth_dev_start(l->p.id) == 0);
	FUZZ_CHECK(rte_eth_dev_set_link_up(l->p.id) == 0);
	FUZZ_CHECK(rte_eth_macaddr_get(l->p.id, &l->p.mac) == 0);
	/* Frames that were still in flight. */
	while ((n = h_recv(&l->p, 0, got, RTE_DIM(got))) > 0)
		rte_pktmbuf_free_bulk(got, n);
	while (h_take(&l->p, frame) > 0)
		;
	/* Also checks the PHY, which the NIC's reset does not reset. */
	h_alive(&l->p);
}

/* --- the probe --- */

#define LIES_FROM 0xe0 /* input's first byte, from here on: reads lie from the first one on */

/* The port that is being opened with wrong register values; NULL: none. */
static struct life *opening;

void
fuzz_nic(struct sl_softnic *nic);

void
fuzz_nic(struct sl_softnic *nic)
{
	if (opening != NULL)
		sl_softnic_on_read(nic, answer, opening);
}

static unsigned int
allocations(void)
{
	struct rte_malloc_socket_stats stats;
	unsigned int n = 0, i;

	for (i = 0; i < rte_socket_count(); i++)
		if (rte_malloc_get_socket_stats(rte_socket_id_by_idx(i), &stats) == 0)
			n += stats.alloc_count;
	return n;
}

/* @return false: the driver refused the NIC, and nothing leaked. */
static bool
open_port(struct life *l, bool lies)
{
	const unsigned int before = allocations();
	uint16_t id;
	int ret;

	opening = lies ? l : NULL;
	ret = h_try_open(&l->p, "time=own");
	opening = NULL;
	if (ret == 0)
		return true;
	FUZZ_CHECK(lies);
	FUZZ_CHECK(rte_eth_dev_get_port_by_name(l->p.name, &id) != 0);
	FUZZ_CHECK(allocations() == before);
	return false;
}

/* --- an input --- */

/* One per eighth of a byte's range. Only one has a module, which needs thousands of reads. */
static const char *const devices[] = {
	"82576", "82580", "i350", "i210", "82599", "82599-sfp", "82599", "82599"};

int
LLVMFuzzerInitialize(int *argc, char ***argv);
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct h_port first;
	unsigned int i;

	(void)argc;
	fuzz_begin();
	if (h_init(1, *argv) != 0)
		exit(1);
	/* EAL and ethdev keep some memory that they allocate for the first port. */
	setenv("SL_COHERENCY", "coherent", 1);
	for (i = 0; i < RTE_DIM(devices); i++) {
		setenv("SL_DEVICE", devices[i], 1);
		h_open(&first, NULL);
		h_close(&first);
	}
	/* Of the driver, only messages that h_close() checks. */
	rte_log_set_level_pattern("lib.*", RTE_LOG_EMERG);
	rte_log_set_level_pattern("pmd.*", RTE_LOG_ERR);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct life l;
	bool recovers;
	unsigned int n;
	uint8_t how, what;

	l = (struct life){.in = {.p = data, .left = len / 2},
		.words = {.p = data + len / 2, .left = len - len / 2}};
	/* Else the port is closed as it is. */
	how = fuzz_8(&l.in);
	recovers = how % 2 != 0;
	what = fuzz_8(&l.in);
	setenv("SL_COHERENCY", what % 2 != 0 ? "explicit" : "coherent", 1);
	setenv("SL_DEVICE", devices[what >> 5], 1);
	fuzz_count_inputs();
	if (!open_port(&l, how >= LIES_FROM))
		return 0;
	l.p.check_free = true;
	l.p.faults_free = true;
	sl_softnic_on_read(l.p.nic, answer, &l);
	do_configure(&l);
	for (n = 0; n < MOST_CALLS && l.in.left > 0; n++) {
		const unsigned int call = fuzz_below(&l.in, RTE_DIM(calls));
		const uint64_t begin = now_us(&l);

		calls[call](&l);
		/* do_link and do_filters make several calls. */
		FUZZ_CHECK(now_us(&l) - begin <= 4 * CALL_US);
	}
	if (recovers)
		recover(&l);
	h_close(&l.p);
	return 0;
}
